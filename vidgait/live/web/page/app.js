// The page of a camera: asks for it, sends its pictures, shows what comes back.
import {Board} from '/board.js';
import {everyPicture, openCamera, otherCamera, Sender} from '/camera.js';
import {FULL, Link, REPLACED} from '/link.js';
import {Sound} from '/sound.js';
import {showSummary} from '/summary.js';

const STALE_MS = 500;
const FIRST_MS = 1500; // until a camera that sends nothing is spoken of
const NEVER_MS = 20000;
const GONE_MS = 4000;
const SURE_MS = 3000;

const $ = (id) => document.getElementById(id);
const board = new Board($('board'));
const video = document.createElement('video');
video.playsInline = video.muted = video.autoplay = true;
board.frame.prepend(video);
const sender = new Sender(video);
const sound = new Sound();

const now = {
  link: null, stream: null, stop: null, opening: false, gone: null, key: '', facing: 'user', device: null, paused: false, finishing: false, greeted: false,
  viewMs: 0, lags: [], screen: 'start', choice: {movement: 'auto', view: 'auto'}, wake: null,
  before: [], mirror: null, pictures: 0, beganMs: 0,
};

// For tests and for people who look: what the page knows.
window.vidgait = {now, board, sender, lag: () => median(now.lags)};

if (location.hash) history.replaceState(null, '', location.pathname);

function show(screen) {
  now.screen = screen;
  document.body.dataset.screen = screen;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length ? sorted[Math.floor(sorted.length / 2)] : null;
}

function fillChoices(select, choices, chosen) {
  select.replaceChildren(...choices.map(([value, label]) => new Option(label, value, false, value === chosen)));
}

async function prepare() {
  const reply = await fetch('/choices', {cache: 'no-store'});
  if (!reply.ok) {
    location.reload();
    return;
  }
  const hello = await reply.json();
  now.choice = {...hello.chosen};
  for (const id of ['movement', 'movement-now']) fillChoices($(id), hello.movements, now.choice.movement);
  for (const id of ['view', 'view-now']) fillChoices($(id), hello.views, now.choice.view);
  $('start-voice').checked = hello.sound.voice;
  $('start-tone').checked = hello.sound.tone;
  $('stats').checked = hello.stats;
  now.mirror = hello.mirror;
  if (hello.recording) {
    $('privacy').textContent = 'The pictures go to the computer that runs vidgait and nowhere else. There they are being recorded, as it was started with --record.';
  }
  if (!window.isSecureContext) {
    $('insecure').hidden = false;
    $('insecure').textContent = 'This page is not encrypted, so this browser gives it no camera. Start vidgait with --tls, or use the browser on the computer itself. Watching works.';
  }
}

function problem(title, text, steps = []) {
  closeCamera();
  $('problem-title').textContent = title;
  $('problem-text').textContent = text;
  $('problem-steps').replaceChildren(...steps.map((step) => {
    const item = document.createElement('li');
    item.textContent = step;
    return item;
  }));
  show('problem');
}

function explain(error) {
  if (!window.isSecureContext || error.name === 'InsecureError') {
    problem('No camera on this page', 'Browsers give a camera only to encrypted pages.', [
      'Start vidgait live --web with --host 0.0.0.0 --tls on the computer.',
      'Install its certificate on this phone once: the terminal prints the address.',
      'Or use a browser on the computer itself.',
    ]);
  } else if (error.name === 'NotAllowedError' || error.name === 'SecurityError') {
    problem('The camera is not allowed', 'This browser was told to keep the camera from this page.', [
      'Tap the camera or the lock beside the address, and allow the camera.',
      'On an iPhone: Settings → Apps → Safari → Camera → Allow.',
      'Then try again.',
    ]);
  } else if (error.name === 'NotFoundError' || error.name === 'OverconstrainedError') {
    problem('No camera was found', 'Connect a camera, or open this page on a phone.');
  } else if (error.name === 'NotReadableError' || error.name === 'AbortError') {
    problem('The camera is busy', 'Another program or tab is using it. Close that one and try again.');
  } else {
    problem('The camera did not start', String(error.message || error.name));
  }
}

async function openStream() {
  const asking = setTimeout(() => now.screen !== 'live' && show('asking'), 250);
  try {
    now.stream = await openCamera(now.facing, now.device);
  } finally {
    clearTimeout(asking);
  }
  const [track] = now.stream.getVideoTracks();
  track.addEventListener('ended', () => gone('The camera stopped', 'It was unplugged, or another program took it.'));
  video.srcObject = now.stream;
  const played = video.play(); // never ends where the camera opens and sends nothing
  played.catch(() => {});
  await Promise.race([played, new Promise((done) => { setTimeout(done, FIRST_MS); })]);
  const facing = track.getSettings().facingMode || now.facing;
  setMirror(now.mirror ?? facing !== 'environment');
}

