// The live checklist: the typed text goes to the server, and the panel comes back with the server's rules and words.
// Nothing is saved by it, and a deed is judged again. Without it, the panel is that of the saved version.

import { form, readyEditors, sent, typed, whenReady } from "../form.js";

const LAG = 900; // milliseconds between the last change and the request

const status = document.querySelector("#checklist-said");
const address = status?.dataset.address;
const panel = () => document.querySelector("#checklist");
let timer = 0;
let request;
let last = ""; // the text that the panel is about

function replace(fresh) {
  const old = panel();
  // whoever is reading the panel by keyboard stays on the same line, or on its title when that line is gone
  const held = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : undefined;
  if (status.textContent !== fresh.dataset.said && old.dataset.said !== fresh.dataset.said) status.textContent = fresh.dataset.said;
  old.replaceWith(fresh);
  if (held !== undefined) {
    const sameLine = held && [...fresh.querySelectorAll("a")].find((link) => link.getAttribute("href") === held);
    (sameLine || fresh.querySelector("h2")).focus({ preventScroll: true });
  }
  tell(fresh);
}

function tell(fresh) {
  const length = document.querySelector("#character-count");
  const blocking = document.querySelector("#blocking");
  if (length) length.textContent = fresh.dataset.length;
  if (blocking) blocking.textContent = fresh.dataset.blocking;
}

async function look() {
  request?.abort(); // else an answer about words that are gone would stay
  const fields = typed();
  const text = fields.toString();
  if (text === last) return;
  fields.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  if (panel().dataset.refused) fields.set("refused", "1");
  request = new AbortController();
  const { signal } = request;
  try {
    const answer = await fetch(address, { method: "POST", body: fields, signal });
    if (!answer.ok || answer.redirected) return; // the stage changed, or the session ended: other parts of the page say so
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#checklist");
    if (signal.aborted || !fresh) return;
    last = text;
    replace(fresh);
    if (typed().toString() !== text) soon();
  } catch {
    // the network dropped: the next change asks again
  }
}

const soon = () => {
  clearTimeout(timer);
  timer = setTimeout(look, LAG);
};

if (address && panel()) {
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  // a change by a script sends no event: a picture chosen, bylines moved
  for (const done of ["click", "dragend"]) {
    document.addEventListener(done, () => setTimeout(() => { if (typed().toString() !== last) soon(); }));
  }
  if (panel().querySelector(".checked-version")) last = sent; // else an author or a kept text may be filled in
  const follow = (editor) => {
    editor.on("change", soon);
    // the editor sends no change for words of a spelling checker or of dictation
    const listen = () => editor.editable()?.attachListener(editor.editable(), "input", soon);
    listen();
    editor.on("contentDom", listen);
  };
  whenReady(follow);
  if (typed().toString() !== last) soon();
}

// A line leads into its field: it opens the panel around the field, and puts the caret there.
document.addEventListener("click", (event) => {
  const link = event.target.closest("#checklist a");
  const row = link && document.querySelector(link.getAttribute("href"));
  if (!row) return;
  event.preventDefault();
  row.closest("details")?.setAttribute("open", "");
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  row.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  const editor = row.id === "row-body" && readyEditors()[0];
  if (editor) {
    editor.focus();
    return;
  }
  const fields = row.querySelectorAll("input:not([type=hidden]), textarea, select, button, summary");
  const field = [...fields].find((each) => each.checkVisibility());
  if (field) field.focus({ preventScroll: true });
  else {
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
  }
});
