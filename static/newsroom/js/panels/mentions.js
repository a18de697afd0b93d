// « @ » in a note completes on the colleagues who may read this story. Without it, one types their login.

import { begun, Completion } from "./completion.js";

const panel = document.querySelector("#notes");
const note = panel.querySelector("#new-note");
const list = panel.querySelector("#colleagues");
const status = panel.querySelector(".note-said");

note.setAttribute("aria-autocomplete", "list");
note.setAttribute("aria-controls", list.id);

const word = () => begun(note.value, note.selectionStart);

async function find(typed, signal) {
  const answer = await fetch(`${panel.dataset.colleagues}?q=${encodeURIComponent(typed)}`, { signal });
  if (!answer.ok || answer.redirected) throw new Error(answer.status);
  return (await answer.json()).results;
}

function show(people) {
  list.replaceChildren(
    ...people.map((person, place) => {
      const option = document.createElement("li");
      option.id = `colleague-${place}`;
      option.setAttribute("role", "option");
      const login = document.createElement("small");
      login.textContent = `@${person.login}`;
      option.append(person.name, " ", login);
      option.addEventListener("pointerdown", (event) => event.preventDefault()); // the note keeps the caret
      option.addEventListener("click", () => offer.take(person));
      return option;
    }),
  );
  list.hidden = false;
  status.textContent = panel.dataset.found.replace("{n}", people.length);
}

function point(place) {
  for (const [at, option] of [...list.children].entries()) {
    option.setAttribute("aria-selected", String(at === place));
    if (at === place) option.scrollIntoView({ block: "nearest" });
  }
  note.setAttribute("aria-activedescendant", list.children[place].id);
}

function choose(person) {
  const typed = word();
  if (typed === undefined) return; // the caret went elsewhere
  note.setRangeText(`${person.login} `, note.selectionStart - typed.length, note.selectionStart, "end");
  note.focus();
}

function hide(wasOpen) {
  if (wasOpen) status.textContent = "";
  list.hidden = true;
  list.replaceChildren();
  note.removeAttribute("aria-activedescendant");
}

const fail = () => { status.textContent = panel.dataset.failed; };
const offer = new Completion({ find, show, point, choose, hide, fail });

note.addEventListener("input", () => offer.write(word()));
note.addEventListener("blur", () => offer.close());
document.addEventListener("selectionchange", () => { if (offer.isOpen) offer.write(word()); }); // the caret moves away
note.addEventListener("keydown", (event) => {
  if (!event.isComposing && offer.press(event.key)) event.preventDefault();
});
