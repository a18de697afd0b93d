// When a text goes to the desk, and what becomes of what the desk does not take.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { Saving } from "../../static/newsroom/js/panels/saving.js";
import { Clock, promised, settled } from "./clock.js";

const PAUSE = 2000;
let clock;
let desk;

beforeEach(() => { clock = new Clock().putIn(); });
afterEach(() => clock.takeOut());

// A page of which the desk has « stored »: what is typed there, what was sent, what waits in the browser, what was said.
function open({ held = "stored", text = "stored", turn = 0 } = {}) {
  desk = { text, sent: [], said: [], here: null, isFull: false, answer: async () => `kept at ${clock.now}` };
  desk.saving = new Saving({
    typed: () => desk.text,
    held,
    turn,
    pause: PAUSE,
    send: (fields, options) => {
      desk.sent.push(fields);
      desk.options = options;
      return desk.answer(fields);
    },
    put: (entry) => {
      if (!desk.isFull) desk.here = entry;
      return !desk.isFull;
    },
    drop: () => { desk.here = null; },
    tell: (state, trouble) => desk.said.push(trouble?.refusal ? `${state}: ${trouble.refusal}` : state),
  });
  return desk.saving;
}

function type(text) {
  desk.text = text;
  desk.saving.changed();
}

const fail = () => { desk.answer = async () => { throw new Error("down"); }; };
const work = () => { desk.answer = async () => `kept at ${clock.now}`; };

test("what is typed is sent two seconds after the last change, once", async () => {
  open();
  type("a");
  await clock.pass(1500);
  type("ab");
  await clock.pass(1999);
  assert.deepEqual(desk.sent, []);

  await clock.pass(1);

  assert.deepEqual(desk.sent, ["ab&turn=1"]);
  assert.deepEqual(desk.said, ["dirty", "dirty", "saving", "saved"]);
  await clock.pass(60_000);
  assert.equal(desk.sent.length, 1);
});

test("what was typed before the script was there is looked at", async () => {
  open({ text: "typed early" }).look();

  await clock.pass(PAUSE);

  assert.deepEqual(desk.sent, ["typed early&turn=1"]);
});

test("a look at the page puts off no save that is promised, and comes before none", async () => {
  open();
  type("a");
  await clock.pass(1500);
  desk.saving.look();
  desk.saving.retry();
  await settled();
  assert.deepEqual(desk.sent, []);

  await clock.pass(500);

  assert.deepEqual(desk.sent, ["a&turn=1"]);
});

test("a page that is left alone sends nothing and says nothing", async () => {
  open().look();

  await clock.pass(60_000);

  assert.deepEqual([desk.sent, desk.said, clock.waiting], [[], [], 0]);
});

test("what is typed while a text is on its way goes after it, never beside it", async () => {
  open();
  const first = promised();
  desk.answer = () => first.promise;
  type("a");
  await clock.pass(PAUSE);
  type("ab");
  await clock.pass(PAUSE * 5);
  assert.deepEqual(desk.sent, ["a&turn=1"]);

  work();
  first.keep("kept");
  await clock.pass(PAUSE);

  assert.deepEqual(desk.sent, ["a&turn=1", "ab&turn=2"]);
  assert.equal(desk.saving.state, "saved");
});

test("a change that no event told of is sent after the text that was on its way", async () => {
  open();
  const first = promised();
  desk.answer = () => first.promise;
  type("a");
  await clock.pass(PAUSE);
  desk.text = "ab";
  desk.saving.look();
  assert.equal(desk.saving.state, "saving");

  work();
  first.keep("kept");
  await clock.pass(PAUSE);

  assert.deepEqual(desk.sent, ["a&turn=1", "ab&turn=2"]);
});

test("a text that was taken back to what the desk has is not sent, and waits nowhere", async () => {
  open();
  fail();
  type("a");
  await clock.pass(PAUSE);
  assert.equal(desk.here.fields, "a");

  work();
  type("stored");
  await clock.pass(PAUSE);

  assert.equal(desk.sent.length, 1);
  assert.equal(desk.here, null);
  assert.equal(desk.saving.state, "");
});

test("a text that the desk does not take waits in the browser, and is tried again ever more rarely", async () => {
  open();
  fail();
  type("a");
  await clock.pass(PAUSE);
  assert.deepEqual(desk.here, { fields: "a", turn: 2, since: "" });

  const tries = [];
  for (let tried = desk.sent.length; tries.length < 7; tried = desk.sent.length) {
    const began = clock.now;
    while (desk.sent.length === tried) await clock.pass(1000);
    tries.push((clock.now - began) / 1000);
  }

  assert.deepEqual(tries, [4, 8, 16, 32, 60, 60, 60]);
  assert.equal(desk.saving.state, "offline");
});

test("a text that waited is sent when the desk answers again, is let go of, and the next trouble begins anew", async () => {
  open();
  fail();
  type("a");
  await clock.pass(PAUSE + 4000);
  work();
  await clock.pass(8000);
  assert.equal(desk.saving.state, "saved");
  assert.equal(desk.here, null);

  const keptAt = `kept at ${clock.now}`;
  fail();
  type("ab");
  await clock.pass(PAUSE);

  assert.equal(desk.here.since, keptAt);
  work();
  await clock.pass(4000);
  assert.equal(desk.saving.state, "saved");
});

test("what waits in the browser stays there until the last word is at the desk", async () => {
  open();
  fail();
  type("a");
  await clock.pass(PAUSE);
  const second = promised();
  desk.answer = () => second.promise;
  await clock.pass(4000);
  desk.text = "ab";
  second.keep("kept");
  await settled();
  assert.equal(desk.here.fields, "a");

  work();
  await clock.pass(PAUSE);

  assert.equal(desk.here, null);
});

