// Draws views: skeleton, count, readings, phase, cue, guide. Knows nothing of cameras and connections.
const COLOURS = {left: '#4fb8ff', right: '#ffa62b', middle: '#f2f3f5'};
const PHASES = {rest: 'Stand', down: 'Down', bottom: 'Bottom', up: 'Up', hold: 'Hold'};
const BITMAP_PX = 1280;
const TOLD_MS = 8000;
const ASKED = {looking: 'Step into the picture', setting_up: 'Stand still for a moment'};

function element(kind, name, parent) {
  const made = document.createElement(kind);
  if (name) made.className = name;
  if (parent) parent.append(made);
  return made;
}

function side(keypoint) {
  return keypoint.startsWith('left_') ? 'left' : keypoint.startsWith('right_') ? 'right' : 'middle';
}

function set(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function quantity(value, unit) {
  if (value === null || value === undefined) return '–';
  const angle = unit === 'deg' || unit === '°';
  const digits = angle || Math.abs(value) >= 20 ? 0 : Math.abs(value) >= 2 ? 1 : 2;
  const written = value.toFixed(digits).replace(/^-(0(\.0*)?)$/, '$1').replace('-', '−');
  return angle ? `${written}°` : `${written} ${unit}`.trim();
}

export class Board {
  constructor(host) {
    this.host = element('section', 'board', host);
    const picture = element('div', 'picture', this.host);
    this.frame = element('div', 'frame', picture);
    this.canvas = element('canvas', '', this.frame);
    this.phase = element('div', 'phase', picture);
    this.fill = element('div', 'phase-fill', this.phase);
    this.phaseName = element('span', 'phase-name', this.phase);
    const words = element('div', 'words', picture);
    this.broken = element('div', 'broken', words);
    this.broken.setAttribute('role', 'alert');
    this.cue = element('div', 'cue', words);
    this.cue.setAttribute('role', 'status');
    this.guide = element('div', 'guide', words);
    this.guideText = element('p', 'guide-text', this.guide);
    this.guideWhy = element('p', 'guide-why', this.guide);
    const numbers = element('div', 'numbers', this.host);
    const count = element('div', 'count', numbers);
    this.count = element('b', '', count);
    this.what = element('span', '', count);
    this.sides = element('div', 'sides', numbers);
    this.readings = element('ul', 'readings', numbers);
    this.last = element('p', 'last', numbers);
    this.notice = element('p', 'notice', numbers);
    this.stats = element('p', 'stats', numbers);
    this.recording = element('span', 'recording', picture);
    set(this.recording, 'Recording');
    this.movements = {};
    this.edges = [];
    this.keypoints = [];
    this.view = null;
    this.mirrored = false;
    this.toldMs = 0;
    this.clear();
  }

  greet(hello) {
    this.edges = hello.edges;
    this.keypoints = hello.keypoints;
    this.movements = Object.fromEntries(hello.movements);
  }

  mirror(on) {
    this.mirrored = on;
    this.frame.classList.toggle('mirrored', on);
  }

  // Nothing is known: no number stays.
  clear(words = '') {
    this.view = null;
    this.told = '';
    set(this.count, '–');
    set(this.what, '');
    this.sides.replaceChildren();
    set(this.last, '');
    set(this.notice, '');
    set(this.stats, '');
    this.recording.hidden = true;
    this.blank();
    this.ask(words);
  }

  // Too old: what belongs to one instant goes, the count stays.
  blank() {
    this.draw(null);
    for (const value of this.readings.querySelectorAll('.value')) set(value, '–');
    for (const error of this.readings.querySelectorAll('.error')) set(error, '');
    this.phase.hidden = true;
    this.cue.hidden = true;
  }

  ask(text, why = '') {
    this.guide.hidden = !text;
    set(this.guideText, text);
    set(this.guideWhy, why);
  }

  // A line that stays long enough to be read, however many views come meanwhile.
  tell(text) {
    this.told = text;
    this.toldMs = performance.now();
    set(this.notice, text);
  }

  say(text) {
    this.broken.hidden = !text;
    set(this.broken, text);
  }

  show(view) {
    this.view = view;
    this.host.dataset.stage = view.stage;
    this.draw(view);
    this.showCount(view);
    this.showReadings(view);
    this.showPhase(view);
    this.showWords(view);
    this.recording.hidden = !view.recording;
  }

  showCount(view) {
    set(this.count, String(view.count));
    const hold = view.movement === 'single_leg_stance';
    const label = this.movements[view.movement];
    const noun = hold ? (view.count === 1 ? 'hold' : 'holds') : (view.count === 1 ? 'rep' : 'reps');
    set(this.what, label ? `${noun} · ${label}` : noun);
    const both = view.sides.left > 0 || view.sides.right > 0;
    if (!both) this.sides.replaceChildren();
    else {
      if (!this.sides.children.length) for (const one of ['left', 'right']) element('span', one, this.sides);
      set(this.sides.children[0], `Left ${view.sides.left}`);
      set(this.sides.children[1], `Right ${view.sides.right}`);
    }
    const last = view.last;
    set(this.last, last ? `Last: ${(last.end - last.start).toFixed(1)} s${last.excluded ? ` (${last.excluded})` : ''}` : '');
  }

  showReadings(view) {
    while (this.readings.children.length > view.readings.length) this.readings.lastChild.remove();
    view.readings.forEach((reading, at) => {
      let row = this.readings.children[at];
      if (!row) {
        row = element('li', '', this.readings);
        for (const name of ['label', 'value', 'error']) element('span', name, row);
      }
      row.dataset.side = reading.side || 'middle';
      const [label, value, error] = row.children;
      set(label, reading.side ? `${reading.label} ${reading.side}` : reading.label);
      set(value, quantity(reading.value, reading.unit));
      const known = reading.value !== null && reading.error !== null;
      const next = view.readings[at + 1];
      const again = next && next.value === null && next.why === reading.why; // one reason for several is told once
      set(error, known ? `± ${quantity(reading.error, reading.unit)}` : (again ? '' : reading.why || ''));
    });
  }

  showPhase(view) {
    const known = view.points !== null && (view.stage === 'ready' || view.stage === 'working');
    this.phase.hidden = !known;
    if (!known) return;
    const share = Math.max(0, Math.min(1, view.depth ?? 0));
    this.fill.style.setProperty('--share', String(share));
    this.phase.dataset.phase = view.phase;
    set(this.phaseName, PHASES[view.phase] || '');
  }

  showWords(view) {
    const advice = view.advice[0];
    if (view.paused) this.ask('Paused');
    else if (advice) this.ask(advice.text, advice.why);
    else this.ask(ASKED[view.stage] || '');
    const cue = view.paused ? null : view.cue;
    this.cue.hidden = !cue;
    if (cue) {
      this.cue.dataset.tone = cue.tone;
      set(this.cue, cue.text);
    }
    set(this.notice, view.notice || (performance.now() - this.toldMs < TOLD_MS ? this.told : ''));
  }

  draw(view) {
    const pen = this.canvas.getContext('2d');
    if (view && view.size) {
      const scale = Math.max(1, BITMAP_PX / Math.max(...view.size));
      const [width, height] = view.size.map((side) => Math.round(side * scale));
      if (this.canvas.width !== width || this.canvas.height !== height) {
        this.canvas.width = width;
        this.canvas.height = height;
        this.frame.style.setProperty('--shape', `${width} / ${height}`);
      }
    }
    const {width, height} = this.canvas;
    pen.clearRect(0, 0, width, height);
    if (!view || !view.points) return;
    const at = (k) => (view.points[2 * k] === null ? null
      : [view.points[2 * k] * width / 10000, view.points[2 * k + 1] * height / 10000]);
    const long = Math.max(width, height);
    const far = {left: 'right', right: 'left'}[view.near];
    pen.lineCap = pen.lineJoin = 'round';
    for (const halo of [true, false]) {
      for (const [a, b] of this.edges) {
        const from = at(a), to = at(b);
        if (!from || !to) continue;
        const which = side(this.keypoints[a]) === side(this.keypoints[b]) ? side(this.keypoints[a]) : 'middle';
        pen.globalAlpha = which === far ? 0.45 : 1;
        pen.strokeStyle = halo ? 'rgba(10, 12, 15, 0.75)' : COLOURS[which];
        pen.lineWidth = long * (halo ? 0.0125 : 0.0075);
        pen.beginPath();
        pen.moveTo(...from);
        pen.lineTo(...to);
        pen.stroke();
      }
    }
    const joints = new Set(this.edges.flat());
    for (const k of joints) {
      const place = at(k);
      if (!place) continue;
      const which = side(this.keypoints[k]);
      pen.globalAlpha = which === far ? 0.45 : 1;
      pen.fillStyle = '#14171c';
      pen.strokeStyle = COLOURS[which];
      pen.lineWidth = long * 0.004;
      pen.beginPath();
      pen.arc(...place, long * 0.0075, 0, 2 * Math.PI);
      pen.fill();
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }
}
