// A summary as the process tells it: `title`, `lines`, `tables` of rows.
function element(kind, text, parent) {
  const made = document.createElement(kind);
  if (text) made.textContent = text;
  parent.append(made);
  return made;
}

export function showSummary(host, said) {
  host.replaceChildren();
  if (said.note) element('p', said.note, host).className = 'notice';
  const summary = said.summary;
  if (!summary) {
    element('p', 'No repetition was counted.', host).className = 'lead';
    return;
  }
  if (summary.title) element('p', summary.title, host).className = 'lead';
  const list = element('ul', '', host);
  list.className = 'said';
  for (const line of summary.lines || []) element('li', line, list);
  for (const table of summary.tables || []) {
    const wrap = element('div', '', host);
    wrap.className = 'table';
    const made = element('table', '', wrap);
    const head = element('tr', '', element('thead', '', made));
    for (const name of table.head) element('th', name, head);
    const body = element('tbody', '', made);
    for (const row of table.rows) {
      const line = element('tr', '', body);
      for (const cell of row) element('td', cell === null ? '–' : String(cell), line);
    }
  }
}
