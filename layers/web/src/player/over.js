// What comes and goes over the page: the bar of buttons, the black screen, the typed number, help, layers, the spot.
import { element } from "./charts.js";

const BAR_MS = 2500;

/** A sheet with keys and what they do, hidden; `lines` has a line “keys|meaning” for each. */
export function helpSheet(title, lines) {
  const sheet = element("div", "sheet help");
  sheet.hidden = true;
  const list = element("dl");
  for (const line of lines.split("\n")) {
    const [keys, meaning] = line.split("|");
    list.append(element("dt", "", keys), element("dd", "", meaning));
  }
  sheet.append(element("h2", "", title), list);
  return sheet;
}

export class Over {
  /** `onCommand` is called with what a button asks for. */
  constructor(root, words, onCommand) {
    this.root = root;
    this.words = words;
    this.onCommand = onCommand;
    this.blank = this.hidden("div", "blank");
    this.typed = this.hidden("div", "typed");
    this.help = helpSheet(words.helpTitle, words.helpLines);
    root.append(this.help);
    this.layers = this.hidden("div", "sheet layers");
    this.spot = this.hidden("div", "spot");
    this.bar = element("nav", "bar");
    this.buttons = Object.fromEntries(
      [["previous", "‹"], ["next", "›"], ["autoplay", "▶"], ["fullScreen", "▣"], ["spot", "●"], ["layers", "☰"], ["notes", "✎"], ["help", "?"]].map(
        ([command, sign]) => {
          const button = element("button", "", sign);
          button.type = "button";
          button.title = words[command];
          button.setAttribute("aria-label", words[command]);
          button.addEventListener("click", () => {
            button.blur(); // or the space bar would press it again
            onCommand(command);
          });
          this.bar.append(button);
          return [command, button];
        },
      ),
    );
    root.append(this.bar);
    this.blank.addEventListener("click", () => onCommand("blank"));
    this.showBar();
    root.addEventListener("mousemove", (event) => {
      this.showBar();
      if (!this.spot.hidden) this.spot.style.transform = `translate(${event.clientX}px, ${event.clientY}px)`;
    });
    this.bar.addEventListener("focusin", () => this.showBar());
  }

  hidden(tag, className) {
    const made = element(tag, className);
    made.hidden = true;
    this.root.append(made);
    return made;
  }

  showBar() {
    this.bar.classList.add("seen");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.bar.classList.remove("seen"), BAR_MS);
  }

  showTyped(number) {
    this.typed.textContent = number;
    this.typed.hidden = !number;
  }

  /** Check boxes of the layers of a scene; `onChange` is called with a layer and whether it is to be seen. */
  showLayers(layers, onChange) {
    this.layers.replaceChildren(element("h2", "", this.words.layers));
    for (const { name, title, visible } of layers) {
      const row = element("label");
      const box = element("input");
      box.type = "checkbox";
      box.checked = visible;
      box.addEventListener("change", () => onChange(name, box.checked));
      row.append(box, title);
      this.layers.append(row);
    }
  }

  toggle(name, seen = this[name].hidden) {
    this[name].hidden = !seen;
    if (name === "spot") this.root.classList.toggle("pointing", seen);
  }

  /** Put away what is open; whether anything was. */
  close() {
    const open = ["blank", "help", "layers", "spot"].filter((name) => !this[name].hidden);
    for (const name of open) this.toggle(name, false);
    return open.length > 0;
  }
}
