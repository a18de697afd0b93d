// « @ » in a note completes on the colleagues who may read this story. Without it, one types their login.

const LAG = 150; // milliseconds between the last key and the question
const panel = document.querySelector("#notes");
const note = panel.querySelector("#new-note");
const list = panel.querySelector("#colleagues");
const said = panel.querySelector(".note-said");

note.setAttribute("aria-autocomplete", "list");
note.setAttribute("aria-controls", list.id);

let people = [];
let active = -1;
let timer = 0;
let asked = null;

// What was typed after an @ that begins a word, up to the caret.
const begun = () => note.value.slice(0, note.selectionStart).match(/(?:^|[^\p{L}\p{N}_@.+-])@([\p{L}\p{N}_.+-]{0,60})$/u)?.[1];

function close() {
  clearTimeout(timer);
  asked?.abort();
  if (!list.hidden) said.textContent = "";
  people = [];
  active = -1;
  list.hidden = true;
  list.replaceChildren();
  note.removeAttribute("aria-activedescendant");
}

function point(place) {
  active = place;
  for (const [at, option] of [...list.children].entries()) {
    option.setAttribute("aria-selected", String(at === place));
    if (at === place) option.scrollIntoView({ block: "nearest" });
  }
  note.setAttribute("aria-activedescendant", list.children[place].id);
}

function name(person) {
  const from = note.selectionStart - begun().length;
  note.setRangeText(`${person.login} `, from, note.selectionStart, "end");
  close();
  note.focus();
}

function show(found) {
  if (!found.length) return close();
  people = found;
  list.replaceChildren(
    ...found.map((person, place) => {
      const option = document.createElement("li");
      option.id = `colleague-${place}`;
      option.setAttribute("role", "option");
      const login = document.createElement("small");
      login.textContent = `@${person.login}`;
      option.append(person.name, " ", login);
      option.addEventListener("pointerdown", (event) => event.preventDefault()); // the note keeps the caret
      option.addEventListener("click", () => name(person));
      return option;
    }),
  );
  list.hidden = false;
  said.textContent = panel.dataset.found.replace("{n}", found.length);
  return point(0);
}

async function ask(typed) {
  asked = new AbortController();
  const { signal } = asked;
  try {
    const answer = await fetch(`${panel.dataset.colleagues}?q=${encodeURIComponent(typed)}`, { signal });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    const { results } = await answer.json();
    if (!signal.aborted) show(results);
  } catch {
    if (signal.aborted) return;
    close();
    said.textContent = panel.dataset.failed;
  }
}

note.addEventListener("input", () => {
  const typed = begun();
  clearTimeout(timer);
  asked?.abort();
  if (typed === undefined) close();
  else timer = setTimeout(ask, LAG, typed);
});
note.addEventListener("blur", close);
note.addEventListener("keydown", (event) => {
  if (list.hidden || event.isComposing) return;
  const moves = { ArrowDown: Math.min(active + 1, people.length - 1), ArrowUp: Math.max(active - 1, 0) };
  if (event.key in moves) point(moves[event.key]);
  else if (event.key === "Enter" || event.key === "Tab") name(people[active]);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
});
