// The browser's camera, and the way of its pictures to the process: at most a few under way, the newest wins.
const LOST_MS = 2500;
const HEADER_BYTES = 16;
const BUFFERED_BYTES = 300000;
const QUALITY = 0.72;

export async function openCamera(facing, device) {
  if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) throw new DOMException('', 'InsecureError');
  return navigator.mediaDevices.getUserMedia({
    audio: false,
    video: {...(device ? {deviceId: {exact: device}} : {facingMode: {ideal: facing}}), width: {ideal: 1280}, height: {ideal: 720}, frameRate: {ideal: 30}},
  });
}

// Of a computer with several cameras the next one; null on phones, where front and back are asked for instead.
export async function otherCamera(track) {
  const {deviceId, facingMode} = track.getSettings();
  if (facingMode) return null;
  const known = (await navigator.mediaDevices.enumerateDevices()).filter((one) => one.kind === 'videoinput');
  const at = known.findIndex((one) => one.deviceId === deviceId);
  return known.length > 1 ? known[(at + 1) % known.length].deviceId : null;
}

// Calls `each(captureMs)` for every new picture of a video, until stop().
export function everyPicture(video, each) {
  let going = true;
  let shown = -1;
  const again = () => {
    if (!going) return;
    if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(tick);
    else requestAnimationFrame((now) => tick(now, null));
  };
  const tick = (now, facts) => {
    if (!going) return;
    const fresh = facts ? true : video.currentTime !== shown;
    shown = video.currentTime;
    if (fresh && video.videoWidth) each(facts && facts.captureTime ? facts.captureTime : now);
    again();
  };
  again();
  return () => { going = false; };
}

export class Sender {
  constructor(video) {
    this.video = video;
    this.canvas = document.createElement('canvas');
    this.pen = this.canvas.getContext('2d', {alpha: false});
    this.limit = 2;
    this.longSide = 640;
    this.number = 0;
    this.dropped = 0;
    this.forget();
  }

  // What was under way on an old connection will never be answered.
  forget() {
    this.answered = this.number;
    this.encoding = false;
    this.lastMs = performance.now();
    this.round = (this.round || 0) + 1;
  }

  // An answer to one picture is an answer to all before it.
  answer(number) {
    if (Number.isInteger(number) && number > this.answered) this.answered = number;
    this.lastMs = performance.now();
  }

  offer(captureMs, socket) {
    const now = performance.now();
    if (now - this.lastMs > LOST_MS && this.number > this.answered) this.answered = this.number;
    const busy = this.number - this.answered >= this.limit || socket.bufferedAmount > BUFFERED_BYTES;
    if (busy || this.encoding || socket.readyState !== WebSocket.OPEN) {
      this.dropped += 1;
      return;
    }
    if (this.number === this.answered) this.lastMs = now;
    this.encode(captureMs, socket);
  }

  encode(captureMs, socket) {
    const {videoWidth, videoHeight} = this.video;
    const scale = Math.min(1, this.longSide / Math.max(videoWidth, videoHeight));
    const width = Math.round(videoWidth * scale), height = Math.round(videoHeight * scale);
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    this.pen.drawImage(this.video, 0, 0, width, height);
    this.encoding = true;
    const {round} = this;
    this.number += 1;
    const head = new DataView(new ArrayBuffer(HEADER_BYTES));
    head.setUint8(0, 0x56);
    head.setUint8(1, 0x47);
    head.setUint8(2, 1);
    head.setUint32(4, this.number, true);
    head.setFloat64(8, captureMs, true);
    this.canvas.toBlob((blob) => {
      if (round !== this.round) return;
      this.encoding = false;
      if (blob && socket.readyState === WebSocket.OPEN) socket.send(new Blob([head.buffer, blob]));
    }, 'image/jpeg', QUALITY);
  }
}
