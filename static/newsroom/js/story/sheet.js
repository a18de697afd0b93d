// The sheet: fields that grow, counters, and an editor that follows the theme. Words come from the page.

import { form, whenReady } from "../form.js";

function grow(field) {
  if (CSS.supports("field-sizing", "content")) return;
  field.style.blockSize = "auto";
  field.style.blockSize = `${field.scrollHeight}px`;
}

function count(field) {
  const output = document.querySelector(`output[data-for="${field.id}"]`);
  if (!output) return;
  const [low, high] = field.dataset.ideal.split("-").map(Number);
  const length = field.value.trim().length;
  const over = length > high ? `, ${length - high} ${output.dataset.over}` : "";
  output.textContent = `${length} ${output.dataset.characters}${over}`;
  output.dataset.state = length > high ? "long" : length >= low ? "ideal" : "short";
}

for (const field of form.querySelectorAll("[data-grow]")) {
  const fit = () => {
    grow(field);
    count(field);
  };
  field.addEventListener("input", () => {
    if ("singleLine" in field.dataset && field.value.includes("\n")) field.value = field.value.replace(/[ \t\r]*\n[ \t\r]*/g, " ");
    fit();
  });
  if ("singleLine" in field.dataset) {
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.ctrlKey) event.preventDefault();
    });
  }
  fit(); // nothing is written before somebody types
}

// A second click is stopped: it would post the form twice.
let leaving = false;
let givenUp = 0;
function stay() {
  clearTimeout(givenUp);
  leaving = false;
}
form.addEventListener("submit", (event) => {
  if (leaving) return event.preventDefault();
  leaving = true;
  givenUp = setTimeout(stay, 30_000); // milliseconds: the browser has stopped the post by then
});
addEventListener("pageshow", stay);

// The frame has a document of its own, which the theme has to be set in.
const dark = matchMedia("(prefers-color-scheme: dark)");
function theme(editor) {
  const chosen = document.documentElement.dataset.theme;
  const isDark = chosen === "dark" || (chosen !== "light" && dark.matches);
  if (editor.document) editor.document.$.documentElement.dataset.theme = isDark ? "dark" : "light";
}

const wordsIn = (text) => text.split(/[\s\u00a0\u202f]+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;

function measure(editor) {
  const body = editor.document?.$.body;
  // The words inside a reference belong to another text.
  const references = body ? [...body.querySelectorAll("aside.lire-aussi, figure")] : [];
  const words = references.reduce((sum, reference) => sum - wordsIn(reference.innerText), wordsIn(body?.innerText ?? ""));
  const output = document.querySelector("#word-count");
  output.textContent = `${words} ${words < 2 ? output.dataset.word : output.dataset.words}`;
}

function follow(editor) {
  theme(editor);
  measure(editor);
  editor.on("contentDom", () => theme(editor));
  editor.on("change", () => measure(editor));
  dark.addEventListener("change", () => theme(editor));
  new MutationObserver(() => theme(editor)).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}

whenReady(follow);