// What was done until then is not lost with the camera.
function gone(title, text) {
  if (now.finishing) return;
  if (now.screen !== 'live' || !now.greeted || !now.link.open) {
    problem(title, text);
    return;
  }
  now.gone = [title, text];
  finish();
}

// A second tap must not open a second camera.
async function start() {
  if (now.opening) return;
  now.opening = true;
  try {
    await openStream();
  } catch (error) {
    explain(error);
    return;
  } finally {
    now.opening = false;
  }
  begin();
}

function begin() {
  now.key = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  now.paused = now.finishing = now.greeted = false;
  now.gone = null;
  now.viewMs = 0;
  $('pause').textContent = 'Pause';
  sound.forget();
  board.clear('Getting ready');
  board.say('');
  show('live');
  now.link = new Link('/ws/camera', {opened, message, lost});
  now.before = [];
  now.pictures = 0;
  now.beganMs = performance.now();
  now.stop = everyPicture(video, (captureMs) => {
    now.pictures += 1;
    if (now.greeted && !now.paused && !now.finishing && now.link.open) sender.offer(captureMs, now.link.socket);
  });
  stayAwake();
}

function closeCamera() {
  if (now.stop) now.stop();
  if (now.link) now.link.end();
  if (now.stream) for (const track of now.stream.getTracks()) track.stop();
  if (now.wake) now.wake.release().catch(() => {});
  Object.assign(now, {stop: null, link: null, stream: null, wake: null, greeted: false});
  video.srcObject = null;
  sound.forget();
}

async function stayAwake() {
  try {
    if (navigator.wakeLock && document.visibilityState === 'visible') now.wake = await navigator.wakeLock.request('screen');
  } catch { /* the screen may go dark then */ }
}

function opened() {
  sender.forget();
  now.link.send({do: 'start', key: now.key, ...now.choice});
}

function lost(event, again) {
  now.greeted = false;
  now.viewMs = 0;
  now.lags = [];
  sender.forget();
  if (now.screen !== 'live') return;
  if (now.finishing) { // nothing would come of waiting: the set is over there
    problem('The connection was lost', 'The set is over, but its summary did not arrive. The terminal that runs vidgait may show it.');
    return;
  }
  board.clear();
  sound.forget();
  if (event.code === FULL) board.say(`${event.reason} This one waits for its turn.`);
  else if (event.code === REPLACED) board.say('This camera goes on in another tab.');
  else board.say(again ? 'Connection lost. Trying again…' : 'Connection lost.');
}

function message(said) {
  if (said.type === 'hello') {
    board.greet(said);
    sender.limit = said.in_flight;
    sender.longSide = said.long_side_px;
    now.greeted = true;
    board.say('');
    if (now.paused) now.link.send({do: 'pause'});
  } else if (said.type === 'view') receive(said);
  else if (said.type === 'refused' || said.type === 'failed') {
    sender.answer(said.n);
    if (said.type === 'failed') {
      board.blank();
      board.say(said.why);
      now.viewMs = 0;
    }
  } else if (said.type === 'note') board.tell(said.text);
  else if (said.type === 'summary') ended(said);
}

function receive(view) {
  sender.answer(view.n);
  if (now.finishing || now.paused) return;
  now.viewMs = performance.now();
  sound.hear(view);
  requestAnimationFrame(() => {
    if (now.screen !== 'live' || !now.greeted || now.finishing || now.paused) return; // asked for meanwhile
    board.say('');
    board.show(view);
    now.lags.push(performance.now() - view.t);
    if (now.lags.length > 60) now.lags.shift();
    speed(view.stats);
  });
}

function speed(stats) {
  board.stats.hidden = !$('stats').checked;
  if (board.stats.hidden) return;
  const stages = stats.stages.map(([name, ms]) => `${name} ${Math.round(ms)}`).join(', ');
  board.stats.textContent = `Delay ${Math.round(median(now.lags))} ms · ${(stats.rate ?? 0).toFixed(0)} pictures a second`
    + ` · ${sender.dropped} skipped here, ${stats.dropped} there${stages ? ` · ${stages} ms` : ''}`;
}

function ended(said) {
  if (!now.finishing) {
    if (said.summary) now.before.push(said.summary);
    const told = [said.note, said.summary ? `${said.summary.title}: told of at the end.` : ''];
    board.tell(told.filter(Boolean).join(' '));
    return;
  }
  const {gone} = now;
  if (gone && !said.summary && !now.before.length) {
    problem(...gone);
    return;
  }
  closeCamera();
  showSummary($('summary'), gone ? {...said, note: `${gone[0]}. ${gone[1]}`} : said, now.before);
  show('summary');
}

