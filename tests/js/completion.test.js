// « @ » in a note: the word that is begun, and the colleagues that are offered for it.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { begun, Completion } from "../../static/newsroom/js/panels/completion.js";
import { Clock, promised, settled } from "./clock.js";

const LAG = 150;
const NADIA = { login: "nadia", name: "Nadia Berrahal" };
const NAJIB = { login: "najib", name: "Najib Alami" };
let clock;
let note;

beforeEach(() => {
  clock = new Clock().putIn();
  note = { asked: [], shown: [], at: -1, chosen: null, hidden: [], failures: 0, answer: async () => [NADIA, NAJIB] };
  note.completion = new Completion({
    find: (word, signal) => {
      note.asked.push(word);
      note.signal = signal;
      return note.answer(word);
    },
    show: (people) => { note.shown = people; },
    point: (place) => { note.at = place; },
    choose: (person) => { note.chosen = person; },
    hide: (wasOpen) => note.hidden.push(wasOpen),
    fail: () => { note.failures += 1; },
  });
});
afterEach(() => clock.takeOut());

const caretAtEnd = (text) => begun(text, text.length);

async function open(word = "na") {
  note.completion.write(word);
  await clock.pass(LAG);
}

test("a word is begun by an @ that begins it, up to the caret", () => {
  assert.equal(caretAtEnd("Voir @nad"), "nad");
  assert.equal(caretAtEnd("@"), "");
  assert.equal(caretAtEnd("(@é.b-c_d+1"), "é.b-c_d+1");
  assert.equal(begun("Voir @nadia demain", 8), "na");
});

test("an address, a word that has ended and a caret before the @ begin nothing", () => {
  for (const text of ["nadia@fanal.example", "Voir @nadia ", "Voir", "@@na", `@${"a".repeat(61)}`]) {
    assert.equal(caretAtEnd(text), undefined, text);
  }
  assert.equal(begun("Voir @nadia", 5), undefined);
});

test("colleagues are asked for once one stops typing, and the first is pointed at", async () => {
  note.completion.write("n");
  await clock.pass(LAG - 1);
  await open("na");

  assert.deepEqual(note.asked, ["na"]);
  assert.deepEqual(note.shown, [NADIA, NAJIB]);
  assert.equal(note.at, 0);
});

test("a note that is left before one stops typing asks nothing", async () => {
  note.completion.write("na");
  note.completion.close();
  await clock.pass(LAG);

  assert.deepEqual(note.asked, []);
});

test("an answer to words that changed meanwhile is never shown", async () => {
  const late = promised();
  note.answer = () => late.promise;
  await open("na");
  note.answer = async () => [NAJIB];
  await open("naj");
  late.keep([NADIA, NAJIB]);
  await settled();

  assert.deepEqual(note.shown, [NAJIB]);
});

test("an answer, or a failure, that comes after the note was left is never shown", async () => {
  for (const end of ["keep", "break"]) {
    const late = promised();
    note.answer = () => late.promise;
    await open("na");
    note.completion.close();
    assert.equal(note.signal.aborted, true);
    late[end]([NADIA]);
    await settled();
  }

  assert.deepEqual([note.shown, note.failures, note.completion.isOpen], [[], 0, false]);
});

test("arrows stop at both ends", async () => {
  await open();
  const places = ["ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp"].map((key) => {
    assert.equal(note.completion.press(key), true);
    return note.at;
  });

  assert.deepEqual(places, [1, 1, 0, 0]);
});

test("Enter and Tab choose who is pointed at, and close the list", async () => {
  for (const key of ["Enter", "Tab"]) {
    await open();
    note.completion.press("ArrowDown");
    assert.equal(note.completion.press(key), true);
    assert.equal(note.chosen, NAJIB);
    assert.equal(note.completion.isOpen, false);
  }
});

test("the list is closed before the name is written, so that writing it asks nothing", async () => {
  await open();
  note.completion.choose = () => { note.wasOpen = note.completion.isOpen; };

  note.completion.press("Enter");

  assert.equal(note.wasOpen, false);
});

test("Escape closes the list, and the same word may be asked for again", async () => {
  await open();
  assert.equal(note.completion.press("Escape"), true);
  assert.deepEqual(note.hidden, [true]);

  await open();

  assert.deepEqual(note.asked, ["na", "na"]);
});

test("a key that is not for the list, or that comes when there is none, is the note's", async () => {
  assert.equal(note.completion.press("Enter"), false);
  await open();
  assert.equal(note.completion.press("a"), false);
});

test("a caret that moves within the note asks nothing while the word is the same, and closes the list where none is", async () => {
  await open();
  note.completion.press("ArrowDown");
  note.completion.write("na");
  await clock.pass(LAG);
  assert.deepEqual([note.asked, note.at], [["na"], 1]);

  note.completion.write(undefined);

  assert.equal(note.completion.isOpen, false);
});

test("a word that fits nobody closes the list, and one that cannot be asked for says so", async () => {
  await open();
  note.answer = async () => [];
  await open("nax");
  assert.deepEqual([note.completion.isOpen, note.shown.length, note.hidden.at(-1)], [false, 2, true]);
  assert.equal(note.failures, 0);

  note.answer = async () => { throw new Error("down"); };
  await open("naxo");

  assert.equal(note.failures, 1);
});
