// Deeds by keyboard, and the note that a deed asks for. The server refuses an empty one too, with these very words.

const form = document.querySelector("#story_form");

document.addEventListener("keydown", (event) => {
  if (event.key === "F6") {
    event.preventDefault();
    const rail = document.querySelector("#rail");
    const to = rail.contains(document.activeElement) ? document.querySelector("#id_headline") : rail.querySelector("button, a, summary");
    to?.focus();
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
