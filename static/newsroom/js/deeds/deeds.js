// Deeds by keyboard, and the note that a deed asks for. The server refuses an empty one too, with these very words.

import { onKeys } from "../keys.js";

const form = document.querySelector("#story_form");
const rail = document.querySelector("#rail");
let left = null; // where one wrote before going to the column

function back() {
  if (left?.matches("iframe")) CKEDITOR.instances.id_body.focus();
  else (left ?? document.querySelector("#id_headline"))?.focus();
}

onKeys((event) => {
  if (event.key === "F6") {
    event.preventDefault();
    if (rail.contains(document.activeElement)) return back();
    left = document.activeElement === document.body ? null : document.activeElement;
    rail.querySelector("button, a, summary")?.focus();
  }
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    const save = form.querySelector("[data-save]");
    if (save) {
      event.preventDefault();
      save.click();
    }
  }
});

for (const details of form.querySelectorAll(".with-note")) {
  const note = details.querySelector("textarea");
  details.addEventListener("toggle", () => { if (details.open) note.focus(); });
  if (!note.dataset.needed) continue;
  details.querySelector("[data-deed]").addEventListener("click", (event) => {
    if (note.value.trim()) return;
    event.preventDefault();
    note.setAttribute("aria-invalid", "true");
    if (!details.querySelector(".field-error")) {
      const line = document.createElement("p");
      line.className = "field-error";
      line.setAttribute("role", "alert");
      line.textContent = note.dataset.needed;
      note.before(line);
    }
    note.focus();
  });
}
