// Whose word counts when maps tell each other where to go: a Lamport clock, so that two that speak at once agree.

export class Turns {
  constructor(id) {
    this.id = id;
    this.clock = 0;
    this.last = id;
  }

  /** The stamp of what this one says next. */
  next() {
    this.clock += 1;
    this.last = this.id;
    return { clock: this.clock, id: this.id };
  }

  /** Whether what another says is newer than all that was said before; of two at once the greater id counts. */
  takes({ clock, id }) {
    if (clock < this.clock || (clock === this.clock && id < this.last)) return false;
    this.clock = clock;
    this.last = id;
    return true;
  }
}
