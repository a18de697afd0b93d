// The passage of a note: taken from the selected text, and found there again. Without it, one types the passage.

import { whenReady } from "../form.js";

const panel = document.querySelector("#notes");
const field = panel.querySelector("#note-passage");
const row = field.closest(".field");
const note = panel.querySelector("#new-note");
const status = panel.querySelector(".note-said");
const reading = document.querySelector(".reading");
const lines = ["headline", "standfirst", "kicker", "lead_caption", ...(window.CKEDITOR ? [] : ["body"])]
  .map((name) => document.querySelector(`#id_${name}`))
  .filter(Boolean);

const editor = () => Object.values(window.CKEDITOR?.instances ?? {}).find((one) => one.status === "ready");
const isEditorComing = () => window.CKEDITOR && !editor() && document.querySelector("[data-type=ckeditortype]");

// --- Taking ------------------------------------------------------------------------------------------------------

let last = null; // the field that had the caret before the note; null for the body
let read = ""; // the last selection on a page that is only read

document.addEventListener("focusin", ({ target }) => {
  if (lines.includes(target)) last = target;
});
const follow = (one) => one.on("focus", () => { last = null; }); // the page gets no focus event from the frame
if (window.CKEDITOR) {
  Object.values(CKEDITOR.instances).forEach(follow);
  CKEDITOR.on("instanceCreated", ({ editor: one }) => follow(one));
}
document.addEventListener("selectionchange", () => {
  const selection = document.getSelection();
  if (reading && selection.toString().trim() && reading.contains(selection.anchorNode)) read = selection.toString();
});

const chosenIn = (line) => line.value.slice(line.selectionStart, line.selectionEnd).trim();

function selected() {
  if (last && chosenIn(last)) return chosenIn(last);
  const inBody = editor()?.document?.$.getSelection()?.toString().trim();
  return inBody || read.trim() || lines.map(chosenIn).find(Boolean) || "";
}

function take() {
  const words = selected().replace(/[^\S\u00a0\u202f\u2007]+/g, " "); // no-break spaces are part of the text
  row.hidden = false;
  if (!words) {
    status.textContent = panel.dataset.nothing;
    return field.focus();
  }
  field.value = words.slice(0, field.maxLength);
  status.textContent = panel.dataset.taken;
  return note.focus();
}

const annotate = panel.querySelector("[data-annotate]");
annotate.hidden = false;
row.hidden = !field.value;
annotate.addEventListener("click", take);
document.addEventListener("annotate", take); // the editor's own button

// --- Finding -----------------------------------------------------------------------------------------------------

// Saving changes apostrophes, quotation marks and spaces into those that are printed: the words stay the same.
const ALIKE = { "’": "'", "‘": "'", "«": '"', "»": '"', "“": '"', "”": '"', "…": "...", "\u2011": "-" };

function folded(text) {
  let characters = "";
  const places = [];
  for (let place = 0; place < text.length; place += 1) {
    if (/[\s\u00ad\u200b]/.test(text[place])) continue;
    for (const character of ALIKE[text[place]] ?? text[place]) {
      characters += character;
      places.push(place);
    }
  }
  return { characters, places };
}

// Returns where `words` begin and end in texts laid end to end: for each, the number of a text and a place in it.
function whereIn(texts, words) {
  const wanted = folded(words).characters;
  const all = texts.map(folded);
  const at = all.map(({ characters }) => characters).join("").indexOf(wanted);
  if (!wanted || at < 0) return null;
  const spot = (place) => {
    let before = 0;
    const text = all.findIndex(({ characters }) => (before += characters.length) > place);
    return { text, place: all[text].places[place - before + all[text].characters.length] };
  };
  return [spot(at), spot(at + wanted.length - 1)];
}

function textNodes(root) {
  const walker = root.ownerDocument.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  return nodes;
}

function rangeOf(root, words) {
  const nodes = textNodes(root);
  const spots = whereIn(nodes.map((node) => node.data), words);
  if (!spots) return null;
  const range = root.ownerDocument.createRange();
  range.setStart(nodes[spots[0].text], spots[0].place);
  range.setEnd(nodes[spots[1].text], spots[1].place + 1);
  return range;
}

function goInReading(words) {
  const range = rangeOf(reading, words);
  if (!range) return false;
  const block = range.startContainer.parentElement;
  block.tabIndex = -1;
  block.focus({ preventScroll: true });
  block.scrollIntoView({ block: "center" });
  const selection = document.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
  return true;
}

function goInLine(line, words) {
  const spots = whereIn([line.value], words);
  if (!spots) return false;
  line.focus();
  line.setSelectionRange(spots[0].place, spots[1].place + 1);
  return true;
}

function goInEditor(words) {
  const open = editor();
  const root = open?.mode === "wysiwyg" && open.editable().$;
  const range = root && rangeOf(root, words);
  if (!range) return false;
  open.focus();
  const chosen = open.createRange();
  chosen.setStart(new CKEDITOR.dom.text(range.startContainer), range.startOffset);
  chosen.setEnd(new CKEDITOR.dom.text(range.endContainer), range.endOffset);
  chosen.select();
  range.startContainer.parentElement.scrollIntoView({ block: "center" });
  return true;
}

function go(words) {
  if (reading) return goInReading(words);
  return goInEditor(words) || lines.some((line) => goInLine(line, words));
}

function goTo(link) {
  const quote = link.closest("blockquote");
  if (quote.nextElementSibling?.matches(".note-gone")) quote.nextElementSibling.remove();
  if (go(link.textContent)) return;
  const line = document.createElement("p");
  line.className = "note-gone";
  line.setAttribute("role", "alert");
  line.textContent = panel.dataset.gone;
  quote.after(line);
}

function find(link) {
  const open = editor();
  if (open?.mode === "source") open.setMode("wysiwyg", () => goTo(link)); // in source mode, words and tags are one text
  else goTo(link);
}

let awaited = null; // a passage to look for once the editor is there: until then its words are in no text
whenReady(() => {
  if (awaited) find(awaited);
  awaited = null;
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-passage]");
  if (!link) return;
  event.preventDefault();
  if (isEditorComing()) awaited = link;
  else find(link);
});