test("as long as there is trouble, typing on says nothing else", async () => {
  open();
  fail();
  type("a");
  await clock.pass(PAUSE);

  type("ab");

  assert.equal(desk.saving.state, "offline");
});

test("in trouble each try asks once, however much is typed meanwhile", async () => {
  open();
  const first = promised();
  desk.answer = () => first.promise;
  type("a");
  await clock.pass(PAUSE);
  type("ab");
  fail();
  first.break(new Error("down"));
  await settled();

  assert.equal(clock.waiting, 1);
});

test("a text that the desk refuses stays in the browser, and is sent again only when it is another one", async () => {
  open();
  desk.answer = async () => { throw Object.assign(new Error("413"), { refusal: "Trop long." }); };
  type("a");
  await clock.pass(600_000);
  assert.equal(desk.sent.length, 1);
  assert.equal(desk.here.fields, "a");
  assert.equal(desk.said.at(-1), "failed: Trop long.");

  work();
  type("ab");
  await clock.pass(PAUSE);

  assert.equal(desk.saving.state, "saved");
});

test("a session that is closed is said, and tried again", async () => {
  open();
  desk.answer = async () => { throw Object.assign(new Error(), { isClosed: true }); };
  type("a");
  await clock.pass(PAUSE);
  assert.equal(desk.saving.state, "failed");

  work();
  desk.saving.retry();
  await settled();

  assert.equal(desk.saving.state, "saved");
});

test("a text that neither the desk nor the browser has is a failure, and leaving would lose it", async () => {
  open();
  fail();
  desk.isFull = true;
  type("a");
  await clock.pass(PAUSE);

  assert.equal(desk.saving.state, "failed");
  assert.equal(desk.saving.isLost(), true);
  desk.isFull = false;
  assert.equal(desk.saving.isLost(), false);
  assert.equal(desk.here.fields, "a");
});

test("each text that leaves the page has a number above the last", async () => {
  open({ turn: 40 });
  type("a");
  await clock.pass(PAUSE);
  fail();
  type("ab");
  await clock.pass(PAUSE);

  assert.deepEqual(desk.sent, ["a&turn=41", "ab&turn=42"]);
  assert.equal(desk.here.turn, 43);
  assert.equal(desk.saving.submit(), 45); // the browser keeps the text once more
});

test("a form on its way stops what was being sent, keeps the text here, and nothing more is sent", async () => {
  open();
  desk.answer = () => new Promise((_, stop) => {
    desk.options.signal.addEventListener("abort", () => stop(new Error("stopped")));
  });
  type("a");
  await clock.pass(PAUSE);
  desk.text = "ab";
  desk.saving.submit();
  await settled();
  assert.equal(desk.options.signal.aborted, true);
  type("abc");
  desk.saving.leave();
  desk.saving.save();
  await clock.pass(60_000);

  assert.equal(desk.here.fields, "ab");
  assert.equal(desk.sent.length, 1);
  assert.equal(desk.saving.state, "saving"); // the stopped one is no trouble to tell
});

test("a form that was stopped on its way leaves a page that saves as before, in trouble or not", async () => {
  for (const before of [work, fail]) {
    open();
    before();
    if (before === fail) type("a");
    await clock.pass(PAUSE);
    desk.text = "ab";
    desk.saving.submit();
    work();

    assert.equal(desk.saving.stay(), true);
    await clock.pass(PAUSE);

    assert.equal(desk.sent.at(-1).split("&")[0], "ab");
    assert.equal(desk.options.signal.aborted, false);
    assert.equal(desk.saving.state, "saved");
    assert.equal(desk.saving.stay(), false);
  }
});

test("a page that goes sends what is short, and keeps all of it here", () => {
  open();
  desk.text = "a";
  desk.saving.leave();
  assert.deepEqual([desk.sent, desk.options, desk.here.fields], [["a&turn=2"], { keepalive: true }, "a"]);

  open();
  desk.text = "a".repeat(60_000);
  desk.saving.leave();
  assert.deepEqual([desk.sent, desk.here.fields], [[], desk.text]);
});

test("a page that is hidden sends what is short as a browser sends for a page that is gone", async () => {
  for (const [text, keepalive] of [["a", true], ["a".repeat(60_000), undefined]]) {
    open();
    desk.text = text;
    desk.saving.save({ keepalive: true });
    await settled();
    assert.equal(desk.options.keepalive, keepalive);
  }
});

test("a page that goes with nothing unsaved keeps nothing", () => {
  open().leave();

  assert.deepEqual([desk.sent, desk.here], [[], null]);
});

test("who loses the hand has their text at the desk, and sends nothing until they have it back", async () => {
  open();
  type("a");
  await desk.saving.lock();
  assert.deepEqual(desk.sent, ["a&turn=1"]);
  type("ab");
  desk.saving.save();
  await clock.pass(60_000);
  assert.equal(desk.saving.state, "saved");
  assert.equal(desk.saving.isLost(), false);
  desk.saving.leave();
  assert.equal(desk.sent.length, 1);

  desk.saving.unlock();
  await clock.pass(PAUSE);

  assert.deepEqual(desk.sent, ["a&turn=1", "ab&turn=2"]);
});

test("a word typed while the hand is being lost is here", async () => {
  open();
  const first = promised();
  desk.answer = () => first.promise;
  desk.text = "a";
  const locked = desk.saving.lock();
  desk.text = "ab";
  first.keep("kept");

  await locked;

  assert.equal(desk.here.fields, "ab");
});

test("who loses the hand while the network is cut has their text here", async () => {
  open();
  fail();
  desk.text = "a";

  await desk.saving.lock();

  assert.equal(desk.here.fields, "a");
  assert.equal(desk.saving.isLocked, true);
});
