// Decides when a text goes to the desk, and keeps here what the desk does not take. It knows neither the page nor the
// network: both are given to it.

const LONGEST_WAIT = 60_000; // milliseconds between two tries
const MOST_AT_LEAVING = 60_000; // a browser sends no more for a page that is gone

export class Saving {
  state = ""; // "", dirty, saving, saved, offline, failed
  savedAt; // by the clock of this browser
  isLocked = false; // a colleague has the hand
  isLeaving = false; // the whole form is on its way
  #keptAt = ""; // when the desk last kept this page, in its own words
  #timer = 0;
  #wait;
  #sending;
  #stop = new AbortController();

  // `typed()`: the text as it is now. `held`: the text as the desk has it. `turn`: the number of the last text that left
  // the page. `pause`: milliseconds between a change and its save. `send(fields, options)`: resolves to the moment at
  // which the desk kept them. When the desk refuses the text for good, it rejects with an error that has a `refusal`.
  // `put(entry)` and `drop()`: what waits in this browser; `put` returns whether it is there. `tell(state, trouble)`.
  constructor({ typed, held, turn, pause, send, put, drop, tell }) {
    Object.assign(this, { typed, held, turn, pause, send, put, drop, tell });
    this.#wait = pause * 2;
  }

  get isInTrouble() {
    return ["offline", "failed"].includes(this.state);
  }

  get isUnsaved() {
    return this.typed() !== this.held;
  }

  #show(state, trouble) {
    this.state = state;
    this.tell(state, trouble);
  }

  #saveIn(delay) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.save(), delay);
  }

  // The number grows: by it the desk knows a text that was typed before a save and arrives after it.
  #numbered(text) {
    this.turn += 1;
    return `${text}&turn=${this.turn}`;
  }

  #keepHere(text) {
    this.turn += 1;
    return this.put({ fields: text, turn: this.turn, since: this.#keptAt });
  }

  changed() {
    if (this.isLocked || this.isLeaving) return;
    if (!this.isInTrouble) this.#show("dirty");
    this.#saveIn(this.pause);
  }

  // A change by a script sends no event: a picture chosen, bylines moved.
  look() {
    if (!this.#timer && !this.#sending && !this.isInTrouble && this.isUnsaved) this.changed();
  }

  async save(options = {}) {
    clearTimeout(this.#timer);
    this.#timer = 0;
    while (this.#sending) await this.#sending; // one request at a time, so that the last text stays the last
    if (this.isLocked || this.isLeaving) return;
    const text = this.typed();
    if (text === this.held) {
      this.drop();
      this.#show(this.savedAt ? "saved" : "");
      return;
    }
    if (!this.isInTrouble) this.#show("saving");
    this.#sending = this.send(this.#numbered(text), {
      signal: this.#stop.signal,
      ...(text.length < MOST_AT_LEAVING ? options : {}),
    })
      .then((keptAt) => this.#isSaved(text, keptAt), (trouble) => this.#isNotSaved(text, trouble))
      .finally(() => { this.#sending = undefined; });
    await this.#sending;
    if (!this.isInTrouble && this.isUnsaved) this.changed();
  }

  #isSaved(text, keptAt) {
    this.held = text;
    this.#keptAt = keptAt;
    this.savedAt = Date.now();
    this.#wait = this.pause * 2;
    if (!this.isUnsaved) this.drop();
    this.#show("saved");
  }

  #isNotSaved(text, trouble) {
    if (this.isLeaving) return; // stopped, since the whole form is on its way
    const isHere = this.#keepHere(text);
    if (!isHere) this.#show("failed");
    else this.#show(trouble.refusal || trouble.isClosed ? "failed" : "offline", trouble);
    if (trouble.refusal) return; // the same text would get the same answer
    this.#saveIn(this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
  }

  retry() {
    if (this.isInTrouble) this.save();
  }

  // The form is on its way. Returns the number that goes with it.
  submit() {
    if (this.isUnsaved) this.#keepHere(this.typed()); // until the next page says that it is saved
    this.turn += 1;
    this.isLeaving = true;
    this.#stop.abort();
    return this.turn;
  }

  // The form was stopped on its way. Returns whether it was on it.
  stay() {
    if (!this.isLeaving) return false;
    this.isLeaving = false;
    this.#stop = new AbortController();
    if (this.isUnsaved) this.changed();
    return true;
  }

  // The page is about to go. Returns whether what was typed would be lost.
  isLost() {
    if (this.isLeaving || this.isLocked || !this.isUnsaved) return false;
    return !this.#keepHere(this.typed());
  }

  // The page goes.
  leave() {
    if (this.isLeaving || this.isLocked || !this.isUnsaved) return;
    const text = this.typed();
    this.#keepHere(text);
    if (text.length < MOST_AT_LEAVING) this.send(this.#numbered(text), { keepalive: true }).catch(() => {});
  }

  // A colleague has the hand: what was typed goes to the desk, and nothing after it.
  async lock() {
    await this.save();
    if (this.isUnsaved) this.#keepHere(this.typed());
    this.isLocked = true;
  }

  unlock() {
    this.isLocked = false;
    if (this.isUnsaved) this.changed();
  }
}
