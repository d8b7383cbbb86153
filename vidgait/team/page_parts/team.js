// Names the dots, shows one athlete everywhere, and sorts and filters the table. The rest of the page is whole without this.
(function () {
  "use strict";
  var data = JSON.parse(document.getElementById("page-data").textContent);
  var root = document.documentElement;
  root.classList.add("script");
  var all = function (query, within) { return Array.prototype.slice.call((within || document).querySelectorAll(query)); };

  // ------------------------------------------------------------------ drawings
  var figures = all(".strip").map(function (figure) {
    return {
      figure: figure, svg: figure.querySelector("svg"), said: figure.querySelector("output"),
      kind: figure.dataset.plot,
      dots: all(".dot", figure).map(function (node) {
        return {
          node: node, group: node.parentNode, athlete: Number(node.dataset.a), says: node.dataset.says,
          x: Number(node.getAttribute("cx")), y: Number(node.getAttribute("cy")), reach: Number(node.dataset.e)
        };
      })
    };
  });
  var picker = document.getElementById("pick"), clear = document.getElementById("unpick");
  var picked = -1;

  function hold(one, athlete) {
    var told = [];
    all(".held", one.figure).forEach(function (node) { node.classList.remove("held"); });
    one.dots.forEach(function (dot) {
      var on = dot.athlete === athlete;
      dot.node.classList.toggle("picked", on);
      if (!on) return;
      told.push(dot.says);
      dot.group.classList.add("held");
      if (one.kind === "legs") return;
      dot.group.appendChild(dot.node); // on top of its neighbours
      var line = dot.group.querySelector(".whisker");
      line.setAttribute("x1", Math.max(0, dot.x - dot.reach));
      line.setAttribute("x2", Math.min(340, dot.x + dot.reach));
      line.setAttribute("y1", dot.y);
      line.setAttribute("y2", dot.y);
    });
    one.said.textContent = told.length > 1 ? joined(told, data.athletes[athlete]) : told.join("");
  }

  // The name is said once: "Anna, left: 4 ± 9°; right: 2 ± 9°".
  function joined(told, name) {
    return told.map(function (text, at) { return at ? text.slice(name.length + 2) : text; }).join("; ");
  }

  function pick(athlete) {
    picked = athlete;
    figures.forEach(function (one) { hold(one, athlete); });
    if (picker) { picker.value = String(athlete); clear.hidden = athlete < 0; }
    all("[data-row]").forEach(function (row) { row.classList.toggle("picked", Number(row.dataset.row) === athlete); });
    if (filters.athlete) { filters.athlete.value = athlete < 0 ? "" : String(athlete); show(true); }
  }

  function nearest(one, event) {
    var box = one.svg.getBoundingClientRect(), view = one.svg.viewBox.baseVal;
    var scale = view.width / box.width, best = null, least = 18 * Math.max(scale, 1);
    var x = (event.clientX - box.left) * scale, y = (event.clientY - box.top) * scale;
    one.dots.forEach(function (dot) {
      var away = Math.hypot(dot.x - x, one.kind === "legs" ? Math.max(0, Math.abs(dot.y - y) - dot.reach) / 2 : dot.y - y);
      if (away < least) { least = away; best = dot; }
    });
    return best;
  }

  figures.forEach(function (one) {
    one.svg.addEventListener("pointermove", function (event) {
      if (event.pointerType !== "mouse") return;
      var dot = nearest(one, event);
      hold(one, dot ? dot.athlete : picked);
    });
    one.svg.addEventListener("pointerleave", function () { hold(one, picked); });
    one.svg.addEventListener("click", function (event) {
      var dot = nearest(one, event);
      pick(dot ? (dot.athlete === picked ? -1 : dot.athlete) : -1);
    });
  });
  if (picker) {
    picker.addEventListener("change", function () { pick(Number(picker.value)); });
    clear.addEventListener("click", function () { pick(-1); });
  }
  all("[data-pick]").forEach(function (button) {
    button.addEventListener("click", function () {
      var athlete = Number(button.dataset.pick);
      pick(athlete === picked ? -1 : athlete);
    });
  });

  // ------------------------------------------------------------------ the table
  var A = 0, TEST = 1, SIDE = 2, MEASURE = 3, VALUE = 4, TEXT = 5, GRADE = 6, REPORT = 7, FAR = 8;
  var SIDES = ["–", "left", "right"], STEP = 50;
  var form = document.getElementById("filters"), body = document.getElementById("rows");
  var count = document.getElementById("count"), sign = document.getElementById("sign"), more = document.getElementById("more");
  var filters = {}, sorted = { column: "athlete", down: false }, shown = STEP, found = [];

  function fill(name, texts, values, any) {
    var select = form.elements[name];
    select.appendChild(new Option(any, ""));
    texts.forEach(function (text, at) { select.appendChild(new Option(text, String(values[at]))); });
    filters[name] = select;
    select.addEventListener("change", function () {
      if (name === "athlete") pick(select.value === "" ? -1 : Number(select.value)); else show(true);
    });
  }
  function places(list) { return list.map(function (_, at) { return at; }); }

  fill("athlete", data.athletes, places(data.athletes), "Everybody");
  fill("test", data.tests, places(data.tests), "All tests");
  fill("side", ["left", "right", "no side"], [1, 2, 0], "Both sides");
  fill("measure", data.measures, places(data.measures), "All measures");
  fill("grade", ["A", "A and B", "C: trends"], ["A", "AB", "C"], "All grades");
  form.addEventListener("reset", function () { setTimeout(function () { pick(-1); }, 0); });

  var keys = {
    athlete: function (row) { return row[A]; }, test: function (row) { return row[TEST]; },
    measure: function (row) { return row[MEASURE]; }, side: function (row) { return row[SIDE]; },
    value: function (row) { return row[VALUE]; }, grade: function (row) { return row[GRADE]; }
  };

  function matches(row) {
    var f = filters;
    return (f.athlete.value === "" || row[A] === Number(f.athlete.value)) &&
      (f.test.value === "" || row[TEST] === Number(f.test.value)) &&
      (f.side.value === "" || row[SIDE] === Number(f.side.value)) &&
      (f.measure.value === "" || row[MEASURE] === Number(f.measure.value)) &&
      (f.grade.value === "" || f.grade.value.indexOf(row[GRADE]) >= 0);
  }

  function node(tag, text, quiet) {
    var made = document.createElement(tag);
    made.textContent = text;
    if (quiet) { var small = document.createElement("span"); small.className = "quiet"; small.textContent = quiet; made.appendChild(small); }
    return made;
  }

  function line(row) {
    var made = document.createElement("tr"), side = SIDES[row[SIDE]];
    var head = node("th", data.athletes[row[A]]);
    head.scope = "row";
    made.appendChild(head);
    made.appendChild(node("td", data.tests[row[TEST]]));
    var measure = node("td", data.measures[row[MEASURE]]);
    if (row[SIDE]) { var also = node("span", " (" + side + ")"); also.className = "only-phone"; measure.appendChild(also); }
    if (data.units[row[MEASURE]]) { var small = node("span", " " + data.units[row[MEASURE]]); small.className = "unit-note"; measure.appendChild(small); }
    measure.title = data.signs[row[MEASURE]];
    made.appendChild(measure);
    var cell = node("td", side, row[FAR] ? "behind the other" : "");
    cell.className = row[SIDE] ? "side " + side : "";
    made.appendChild(cell);
    made.appendChild(node("td", row[TEXT]));
    made.appendChild(node("td", row[GRADE]));
    var last = document.createElement("td"), address = data.reports[row[REPORT]];
    if (address) { var link = node("a", "report"); link.href = address; last.appendChild(link); } else last.textContent = "–";
    made.appendChild(last);
    return made;
  }

  function show(again) {
    if (again) {
      shown = STEP;
      var key = keys[sorted.column], way = sorted.down ? -1 : 1;
      found = data.rows.map(function (row, at) { return [row, at]; }).filter(function (one) { return matches(one[0]); });
      found.sort(function (a, b) {
        var x = key(a[0]), y = key(b[0]);
        return x < y ? -way : x > y ? way : a[1] - b[1];
      });
      body.textContent = "";
    }
    var from = body.children.length;
    found.slice(from, shown).forEach(function (one) { body.appendChild(line(one[0])); });
    sign.textContent = filters.measure.value === "" ? "" : data.signs[Number(filters.measure.value)];
    var there = body.children.length;
    count.textContent = found.length ? there + " of " + found.length + " rows" : "No number fits these choices.";
    more.hidden = there >= found.length;
    all("[data-column]").forEach(function (head) {
      if (head.dataset.column === sorted.column) head.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
  }

  more.addEventListener("click", function () { shown += 2 * STEP; show(false); });
  all("[data-column] button").forEach(function (button) {
    button.addEventListener("click", function () {
      var column = button.parentNode.dataset.column;
      sorted = { column: column, down: sorted.column === column && !sorted.down };
      show(true);
    });
  });
  show(true);

  // Paper shows what is folded on the screen.
  var opened = [];
  window.addEventListener("beforeprint", function () {
    opened = all("details").filter(function (d) { return !d.open; });
    opened.forEach(function (d) { d.open = true; });
  });
  window.addEventListener("afterprint", function () { opened.forEach(function (d) { d.open = false; }); });
})();
