// Maps of one page that keep one view: centre and zoom go from the one that is moved to the others, and so does the
// place of the mouse.
import { Turns } from "./turns.js";

const SAME_ZOOM = 1e-6;
const HALF_PX = 0.51;
const CURSOR_PX = 26;

export class Link {
  /** `onFollow` is called whenever another map has moved this one. */
  constructor(map, { onFollow }) {
    this.map = map;
    this.onFollow = onFollow;
    this.name = null;
    this.channel = null;
    this.view = null; // the one that all linked maps show, as exactly as it was told
    this.quiet = false;
    map.createPane("cursor").style.zIndex = 640;
    const icon = L.divIcon({ className: "plan-cursor", iconSize: [CURSOR_PX, CURSOR_PX] });
    this.cursor = L.marker([0, 0], { icon, pane: "cursor", interactive: false, keyboard: false });
    map.on("move", () => this.tell(map.getCenter(), map.getZoom(), false));
    map.on("moveend", () => this.tell(map.getCenter(), map.getZoom(), true));
    map.on("zoomanim", ({ center, zoom }) => this.tell(center, zoom, true)); // where the animation will end
    let waiting = null;
    map.on("mousemove", ({ latlng }) => {
      if (!this.channel) return;
      if (!waiting) requestAnimationFrame(() => waiting && this.tellCursor(waiting));
      waiting = latlng;
    });
    map.on("mouseout", () => {
      waiting = null;
      this.tellCursor(null);
    });
    this.tellCursor = (latlng) => {
      waiting = null;
      this.channel?.postMessage({ cursor: latlng && [latlng.lat, latlng.lng] });
    };
  }

  /** Be linked under a name with the other maps of the page that are; null ends it. */
  join(name) {
    if (name === this.name) return;
    this.name = name;
    this.channel?.close();
    this.channel = this.view = null;
    this.cursor.remove();
    const page = name && pageId();
    if (!page) return;
    this.turns = new Turns(Math.random());
    this.channel = new BroadcastChannel(`planmap ${page} ${name}`);
    this.channel.onmessage = ({ data }) => this.take(data);
    this.channel.postMessage({ hello: true });
  }

  take({ hello, cursor, view, stamp }) {
    if (hello) this.tell(this.map.getCenter(), this.map.getZoom(), true);
    else if (view) {
      if (this.turns.takes(stamp)) this.follow(view);
    } else if (cursor) this.cursor.setLatLng(cursor).addTo(this.map);
    else this.cursor.remove();
  }

  tell(centre, zoom, rests) {
    if (!this.channel || this.quiet) return;
    this.view = { centre: [centre.lat, centre.lng], zoom, rests };
    this.channel.postMessage({ view: this.view, stamp: this.turns.next() });
  }

  /** Change the map's frame without a word to the others, and show the common view in it. */
  keepView(change) {
    this.quietly(change);
    if (this.channel && this.view) this.quietly(() => this.goTo(this.view));
  }

  follow(view) {
    this.view = view;
    this.quietly(() => this.goTo(view));
    this.onFollow();
  }

  quietly(change) {
    this.quiet = true;
    try {
      change();
    } finally {
      this.quiet = false;
    }
  }

  /**
   * Go there at once, keeping the tiles that are there until new ones are. `setView` would not do: without animation it
   * drops all tiles when the zoom changes, and it cuts a pan down to whole pixels.
   */
  goTo({ centre, zoom, rests }) {
    const { map } = this;
    const place = L.latLng(centre);
    map._stop();
    if (Math.abs(map.getZoom() - zoom) > SAME_ZOOM) {
      map._moveStart(true, false)._move(place, zoom)._moveEnd(true);
      return;
    }
    const { x, y } = map.project(place, zoom).subtract(map.project(map.getCenter(), zoom));
    const offset = L.point(wholePixels(x), wholePixels(y));
    if (!map.getSize().contains(offset)) map._resetView(place, zoom);
    else if (offset.x || offset.y) {
      map._rawPanBy(offset);
      map.fire("move");
      this.unsettled = true;
    }
    if (rests && this.unsettled) {
      this.unsettled = false;
      map.fire("moveend");
    }
  }
}

/** Half a pixel is none: a frame of an odd size is always that far off, and would go to and fro. */
function wholePixels(px) {
  return Math.abs(px) < HALF_PX ? 0 : Math.round(px);
}

/** What tells this page from the same page in another tab; null in a page of another origin. */
function pageId() {
  try {
    return (window.parent.planPageId ||= Math.random().toString(36).slice(2));
  } catch {
    return null;
  }
}