function setMirror(on) {
  board.mirror(on);
  $('mirror').setAttribute('aria-pressed', String(on));
}

// A camera that opens and sends nothing: in words, not a black page.
setInterval(() => {
  if (now.screen !== 'live' || now.pictures || now.finishing || !now.stop) return;
  const age = performance.now() - now.beganMs;
  if (age > NEVER_MS) problem('The camera sends no picture', 'Another program may be using it. Close that one, or choose another camera.');
  else if (age > FIRST_MS) board.ask(`Waiting for the camera: ${Math.floor(age / 1000)} s`);
}, 250);

// Stale numbers go at once; a connection on which nothing comes back is given up.
setInterval(() => {
  if (now.screen !== 'live' || !now.viewMs || now.paused || now.finishing) return;
  const age = performance.now() - now.viewMs;
  if (age > STALE_MS) board.blank();
  if (age > GONE_MS && now.link && now.link.open && document.visibilityState === 'visible') {
    now.viewMs = 0;
    now.link.drop();
  }
}, 100);

$('start').addEventListener('submit', (event) => {
  event.preventDefault();
  now.facing = new FormData(event.target).get('facing');
  now.device = null;
  now.choice = {movement: $('movement').value, view: $('view').value};
  $('movement-now').value = now.choice.movement;
  $('view-now').value = now.choice.view;
  sound.voice = $('voice').checked = $('start-voice').checked;
  sound.tone = $('tone').checked = $('start-tone').checked;
  sound.wake();
  start();
});
$('again').addEventListener('click', start);
for (const id of ['back', 'leave']) $(id).addEventListener('click', () => show('start'));
$('another').addEventListener('click', start);

$('pause').addEventListener('click', () => {
  now.paused = !now.paused;
  $('pause').textContent = now.paused ? 'Go on' : 'Pause';
  now.link.send({do: now.paused ? 'pause' : 'resume'});
  if (now.paused) {
    board.blank();
    board.ask('Paused');
  } else {
    board.ask('');
    if (now.viewMs) now.viewMs = performance.now(); // the silence of the pause is no lost connection
  }
});

let sure = 0;
$('reset').addEventListener('click', () => {
  clearTimeout(sure);
  if ($('reset').dataset.sure) {
    now.link.send({do: 'reset'});
    sound.forget();
    if (now.paused) board.clear('Paused');
    unsure();
    return;
  }
  $('reset').dataset.sure = 'yes';
  $('reset').textContent = 'Sure?';
  sure = setTimeout(unsure, SURE_MS);
});
function unsure() {
  delete $('reset').dataset.sure;
  $('reset').textContent = 'Reset';
}

$('mirror').addEventListener('click', () => setMirror(!board.mirrored));
$('turn').addEventListener('click', async () => {
  if (now.opening) return;
  now.opening = true;
  now.device = await otherCamera(now.stream.getVideoTracks()[0]);
  now.facing = now.facing === 'user' ? 'environment' : 'user';
  for (const track of now.stream.getTracks()) track.stop();
  board.blank();
  try {
    await openStream();
    if (now.screen !== 'live') closeCamera(); // it was finished meanwhile: no camera stays on
  } catch (error) {
    explain(error);
  } finally {
    now.opening = false;
  }
});
$('finish').addEventListener('click', finish);
function finish() {
  if (!now.link || !now.link.open) {
    closeCamera();
    show('start');
    return;
  }
  now.finishing = true;
  board.blank();
  board.ask('One moment');
  now.link.send({do: 'finish'});
}

$('options-open').addEventListener('click', () => $('options').showModal());
$('voice').addEventListener('change', (event) => { sound.voice = event.target.checked; });
$('tone').addEventListener('change', (event) => {
  sound.tone = event.target.checked;
  sound.wake();
});
for (const id of ['movement-now', 'view-now']) {
  $(id).addEventListener('change', () => {
    now.choice = {movement: $('movement-now').value, view: $('view-now').value};
    if (now.link) now.link.send({do: 'choose', ...now.choice});
    now.viewMs = 0;
    board.clear('Getting ready');
    sound.forget();
  });
}
$('invite').addEventListener('toggle', async (event) => {
  if (!event.target.open) return;
  const {link, svg} = await (await fetch('/invite', {cache: 'no-store'})).json();
  const picture = new Image();
  picture.src = URL.createObjectURL(new Blob([svg], {type: 'image/svg+xml'}));
  picture.alt = 'Code of the link';
  const words = document.createElement('p');
  words.textContent = link;
  $('invite-body').replaceChildren(picture, words);
});
document.addEventListener('visibilitychange', () => now.stream && document.visibilityState === 'visible' && stayAwake());

show('start');
prepare().catch(() => problem('vidgait does not answer', 'Is it still running? Start it again and open its link.'));
