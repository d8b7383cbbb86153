// A WebSocket that comes back. Tells at once when it is gone.
const WAITS_MS = [300, 600, 1200, 2500, 5000];
export const FULL = 4001;
export const REPLACED = 4002;

export class Link {
  constructor(path, {opened, message, lost}) {
    this.address = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${path}`;
    this.calls = {opened, message, lost};
    this.tries = 0;
    this.wanted = true;
    this.connect();
    addEventListener('online', () => this.hurry());
    addEventListener('offline', () => this.drop());
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.hurry());
  }

  connect() {
    const socket = new WebSocket(this.address);
    this.socket = socket;
    socket.addEventListener('open', () => {
      this.tries = 0;
      this.calls.opened(socket);
    });
    socket.addEventListener('message', (event) => socket === this.socket && this.calls.message(JSON.parse(event.data)));
    socket.addEventListener('close', (event) => socket === this.socket && this.fell(event));
  }

  fell(event) {
    const again = this.wanted && event.code !== REPLACED;
    this.calls.lost(event, again);
    if (!again || !this.wanted) return;
    const wait = event.code === FULL ? 5000 : WAITS_MS[Math.min(this.tries, WAITS_MS.length - 1)];
    this.tries += 1;
    if (this.tries % 3 === 0) this.stillInside();
    this.timer = setTimeout(() => this.connect(), wait);
  }

  // Given up: its own close would come much later where the network is gone.
  drop() {
    const {socket} = this;
    if (!socket || !this.wanted) return;
    this.socket = null;
    socket.close();
    this.fell({code: 1006});
  }

  hurry() {
    if (!this.wanted || (this.socket && this.socket.readyState !== WebSocket.CLOSED)) return;
    clearTimeout(this.timer);
    this.connect();
  }

  // vidgait was started again: this device has to show a code once more.
  async stillInside() {
    try {
      if ((await fetch('/inside', {cache: 'no-store'})).status === 403) location.reload();
    } catch { /* not there at all: go on trying */ }
  }

  get open() {
    return Boolean(this.socket) && this.socket.readyState === WebSocket.OPEN;
  }

  send(order) {
    if (this.open) this.socket.send(JSON.stringify(order));
  }

  end() {
    this.wanted = false;
    clearTimeout(this.timer);
    if (this.socket) this.socket.close();
  }
}
