// A summary as the process tells it: `title`, `lines`, `tables` of rows.
function element(kind, text, parent) {
  const made = document.createElement(kind);
  if (text) made.textContent = text;
  parent.append(made);
  return made;
}

// `before`: of counts that ended earlier, because another movement or direction was chosen.
export function showSummary(host, said, before = []) {
  host.replaceChildren();
  if (said.note) element('p', said.note, host).className = 'notice';
  const summary = said.summary;
  if (summary) showOne(host, summary);
  else if (!before.length) element('p', 'No repetition was counted.', host).className = 'lead';
  for (const earlier of [...before].reverse()) {
    element('h2', summary ? 'Before that' : 'Until then', host);
    showOne(host, earlier);
  }
}

function showOne(host, summary) {
  if (summary.title) element('p', summary.title, host).className = 'lead';
  const list = element('ul', '', host);
  list.className = 'said';
  for (const line of summary.lines || []) element('li', line, list);
  for (const table of summary.tables || []) {
    const wrap = element('div', '', host);
    wrap.className = 'table';
    const made = element('table', '', wrap);
    const head = element('tr', '', element('thead', '', made));
    const columns = table.head.map((_, at) => at).filter((at) => table.rows.some((row) => row[at] !== null));
    for (const at of columns) element('th', table.head[at], head);
    const body = element('tbody', '', made);
    for (const row of table.rows) {
      const line = element('tr', '', body);
      for (const at of columns) element('td', row[at] === null ? '–' : String(row[at]), line);
    }
  }
}
