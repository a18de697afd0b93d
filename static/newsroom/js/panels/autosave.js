// Two seconds after the last change, what is typed goes to a row of its own beside the story. What the desk cannot take
// waits in this browser and is sent again. The line in the bar always says where the text is.

import { page, post } from "../asking.js";
import { form, readyEditors, sent, typed, whenReady } from "../form.js";
import * as pocket from "./pocket.js";
import { Saving } from "./saving.js";

const GIVEN_UP_AFTER = 30_000; // milliseconds: the browser has stopped the post by then

const line = document.querySelector("#saved");
const status = document.querySelector("#saved-said");
const { words } = page;
const first = line.textContent;

// The browser may put old words back in the fields: over a newer version, saving them would undo that version.
form.autocomplete = "off";

// --- The line in the bar

function tell(state, trouble) {
  const before = line.dataset.state;
  const text = {
    dirty: words.dirty,
    saving: words.saving,
    offline: words.offline,
    failed: trouble?.isClosed ? words.closed : (trouble?.refusal ?? words.nowhere),
  }[state] ?? first;
  line.dataset.state = state;
  line.textContent = text;
  const isTrouble = ["offline", "failed"].includes(state);
  // Screen readers hear of trouble, and that it is over; not of each save.
  if (isTrouble && state !== before) status.textContent = text;
  else if (state === "saved" && status.textContent && status.textContent !== words.back) status.textContent = words.back;
  age();
}

function age() {
  if (line.dataset.state !== "saved") return;
  const seconds = Math.max(0, Math.round((Date.now() - saving.savedAt) / 1000));
  const [text, number] = seconds < 60 ? [words.seconds, seconds] : [words.minutes, Math.round(seconds / 60)];
  line.textContent = text.replace("{n}", number);
}

// --- Sending to the desk

async function send(fields, options) {
  const answer = await post(page.autosave, fields, options);
  if (answer.ok) return (await answer.json()).saved_at;
  const trouble = new Error(answer.status);
  if (answer.status < 500) trouble.refusal = (await answer.json().catch(() => ({}))).message ?? words.refused;
  throw trouble;
}

const saving = new Saving({
  typed: () => typed().toString(),
  held: "unsaved" in line.dataset ? "" : sent,
  turn: Number(form.elements.turn.value),
  pause: page.pause,
  send,
  put: (entry) => pocket.put(page.user, page.page, { ...entry, address: page.autosave }),
  drop: () => pocket.drop(page.user, page.page),
  tell,
});

// --- Every source of a change: keys, the spell checker, dictation, the editor's source.

const changed = () => saving.changed();
const look = () => saving.look();

form.addEventListener("input", changed);
form.addEventListener("change", changed);
document.addEventListener("click", () => setTimeout(look));
setInterval(look, page.pause * 5);
whenReady((editor) => {
  const listen = () => editor.editable()?.attachListener(editor.editable(), "input", changed);
  listen();
  editor.on("contentDom", listen);
  editor.on("change", changed);
  if (saving.isLocked || saving.isLeaving) editor.setReadOnly(true);
});
look();
setInterval(age, 1000);

// --- Leaving, and coming back

const retry = () => saving.retry();
addEventListener("online", retry);
addEventListener("focus", retry);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") retry();
  else saving.save({ keepalive: true });
});
let givenUp = 0;
form.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  form.elements.turn.value = saving.submit();
  setTimeout(() => { if (saving.isLeaving) setReadOnly(true); }); // words typed after this would be in neither page
  clearTimeout(givenUp);
  givenUp = setTimeout(stay, GIVEN_UP_AFTER);
});
function stay() {
  clearTimeout(givenUp);
  if (saving.stay() && !saving.isLocked) setReadOnly(false);
}
addEventListener("pageshow", stay);
addEventListener("beforeunload", (event) => { if (saving.isLost()) event.preventDefault(); });
addEventListener("pagehide", () => saving.leave());

document.addEventListener("signing-out", ({ detail }) => detail.push(saving.save()));
document.addEventListener("signed-out", () => { saving.isLeaving = true; }); // the person agreed that the rest may be lost

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
  if (saving.isLocked) return;
  await saving.lock();
  setReadOnly(true);
});
document.addEventListener("hand-back", () => {
  if (!saving.isLocked) return;
  setReadOnly(false);
  saving.unlock();
});
