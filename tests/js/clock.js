// A clock that the tests move: `setTimeout`, `clearTimeout` and `Date.now` go by it once it is put in.

export class Clock {
  now = 1_000_000;
  #timers = new Map();
  #last = 0;
  #real = {};

  putIn() {
    this.#real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout, now: Date.now };
    globalThis.setTimeout = (call, delay = 0, ...words) => {
      this.#last += 1;
      this.#timers.set(this.#last, { at: this.now + delay, call: () => call(...words) });
      return this.#last;
    };
    globalThis.clearTimeout = (number) => this.#timers.delete(number);
    Date.now = () => this.now;
    return this;
  }

  takeOut() {
    Object.assign(globalThis, { setTimeout: this.#real.setTimeout, clearTimeout: this.#real.clearTimeout });
    Date.now = this.#real.now;
  }

  // How many timers wait.
  get waiting() {
    return this.#timers.size;
  }

  // Lets `delay` milliseconds pass, and all that was promised be kept.
  async pass(delay) {
    const until = this.now + delay;
    await settled();
    for (;;) {
      const [next] = [...this.#timers].filter(([, { at }]) => at <= until).sort(([, one], [, other]) => one.at - other.at);
      if (!next) break;
      this.#timers.delete(next[0]);
      this.now = next[1].at;
      next[1].call();
      await settled();
    }
    this.now = until;
  }
}

// Every promise that can be kept now is.
export const settled = () => new Promise(setImmediate);

// A promise that the test keeps or breaks.
export function promised() {
  const made = {};
  made.promise = new Promise((keep, break_) => Object.assign(made, { keep, break: break_ }));
  return made;
}
