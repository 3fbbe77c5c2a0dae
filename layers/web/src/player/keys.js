// What a key asks of the player. Clickers send PageUp, PageDown, F5, Escape, "b" and ".".

const COMMANDS = {
  ArrowRight: "next", ArrowDown: "next", PageDown: "next", " ": "next", n: "next",
  ArrowLeft: "previous", ArrowUp: "previous", PageUp: "previous", Backspace: "previous", p: "previous",
  Home: "first", End: "last",
  f: "fullScreen", b: "blank", ".": "blank", Escape: "leave",
  l: "spot", a: "autoplay", t: "layers", s: "notes", 0: "home",
  h: "help", "?": "help",
};
const MOST_DIGITS = 3;

/** The command of a key press, null for none; keys with Ctrl, Alt or Meta belong to the browser. */
export function commandOf({ key, ctrlKey, altKey, metaKey }) {
  if (ctrlKey || altKey || metaKey) return null;
  return COMMANDS[key.length === 1 ? key.toLowerCase() : key] ?? null;
}

/** Digits that are typed before Enter: the number of a scene. */
export class NumberEntry {
  constructor() {
    this.typed = "";
  }

  /** Take a key; whether it belonged to a number. A 0 alone is no number. */
  take({ key, ctrlKey, altKey, metaKey }) {
    if (ctrlKey || altKey || metaKey) return false;
    if (/^[0-9]$/.test(key) && (this.typed || key !== "0")) {
      this.typed = (this.typed + key).slice(-MOST_DIGITS);
      return true;
    }
    if (key === "Backspace" && this.typed) {
      this.typed = this.typed.slice(0, -1);
      return true;
    }
    return false;
  }

  /** The number that was typed, null for none; nothing is typed any more. */
  finish() {
    const number = this.typed ? Number(this.typed) : null;
    this.typed = "";
    return number;
  }
}
