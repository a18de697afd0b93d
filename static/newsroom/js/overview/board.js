// A card dropped on a column asks for the deed that leads there. Without it, the card's own menu leads to the same page.

const board = document.querySelector(".board");
let carried = null;

const wayTo = (column) => carried?.querySelector(`[data-to="${column.dataset.stage}"]`);

for (const card of board.querySelectorAll(".column > ul > li")) {
  if (!card.querySelector("[data-to]")) continue;
  card.draggable = true;
  card.querySelector("a").draggable = false;
  card.addEventListener("dragstart", (event) => {
    carried = card;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", card.querySelector("a").textContent);
    card.toggleAttribute("data-carried", true);
    for (const column of board.querySelectorAll(".column")) column.toggleAttribute("data-open", Boolean(wayTo(column)));
  });
  card.addEventListener("dragend", () => {
    card.removeAttribute("data-carried");
    for (const column of board.querySelectorAll(".column")) column.removeAttribute("data-open");
    carried = null;
  });
}

for (const column of board.querySelectorAll(".column")) {
  column.addEventListener("dragover", (event) => {
    if (wayTo(column)) event.preventDefault();
  });
  column.addEventListener("drop", (event) => {
    const link = wayTo(column);
    if (!link) return;
    event.preventDefault();
    location.assign(link.href);
  });
}
