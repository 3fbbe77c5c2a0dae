// What was clicked on the map: outlined, and told in a panel at the other side of the map.
import { element } from "./charts.js";

export class Found {
  /**
   * `onChange` is called with the feature that is to be outlined, [layer, row], or null; `sayDay` gives the day that
   * the map shows in words.
   */
  constructor(map, stage, story, { onChange, sayDay }) {
    this.map = map;
    this.story = story;
    this.onChange = onChange;
    this.sayDay = sayDay;
    this.feature = null;
    this.panel = element("section", "found");
    this.panel.setAttribute("role", "status");
    this.panel.hidden = true;
    stage.append(this.panel);
    map.on("click", ({ latlng, originalEvent }) => {
      if (originalEvent.detail < 2) this.look(latlng); // the second of a double click belongs to that
    });
    document.addEventListener("click", ({ target }) => {
      if (!target.closest?.(".map, .found")) this.close();
    });
  }

  look(latlng) {
    const feature = window.planMap.identify(latlng);
    if (!feature) {
      this.close();
      return;
    }
    this.feature = feature;
    this.panel.classList.toggle("left", this.map.latLngToContainerPoint(latlng).x > this.map.getSize().x / 2);
    this.panel.hidden = false;
    this.onChange([feature.layer, feature.props.row]);
    this.renew();
  }

  /** Say it anew: the day that the map shows may be another. */
  renew() {
    if (!this.feature) return;
    const { config, language } = this.story;
    const { title, codes, fields } = window.planMap.factsOf(this.feature);
    const layer = config.titles[this.feature.layer][language];
    const list = element("dl");
    for (const [name, value] of fields) list.append(element("dt", "", name), element("dd", "", value));
    const kinds = [...(layer === title ? [] : [layer]), ...codes].join(" · ");
    this.panel.replaceChildren(element("h2", "", title), element("p", "", kinds), list, element("p", "day", this.sayDay()));
  }

  /** Put the panel away; whether there was one. */
  close() {
    if (!this.feature) return false;
    this.feature = null;
    this.panel.hidden = true;
    this.onChange(null);
    return true;
  }
}
