// Curves follow the video and move it. The page is whole without this.
(function () {
  "use strict";
  var holder = document.getElementById("page-data");
  if (!holder) return;
  var data = JSON.parse(holder.textContent);
  var times = data.time, clock = data.video;
  var first = times[0], last = times[times.length - 1], span = last - first || 1;
  var section = document.getElementById("curves");
  var video = section.querySelector("video");
  var boxes = Array.prototype.slice.call(section.querySelectorAll("[data-slider]"));
  var now = first;
  var asked = null; // where a curve sent the video; it may stop a hair beside it
  document.documentElement.classList.add("script");

  // Index of the entry of the ascending list that is nearest to value.
  function nearest(list, value) {
    var low = 0, high = list.length - 1;
    while (high - low > 1) {
      var middle = (low + high) >> 1;
      if (list[middle] <= value) low = middle; else high = middle;
    }
    return Math.abs(list[high] - value) < Math.abs(list[low] - value) ? high : low;
  }

  // The value of `to` where `from` has `value`, straight between the known instants: one clock to the other.
  function across(from, to, value) {
    var low = 0, high = from.length - 1;
    if (high < 1 || value <= from[0]) return to[0];
    if (value >= from[high]) return to[high];
    while (high - low > 1) {
      var middle = (low + high) >> 1;
      if (from[middle] <= value) low = middle; else high = middle;
    }
    var share = (value - from[low]) / (from[high] - from[low] || 1);
    return to[low] + share * (to[high] - to[low]);
  }

  function text(value, unit) {
    if (value === null || value === undefined) return "–";
    var digits = unit === "°" || unit.indexOf("%") >= 0 ? 0 : unit === "" || unit.indexOf("leg") >= 0 ? 2 : 1;
    var rounded = value.toFixed(digits);
    if (Number(rounded) === 0) rounded = rounded.replace("-", "");
    return rounded.replace("-", "−") + unit;
  }

  function seconds(time) {
    return time.toFixed(2) + " s";
  }

  function show(time) {
    now = Math.min(Math.max(time, first), last);
    var at = nearest(times, now);
    section.style.setProperty("--at", ((now - first) / span * 100).toFixed(3) + "%");
    boxes.forEach(function (box) {
      var figure = box.closest("figure");
      var lines = data.plots[figure.dataset.plot];
      var said = [];
      Array.prototype.forEach.call(figure.querySelectorAll("output"), function (output) {
        var line = lines[Number(output.dataset.line)];
        output.textContent = text(line.values[at], output.dataset.unit);
        said.push((line.side ? line.side + " " : "") + output.textContent);
      });
      box.setAttribute("aria-valuenow", now.toFixed(2));
      box.setAttribute("aria-valuetext", seconds(now) + ": " + said.join(", "));
    });
  }

  function seek(time) {
    show(time);
    // A hair past the frame's own time: the very instant may still show the frame before it.
    if (!video) return;
    asked = Math.max(0, across(times, clock, now) + 0.002);
    video.currentTime = asked;
  }

  function timeAt(box, event) {
    var edges = box.getBoundingClientRect();
    return first + span * Math.min(Math.max((event.clientX - edges.left) / edges.width, 0), 1);
  }

  function neighbour(step) {
    var at = nearest(times, now) + step;
    return times[Math.min(Math.max(at, 0), times.length - 1)];
  }

  boxes.forEach(function (box) {
    box.setAttribute("role", "slider");
    box.setAttribute("tabindex", "0");
    box.setAttribute("aria-valuemin", first.toFixed(2));
    box.setAttribute("aria-valuemax", last.toFixed(2));
    box.addEventListener("pointerdown", function (event) {
      if (event.button > 0) return;
      box.setPointerCapture(event.pointerId);
      if (video) video.pause();
      seek(timeAt(box, event));
    });
    box.addEventListener("pointermove", function (event) {
      if (box.hasPointerCapture(event.pointerId)) seek(timeAt(box, event));
    });
    box.addEventListener("keydown", function (event) {
      var jumps = {
        ArrowLeft: neighbour(-1), ArrowDown: neighbour(-1), ArrowRight: neighbour(1), ArrowUp: neighbour(1),
        PageDown: now - 1, PageUp: now + 1, Home: first, End: last
      };
      if (!(event.key in jumps)) return;
      event.preventDefault();
      if (video) video.pause();
      seek(jumps[event.key]);
    });
  });

  Array.prototype.forEach.call(document.querySelectorAll("[data-seek]"), function (link) {
    link.addEventListener("click", function () { seek(Number(link.dataset.seek)); });
  });

  ["left", "right"].forEach(function (side) {
    var toggle = document.getElementById("show-" + side);
    if (!toggle) return;
    toggle.addEventListener("change", function () {
      section.classList.toggle("hide-" + side, !toggle.checked);
    });
    section.classList.toggle("hide-" + side, !toggle.checked);
  });

  if (video) {
    var follow = function () {
      if (asked !== null && Math.abs(video.currentTime - asked) < 0.005) return;
      asked = null;
      show(across(clock, times, video.currentTime));
    };
    var keepUp = function () {
      follow();
      if (!video.paused && !video.ended) window.requestAnimationFrame(keepUp);
    };
    video.addEventListener("play", keepUp);
    // While the video is still on its way, the cursor is already where it belongs.
    video.addEventListener("timeupdate", function () { if (!video.seeking) follow(); });
    video.addEventListener("seeked", follow);
    video.addEventListener("error", function () {
      video.hidden = true;
      section.querySelector(".video-missing").hidden = false;
    });
    if (video.error) video.dispatchEvent(new Event("error"));
  }
  show(first);

  // Paper shows what is folded on the screen.
  var opened = [];
  window.addEventListener("beforeprint", function () {
    opened = Array.prototype.filter.call(document.querySelectorAll("details"), function (d) { return !d.open; });
    opened.forEach(function (d) { d.open = true; });
  });
  window.addEventListener("afterprint", function () {
    opened.forEach(function (d) { d.open = false; });
  });
})();
