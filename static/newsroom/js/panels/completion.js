// « @ » in a note: the name that is begun, the colleagues offered for it, and the highlighted one. It knows neither
// the page nor the network: both are given to it.

const LAG = 150; // milliseconds between the last key and the search

// What was typed after an @ that begins a word, up to the caret.
export const begun = (text, caret) =>
  text.slice(0, caret).match(/(?:^|[^\p{L}\p{N}_@.+-])@([\p{L}\p{N}_.+-]{0,60})$/u)?.[1];

export class Completion {
  people = [];
  active = -1;
  #word;
  #timer = 0;
  #request;

  // `find(word, signal)`: resolves to people. `show(people)`, `point(place)`, `choose(person)`, `hide(wasOpen)`, `fail()`.
  constructor({ find, show, point, choose, hide, fail }) {
    Object.assign(this, { find, show, point, choose, hide, fail });
  }

  get isOpen() {
    return this.people.length > 0;
  }

  // `word`: the name that is begun at the caret, if any.
  write(word) {
    if (word !== undefined && word === this.#word) return;
    clearTimeout(this.#timer);
    this.#request?.abort();
    if (word === undefined) return this.close();
    this.#word = word;
    this.#timer = setTimeout(() => this.#ask(word), LAG);
  }

  async #ask(word) {
    this.#request = new AbortController();
    const { signal } = this.#request;
    try {
      const people = await this.find(word, signal);
      if (!signal.aborted) this.#offer(people);
    } catch {
      if (signal.aborted) return;
      this.close();
      this.fail();
    }
  }

  #offer(people) {
    if (!people.length) return this.close();
    this.people = people;
    this.show(people);
    return this.#pointAt(0);
  }

  #pointAt(place) {
    this.active = place;
    this.point(place);
  }

  close() {
    clearTimeout(this.#timer);
    this.#request?.abort();
    const wasOpen = this.isOpen;
    this.#word = undefined;
    this.people = [];
    this.active = -1;
    this.hide(wasOpen);
  }

  take(person) {
    this.close();
    this.choose(person);
  }

  // Returns whether the list took the key.
  press(key) {
    if (!this.isOpen) return false;
    if (key === "ArrowDown") this.#pointAt(Math.min(this.active + 1, this.people.length - 1));
    else if (key === "ArrowUp") this.#pointAt(Math.max(this.active - 1, 0));
    else if (key === "Enter" || key === "Tab") this.take(this.people[this.active]);
    else if (key === "Escape") this.close();
    else return false;
    return true;
  }
}
