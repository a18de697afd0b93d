// What waits in the browser goes to the desk, under the login that typed it and no other, whatever became of the session.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { Clock } from "./clock.js";
import { storage } from "./storage.js";

const NADIA = "7";
const DAY = 24 * 3600 * 1000; // milliseconds
const token = { value: "old" };

// As much of the page as a question to the desk reads.
globalThis.document = {
  querySelector: (name) => (name === "#logout-form" ? { dataset: { login: NADIA, session: "/session/" } } : null),
  querySelectorAll: () => [token],
};
const pocket = await import("../../static/newsroom/js/panels/pocket.js");
const { Closed, post } = await import("../../static/newsroom/js/asking.js");
const { sendWaiting } = await import("../../static/newsroom/js/panels/waiting.js");

let clock;
let desk;

const answer = (status, told = {}) => ({ ok: status < 400, status, type: "basic", json: async () => told });

beforeEach(() => {
  clock = new Clock().putIn();
  clock.now = 100 * DAY;
  globalThis.localStorage = storage();
  token.value = "old";
  desk = { posts: [], answers: [], session: answer(200, { user: Number(NADIA), token: "new" }) };
  globalThis.fetch = async (address, options) => {
    if (address === "/session/") return desk.session;
    desk.posts.push({ address, body: String(options.body), token: options.headers["X-CSRFToken"] });
    const next = desk.answers.shift() ?? answer(200, { kept: true });
    if (next instanceof Error) throw next;
    return typeof next === "function" ? next() : next;
  };
});
afterEach(() => clock.takeOut());

const leave = (name, fields = "headline=A") =>
  pocket.put(NADIA, name, { fields, turn: 3, since: "noon", address: `/keep/${name}/` });
const waiting = () => pocket.all(NADIA).map(([name]) => name);

test("what waits is sent with its number and the last moment the desk kept it, and let go of", async () => {
  leave("page-1");

  assert.equal(await sendWaiting(NADIA), true);

  assert.deepEqual(desk.posts, [
    { address: "/keep/page-1/", body: "headline=A&left_behind=noon&turn=3", token: "old" },
  ]);
  assert.deepEqual(waiting(), []);
});

test("a text that the desk has already is let go of, and offered to nobody", async () => {
  leave("page-1");
  desk.answers = [answer(200, { kept: false })];

  assert.equal(await sendWaiting(NADIA), false);
  assert.deepEqual(waiting(), []);
});

test("a text that was written on in another tab while it was sent waits on", async () => {
  leave("page-1");
  desk.answers = [() => {
    leave("page-1", "headline=AB");
    return answer(200, { kept: true });
  }];

  await sendWaiting(NADIA);

  assert.deepEqual(pocket.all(NADIA).map(([, { fields }]) => fields), ["headline=AB"]);
});

test("a text that the desk refuses is shown and waits; where the desk fails or is away it waits in silence", async () => {
  const shown = [];
  for (const trouble of [answer(413), answer(503), new Error("offline")]) {
    leave("page-1");
    desk.answers = [trouble];
    assert.equal(await sendWaiting(NADIA, { refused: (name, fields) => shown.push([name, fields.get("headline")]) }), false);
    assert.deepEqual(waiting(), ["page-1"]);
  }

  assert.deepEqual(shown, [["page-1", "A"]]);
});

test("one text that fails holds up no other", async () => {
  for (const name of ["page-1", "page-2", "page-3"]) leave(name);
  desk.answers = [answer(200, { kept: true }), new Error("offline"), answer(200, { kept: false })];

  assert.equal(await sendWaiting(NADIA), true);

  assert.equal(waiting().length, 1);
});

test("a page that is open elsewhere keeps its text, and another login's is never touched", async () => {
  leave("open");
  pocket.put("8", "page-1", { fields: "headline=B", address: "/keep/" });

  await sendWaiting(NADIA, { isLeft: (name) => name !== "open" });

  assert.deepEqual(desk.posts, []);
  assert.deepEqual([waiting(), pocket.all("8").length], [["open"], 1]);
});

test("a text that waited for more than thirty days is let go of unsent, one that waited thirty is sent", async () => {
  leave("old");
  clock.now += DAY;
  leave("recent");
  clock.now += 30 * DAY;

  await sendWaiting(NADIA);

  assert.deepEqual(desk.posts.map(({ address }) => address), ["/keep/recent/"]);
  assert.deepEqual(waiting(), []);
});

test("a session that began again in another tab is taken up, with its token", async () => {
  for (const turnedAway of [answer(403), { ...answer(0), ok: false, type: "opaqueredirect" }]) {
    token.value = "old";
    desk.posts = [];
    desk.answers = [turnedAway];

    assert.equal((await post("/keep/", { headline: "A" })).ok, true);

    assert.deepEqual(desk.posts.map((sent) => sent.token), ["old", "new"]);
    assert.equal(token.value, "new");
  }
});

test("what one login typed is never sent once nobody, or somebody else, is signed in", async () => {
  const sessions = [answer(403), { ...answer(0), ok: false, type: "opaqueredirect" }, answer(200, { user: 8, token: "theirs" })];
  for (const session of sessions) {
    desk.posts = [];
    desk.answers = [answer(403)];
    desk.session = session;

    await assert.rejects(post("/keep/", { headline: "A" }), (trouble) => trouble instanceof Closed && trouble.isClosed);

    assert.equal(desk.posts.length, 1);
    assert.equal(token.value, "old");
  }
});
