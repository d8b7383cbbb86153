// The page of somebody who watches: skeleton and numbers, no camera picture.
import {Board} from '/board.js';
import {Link} from '/link.js';
import {showSummary} from '/summary.js';

const STALE_MS = 1000;
const $ = (id) => document.getElementById(id);
const board = new Board($('board'));
const now = {camera: null, cameras: [], viewMs: 0, lost: true};
window.vidgait = {now, board};
if (location.hash) history.replaceState(null, '', location.pathname);

function waiting() {
  board.clear(now.cameras.length ? 'Waiting for the camera' : 'No camera is on');
}

function choose(camera) {
  now.camera = camera;
  now.viewMs = 0;
  waiting();
  buttons();
}

function buttons() {
  $('cameras').hidden = now.cameras.length < 2;
  $('cameras').replaceChildren(...now.cameras.map((camera) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = `Camera ${camera}`;
    button.setAttribute('aria-pressed', String(camera === now.camera));
    button.addEventListener('click', () => choose(camera));
    return button;
  }));
}

function message(said) {
  if (said.type === 'hello') {
    now.lost = false;
    board.greet(said);
    board.say('');
    waiting();
  } else if (said.type === 'cameras') {
    now.cameras = said.cameras;
    if (!now.cameras.includes(now.camera)) choose(now.cameras[0] ?? null);
    buttons();
  } else if (said.camera !== now.camera) return;
  else if (said.type === 'view') {
    now.viewMs = performance.now();
    requestAnimationFrame(() => !now.lost && now.viewMs && board.show(said));
  } else if (said.type === 'away') {
    now.viewMs = 0;
    waiting();
  } else if (said.type === 'summary') {
    now.viewMs = 0;
    waiting();
    showSummary($('summary'), said);
    document.body.dataset.screen = 'summary';
  } else if (said.type === 'note') board.tell(said.text);
}

new Link('/ws/watch', {
  opened() {},
  message,
  lost(event, again) {
    now.lost = true;
    now.viewMs = 0;
    board.clear();
    board.say(event.reason || (again ? 'Connection lost. Trying again…' : 'Connection lost.'));
  },
});
setInterval(() => {
  if (!now.viewMs || performance.now() - now.viewMs < STALE_MS) return;
  now.viewMs = 0;
  board.blank();
  board.ask('Waiting for the camera'); // what was to be put right may be so by now
}, 100);
$('another').addEventListener('click', () => { document.body.dataset.screen = 'live'; });
