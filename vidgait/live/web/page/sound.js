// A tone for each repetition and spoken cues. Both silent until asked for.
export class Sound {
  constructor() {
    this.voice = false;
    this.tone = false;
    this.audio = null;
    this.said = '';
    this.count = null;
  }

  // From a click: browsers allow sound only then.
  wake() {
    if (!this.tone || this.audio) return;
    const Kind = window.AudioContext || window.webkitAudioContext;
    if (Kind) this.audio = new Kind();
  }

  forget() {
    this.count = null;
    this.said = '';
    if (window.speechSynthesis) speechSynthesis.cancel();
  }

  hear(view) {
    if (this.count !== null && view.count > this.count) this.beep();
    this.count = view.count;
    const cue = view.paused ? null : view.cue;
    if (!cue) return; // it may come back after a picture in which nobody was seen: not to be said twice
    const now = `${cue.id} ${cue.side} ${cue.since}`;
    if (now !== this.said) this.speak(cue.text);
    this.said = now;
  }

  beep() {
    if (!this.tone || !this.audio) return;
    if (this.audio.state === 'suspended') this.audio.resume();
    const now = this.audio.currentTime;
    const source = this.audio.createOscillator();
    const volume = this.audio.createGain();
    source.frequency.value = 880;
    volume.gain.setValueAtTime(0.0001, now);
    volume.gain.exponentialRampToValueAtTime(0.4, now + 0.01);
    volume.gain.exponentialRampToValueAtTime(0.0001, now + 0.18);
    source.connect(volume).connect(this.audio.destination);
    source.start(now);
    source.stop(now + 0.2);
  }

  speak(text) {
    if (!this.voice || !window.speechSynthesis) return;
    speechSynthesis.cancel();
    const words = new SpeechSynthesisUtterance(text);
    words.lang = 'en';
    speechSynthesis.speak(words);
  }
}
