// Two seconds after the last change, what is typed goes to a row of its own beside the story. What the desk cannot take
// waits in this browser and is sent again. The line in the bar always says where the text is.

import { Closed, page, post } from "../asking.js";
import { form, readyEditors, sent, typed as typedFields, whenReady } from "../form.js";
import * as pocket from "./pocket.js";

const MOST_AT_LEAVING = 60_000; // a browser sends no more for a page that is gone
const LONGEST_WAIT = 60_000;
const GIVEN_UP_AFTER = 30_000; // a post that was stopped

const line = document.querySelector("#saved");
const said = document.querySelector("#saved-said");
const { words } = page;
const first = line.textContent;
let timer, savedAt, sending, leaving, locked;
let wait = page.pause * 2;
let stop = new AbortController();
let keptAt = ""; // when the desk last kept this page, in its own words
let turn = Number(form.elements.turn.value); // grows: of what comes in after a save, the desk knows what was typed before it

// What the browser puts back in the fields is of another moment: over a newer version, saving it would undo that one.
form.autocomplete = "off";

const typed = () => typedFields().toString();

let held = "unsaved" in line.dataset ? "" : sent; // what the desk has

function show(state, text) {
  const before = line.dataset.state;
  line.dataset.state = state;
  line.textContent = text;
  const isTrouble = ["offline", "failed"].includes(state);
  // Screen readers hear of trouble, and that it is over; not of each save.
  if (isTrouble && state !== before) said.textContent = text;
  else if (state === "saved" && said.textContent && said.textContent !== words.back) said.textContent = words.back;
}

function age() {
  if (line.dataset.state !== "saved") return;
  const seconds = Math.max(0, Math.round((Date.now() - savedAt) / 1000));
  const [text, number] = seconds < 60 ? [words.seconds, seconds] : [words.minutes, Math.round(seconds / 60)];
  line.textContent = text.replace("{n}", number);
}

const isInTrouble = () => ["offline", "failed"].includes(line.dataset.state);

function keepHere(fields) {
  turn += 1;
  return pocket.put(page.user, page.page, { fields, turn, since: keptAt, address: page.autosave });
}

function isSaved(fields, answer) {
  held = fields;
  keptAt = answer.saved_at;
  savedAt = Date.now();
  wait = page.pause * 2;
  if (typed() === fields) pocket.drop(page.user, page.page);
  show("saved", first);
  age();
}

function isNotSaved(fields, trouble) {
  if (leaving) return; // stopped, since the whole form is on its way
  const isHere = keepHere(fields);
  if (!isHere) show("failed", words.nowhere);
  else if (trouble instanceof Closed) show("failed", words.closed);
  else if (trouble.said) show("failed", trouble.said);
  else show("offline", words.offline);
  if (trouble.said) return; // as long as it is the same text, the answer will be
  timer = setTimeout(save, wait);
  wait = Math.min(wait * 2, LONGEST_WAIT);
}

function numbered(fields) {
  turn += 1;
  return `${fields}&turn=${turn}`;
}

async function send(fields, options) {
  const answer = await post(page.autosave, numbered(fields), { signal: stop.signal, ...options });
  if (answer.ok) return answer.json();
  const trouble = new Error(answer.status);
  if (answer.status < 500) trouble.said = (await answer.json().catch(() => ({}))).said ?? words.refused;
  throw trouble;
}

async function save(options = {}) {
  clearTimeout(timer);
  timer = 0;
  while (sending) await sending; // one at a time, so that the last word stays the last
  if (locked || leaving) return;
  const fields = typed();
  if (fields === held) {
    pocket.drop(page.user, page.page);
    show(savedAt ? "saved" : "", first);
    age();
    return;
  }
  if (!isInTrouble()) show("saving", words.saving);
  sending = send(fields, fields.length < MOST_AT_LEAVING ? options : {})
    .then((answer) => isSaved(fields, answer), (trouble) => isNotSaved(fields, trouble))
    .finally(() => { sending = undefined; });
  await sending;
  if (!isInTrouble() && typed() !== held) changed();
}

function changed() {
  if (locked || leaving) return;
  if (!isInTrouble()) show("dirty", words.dirty);
  clearTimeout(timer);
  timer = setTimeout(save, page.pause);
}

// --- Every way by which words come in: keys, the spell checker, dictation, the editor's source.

function follow(editor) {
  const listen = () => editor.editable()?.attachListener(editor.editable(), "input", changed);
  listen();
  editor.on("contentDom", listen);
  editor.on("change", changed);
  if (locked || leaving) editor.setReadOnly(true);
}

form.addEventListener("input", changed);
form.addEventListener("change", changed);
// What scripts write fires nothing: a picture chosen, bylines moved.
const look = () => { if (!timer && !sending && !isInTrouble() && typed() !== held) changed(); };
document.addEventListener("click", () => setTimeout(look));
setInterval(look, page.pause * 5);
whenReady(follow);
look();
setInterval(age, 1000);

// --- Leaving, and coming back

const again = () => { if (isInTrouble()) save(); };
addEventListener("online", again);
addEventListener("focus", again);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") again();
  else save({ keepalive: true });
});
form.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  const fields = typed();
  if (fields !== held) keepHere(fields); // until the next page says that it is saved
  form.elements.turn.value = turn += 1;
  leaving = true;
  clearTimeout(timer);
  stop.abort();
  setTimeout(() => setReadOnly(true)); // a word typed from now on would be in neither page
  setTimeout(stay, GIVEN_UP_AFTER);
});
function stay() {
  if (!leaving) return;
  leaving = false;
  stop = new AbortController();
  if (!locked) setReadOnly(false);
  look();
}
addEventListener("pageshow", stay);
addEventListener("beforeunload", (event) => {
  if (leaving || locked) return;
  const fields = typed();
  if (fields !== held && !keepHere(fields)) event.preventDefault();
});
addEventListener("pagehide", () => {
  if (leaving || locked) return;
  const fields = typed();
  if (fields === held) return;
  keepHere(fields);
  if (fields.length < MOST_AT_LEAVING) post(page.autosave, numbered(fields), { keepalive: true }).catch(() => {});
});

document.addEventListener("signing-out", ({ detail }) => detail.push(save()));
document.addEventListener("signed-out", () => { leaving = true; }); // they said that the rest may be lost

// Other tabs ask for this lock to know that the page is still open, and leave its text alone.
navigator.locks?.request(page.page, () => new Promise(() => {}));

// --- The hand: taken by a colleague, and taken back

function setReadOnly(isReadOnly) {
  for (const editor of readyEditors()) editor.setReadOnly(isReadOnly);
  for (const control of form.elements) {
    if (control.type === "hidden") continue;
    if (control.matches("textarea, input:not([type=checkbox], [type=radio], [type=submit], [type=button])")) {
      control.readOnly = isReadOnly;
    } else if (control.matches("input, select, button")) {
      if (isReadOnly && !control.disabled) control.dataset.held = "";
      if ("held" in control.dataset) control.disabled = isReadOnly;
      if (!isReadOnly) delete control.dataset.held;
    }
  }
}

document.addEventListener("hand-taken", async () => {
  if (locked) return;
  await save();
  const fields = typed();
  if (fields !== held) keepHere(fields);
  locked = true;
  setReadOnly(true);
});
document.addEventListener("hand-back", () => {
  if (!locked) return;
  locked = false;
  setReadOnly(false);
  if (typed() !== held) changed();
});
