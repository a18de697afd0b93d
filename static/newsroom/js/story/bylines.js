// Ordered bylines: by the hand, by the arrows, by the keyboard. The order is written in the number fields, which are
// what one uses without JavaScript.

const panel = document.querySelector(".bylines");
const list = panel.querySelector("#bylines-list");
const status = panel.querySelector("#bylines-said");
const total = panel.querySelector(`#id_${panel.dataset.prefix}-TOTAL_FORMS`);
const add = panel.querySelector("[data-add-byline]");
let held;

const rows = () => [...list.querySelectorAll(".byline")];
const visibleRows = () => rows().filter((row) => !row.hidden);
const name = (row) => row.querySelector("select").selectedOptions[0]?.text ?? "";
const say = (words, values) => { status.textContent = words.replace(/\{(\w+)\}/g, (_, key) => values[key]); };

function dress(row) {
  row.querySelector(".byline-plain").hidden = true;
  row.querySelector(".byline-tools").hidden = false;
  if (row.querySelector("[name$=-DELETE]")?.checked) row.hidden = true;
}

function number() {
  visibleRows().forEach((row, place) => { row.querySelector("[data-order]").value = place; });
}

// What was written in the plain fields before this script was there stands as it was written.
const orderOf = (row) => Number(row.querySelector("[data-order]").value);
list.append(...rows().sort((one, other) => orderOf(one) - orderOf(other)));
rows().forEach(dress);
add.hidden = false;

panel.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const row = button.closest(".byline");
  if (button.dataset.move) {
    const all = visibleRows();
    const to = all.indexOf(row) + Number(button.dataset.move);
    if (to < 0 || to >= all.length) return;
    all[to][button.dataset.move < 0 ? "before" : "after"](row);
    button.focus();
    say(panel.dataset.placed, { name: name(row), place: to + 1, total: all.length });
    number();
  } else if ("remove" in button.dataset) {
    const box = row.querySelector("[name$=-DELETE]");
    if (box) box.checked = true;
    row.hidden = true;
    add.focus();
    say(panel.dataset.removed, { name: name(row) });
    number();
  } else if ("addByline" in button.dataset) {
    const html = panel.querySelector("#bylines-empty").innerHTML.replaceAll("__prefix__", total.value);
    list.insertAdjacentHTML("beforeend", html);
    total.value = Number(total.value) + 1;
    const added = rows().at(-1);
    dress(added);
    added.querySelector("select").focus();
    number();
  }
});

list.addEventListener("dragstart", (event) => { held = event.target.closest(".byline"); event.dataTransfer.effectAllowed = "move"; });
list.addEventListener("dragover", (event) => {
  const row = event.target.closest(".byline");
  if (!held || !row || row === held) return;
  event.preventDefault();
  const all = visibleRows();
  row[all.indexOf(held) < all.indexOf(row) ? "after" : "before"](held);
});
list.addEventListener("drop", (event) => event.preventDefault());
list.addEventListener("dragend", () => { held = undefined; number(); });
