// Time in the player: the months of a scene that plays, and the way to the next scene when nobody presses a key.

const STEP_MS = 600;

/** Calls `onStep` with each of `count` steps, one after the other, then `onEnd`; `stop` ends it. */
export class Steps {
  constructor(timers = globalThis) {
    this.timers = timers;
    this.timer = 0;
  }

  start(count, onStep, onEnd) {
    this.stop();
    let step = 0;
    const advance = () => {
      if (step === count) return onEnd();
      onStep(step++);
      this.timer = this.timers.setTimeout(advance, STEP_MS);
    };
    advance();
  }

  stop() {
    this.timers.clearTimeout(this.timer);
    this.timer = 0;
  }
}

/** Goes on by itself: `rest` begins the stay at a scene, `onOver` is called at its end while autoplay is on. */
export class Autoplay {
  constructor(onOver, timers = globalThis) {
    this.onOver = onOver;
    this.timers = timers;
    this.isOn = false;
    this.timer = 0;
  }

  toggle() {
    this.isOn = !this.isOn;
    if (!this.isOn) this.leave();
    return this.isOn;
  }

  rest(dwellS) {
    this.leave();
    if (this.isOn) this.timer = this.timers.setTimeout(this.onOver, dwellS * 1000);
  }

  leave() {
    this.timers.clearTimeout(this.timer);
    this.timer = 0;
  }
}

/** Seconds as 1:05 or 1:02:03. */
export function lasting(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] ? parts : parts.slice(1);
  return shown.map((part, place) => (place ? String(part).padStart(2, "0") : String(part))).join(":");
}
