// The presenter's window: what to say, how long it has taken, what comes next.
import { element } from "./charts.js";
import { lasting } from "./clock.js";
import { sceneMap } from "./scene_map.js";
import { helpSheet } from "./over.js";

const TICK_MS = 500;

export class Notes {
  constructor(story, onCommand) {
    this.story = story;
    const { words } = story;
    document.documentElement.lang = story.language === "zh" ? "zh-CN" : "en";
    document.title = `${words.notes} · ${story.name}`;
    this.started = this.reached = Date.now();
    this.title = element("h1");
    this.text = element("div", "text");
    this.problems = element("ul", "problems");
    this.next = element("section", "next");
    this.picture = element("div", "picture");
    this.coming = element("div", "coming");
    this.next.append(this.picture, this.coming);
    this.total = element("b");
    this.here = element("b");
    this.clock = element("b");
    this.number = element("span", "number");
    const top = element("header");
    for (const [name, value] of [["timer", this.total], ["sceneTimer", this.here], ["clock", this.clock]]) {
      const box = element("span", "time", words[name]);
      box.append(value);
      top.append(box);
    }
    top.append(this.number);
    const bar = element("nav");
    this.buttons = {};
    for (const command of ["previous", "next", "blank", "autoplay", "reset", "help"]) {
      const button = (this.buttons[command] = element("button", "", words[command]));
      button.type = "button";
      button.addEventListener("click", () => (command === "reset" ? this.reset() : onCommand(command)));
      bar.append(button);
    }
    const root = element("div", "notes-window");
    this.help = helpSheet(words.helpTitle, words.notesHelpLines);
    root.append(top, this.title, this.text, this.next, this.problems, bar, this.help);
    document.body.replaceChildren(root);
    sceneMap(this.picture, story.config, story.scenes[0].bounds, { still: true });
    setInterval(() => this.tick(), TICK_MS);
  }

  show(index) {
    const { scenes, words } = this.story;
    const [scene, next] = [scenes[index], scenes[index + 1]];
    if (this.index !== index) this.reached = Date.now();
    this.index = index;
    this.title.textContent = scene.title;
    this.text.innerHTML = scene.notes || "";
    if (!scene.notes) this.text.append(element("p", "none", words.noNotes));
    this.number.textContent = `${scene.number} / ${scenes.length}`;
    this.coming.replaceChildren(element("h2", "", next ? `${words.nextScene}${words.colon}${next.title}` : words.end));
    this.picture.classList.toggle("none", !next);
    if (next) {
      const caption = element("div");
      caption.innerHTML = next.caption;
      this.coming.append(caption);
      window.planMap.apply(next.state);
      window.planMap.home();
    }
    this.problems.replaceChildren(...scene.problems.map((problem) => element("li", "", problem)));
    this.tick();
  }

  /** Show that something is on in the audience's window, or off. */
  press(command, isOn) {
    this.buttons[command].setAttribute("aria-pressed", String(isOn));
  }

  reset() {
    this.started = this.reached = Date.now();
    this.tick();
  }

  tick() {
    const now = Date.now();
    this.total.textContent = lasting((now - this.started) / 1000);
    this.here.textContent = lasting((now - this.reached) / 1000);
    this.clock.textContent = new Date(now).toTimeString().slice(0, 5);
  }
}
