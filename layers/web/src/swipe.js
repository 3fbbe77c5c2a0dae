// Two plans on one map, one on each side of an edge that is dragged or moved by the arrow keys.

const STEP = 0.02;
const START = 0.5;

export class Swipe {
  /** `left` and `right` are the panes of the two plans. */
  constructor(map, left, right) {
    this.map = map;
    this.panes = [left, right];
    this.share = START; // of the width that is the left plan's
    this.edge = L.DomUtil.create("div", "plan-swipe");
    Object.entries({ role: "slider", tabindex: "0", "aria-orientation": "horizontal", "aria-valuemin": 0, "aria-valuemax": 100 }).forEach(
      ([name, value]) => this.edge.setAttribute(name, value),
    );
    this.names = [L.DomUtil.create("div", "plan-side left"), L.DomUtil.create("div", "plan-side right")];
    L.DomEvent.disableClickPropagation(this.edge);
    this.edge.addEventListener("pointerdown", (event) => {
      this.edge.setPointerCapture(event.pointerId);
      event.stopPropagation();
    });
    this.edge.addEventListener("pointermove", (event) => {
      if (this.edge.hasPointerCapture(event.pointerId)) this.moveTo(this.map.mouseEventToContainerPoint(event).x / this.map.getSize().x);
    });
    this.edge.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation();
      this.moveTo(this.share + step);
    });
    map.on("move zoom viewreset resize", () => this.clip());
  }

  get isOn() {
    return this.edge.isConnected;
  }

  /** Whether a place is on the left of the edge. */
  isLeft(latlng) {
    return this.isOn && this.map.latLngToContainerPoint(latlng).x < this.share * this.map.getSize().x;
  }

  /** Show the edge with the names of its two sides; without names there is none. */
  show(names, words) {
    if (!names) {
      [this.edge, ...this.names].forEach((element) => element.remove());
      this.panes.forEach((pane) => (pane.style.clipPath = ""));
      return;
    }
    this.edge.setAttribute("aria-label", words);
    this.edge.title = words;
    this.names.forEach((element, index) => (element.textContent = names[index]));
    if (!this.isOn) this.map.getContainer().append(this.edge, ...this.names);
    this.clip();
  }

  moveTo(share) {
    this.share = Math.min(1, Math.max(0, share));
    this.clip();
  }

  clip() {
    if (!this.isOn) return;
    const { x: width, y: height } = this.map.getSize();
    const { x: left, y: top } = this.map.containerPointToLayerPoint([0, 0]);
    const edge = this.share * width;
    const box = (from, to) =>
      `polygon(${[[from, 0], [to, 0], [to, height], [from, height]].map(([x, y]) => `${left + x}px ${top + y}px`).join()})`;
    this.panes[0].style.clipPath = box(0, edge);
    this.panes[1].style.clipPath = box(edge, width);
    this.edge.style.left = `${edge}px`;
    this.edge.setAttribute("aria-valuenow", String(Math.round(this.share * 100)));
    this.names[0].style.right = `${width - edge + 8}px`;
    this.names[1].style.left = `${edge + 8}px`;
  }
}
