// Gives the code to the process. The code stands behind the # of the link, which browsers send to nobody.
const form = document.getElementById('enter');
const field = document.getElementById('code');
const answer = document.getElementById('answer');
document.getElementById('trust').hidden = location.protocol !== 'https:';

async function enter(code) {
  answer.textContent = '';
  let reply;
  try {
    reply = await fetch('/enter', {method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify({code})});
  } catch {
    answer.textContent = 'vidgait does not answer. Is it still running?';
    return;
  }
  if (reply.status === 204) {
    location.replace(location.pathname);
    return;
  }
  const wait = reply.status === 403 ? (await reply.json()).wait_s : 0;
  answer.textContent = 'This code is not valid, or was used already. Look at the terminal for the newest one.'
    + (wait >= 2 ? ` Wait ${Math.ceil(wait)} seconds before you try again.` : '');
  field.focus();
  field.select();
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  enter(field.value);
});

// Also where the link is opened in a tab that is here already: then only the part behind the # changes.
function enterFromLink() {
  const given = location.hash.slice(1);
  if (!given) return;
  history.replaceState(null, '', location.pathname);
  enter(given);
}
addEventListener('hashchange', enterFromLink);
enterFromLink();
