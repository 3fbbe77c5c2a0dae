// Keeps the windows of one story in step: the audience's, and the presenter's with the notes.

export class Channel {
  /**
   * `onHeard` is called with what another window says: {index}, {blank}, {autoplay: whether it is on}, or {command}, which
   * the audience's window is to do. `whereAmI` gives what is told to a window that asks.
   */
  constructor(story, onHeard, whereAmI) {
    this.channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(`liaohe-story-${story}`) : null;
    this.channel?.addEventListener("message", ({ data }) => {
      if (data.ask) this.tell(whereAmI());
      else onHeard(data);
    });
  }

  /** Ask the windows that are open already where they are. */
  ask() {
    this.channel?.postMessage({ ask: true });
  }

  tell(said) {
    this.channel?.postMessage(said);
  }
}
