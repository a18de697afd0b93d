// What waits in the browser: one entry for each page of a login.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import * as pocket from "../../static/newsroom/js/panels/pocket.js";
import { Clock } from "./clock.js";
import { storage } from "./storage.js";

const NADIA = 7;
let clock;

beforeEach(() => {
  globalThis.localStorage = storage();
  clock = new Clock().putIn();
});
afterEach(() => clock.takeOut());

const pages = (user = NADIA) => pocket.all(user).map(([page]) => page).sort();

test("a text that was put in comes back with the moment at which it was put", () => {
  assert.equal(pocket.put(NADIA, "page-1", { fields: "headline=A", turn: 3 }), true);

  assert.deepEqual(pocket.all(NADIA), [["page-1", { fields: "headline=A", turn: 3, at: clock.now }]]);
});

test("a page has one entry, the last", () => {
  pocket.put(NADIA, "page-1", { fields: "headline=A" });
  pocket.put(NADIA, "page-1", { fields: "headline=B" });

  assert.deepEqual(pocket.all(NADIA).map(([, { fields }]) => fields), ["headline=B"]);
});

test("a login never sees or empties what another typed, even one whose number begins alike", () => {
  pocket.put(NADIA, "page-1", { fields: "mine" });
  pocket.put(70, "page-2", { fields: "theirs" });

  assert.deepEqual(pages(), ["page-1"]);
  pocket.empty(NADIA);

  assert.deepEqual([pages(), pages(70)], [[], ["page-2"]]);
});

test("the oldest of thirteen texts is let go", async () => {
  for (let number = 10; number < 23; number += 1) {
    pocket.put(NADIA, `page-${number}`, { fields: "text" });
    await clock.pass(1000);
  }

  assert.equal(pages().length, 12);
  assert.equal(pages()[0], "page-11");
});

test("the text that was put in last is never the one let go, though the clock was set back", async () => {
  for (let number = 10; number < 22; number += 1) pocket.put(NADIA, `page-${number}`, { fields: "text" });
  clock.now -= 3_600_000;

  assert.equal(pocket.put(NADIA, "page-99", { fields: "text" }), true);

  assert.equal(pages().length, 12);
  assert.ok(pages().includes("page-99"));
});

test("a text that was sent is let go, one that was written on meanwhile is not", () => {
  pocket.put(NADIA, "page-1", { fields: "sent" });
  pocket.put(NADIA, "page-2", { fields: "sent" });
  pocket.put(NADIA, "page-2", { fields: "sent, and more" });

  for (const page of ["page-1", "page-2"]) pocket.drop(NADIA, page, { fields: "sent" });

  assert.deepEqual(pages(), ["page-2"]);
  pocket.drop(NADIA, "page-2");
  assert.deepEqual(pages(), []);
});

test("an entry that is no text of ours is passed by", () => {
  localStorage.setItem(`desk-text/${NADIA}/broken`, "{");
  pocket.put(NADIA, "page-1", { fields: "text" });

  assert.deepEqual(pages(), ["page-1"]);
});

test("a browser that is full says that it has nothing, and breaks nothing", () => {
  localStorage.forbid();

  assert.equal(pocket.put(NADIA, "page-1", { fields: "text" }), false);
  pocket.drop(NADIA, "page-1");
  pocket.empty(NADIA);
  assert.deepEqual(pocket.all(NADIA), []);
});
