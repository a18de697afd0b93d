// A note is resolved or taken up again without leaving the page. Without it, the button saves the text as well.

import { post } from "../asking.js";

const panel = document.querySelector("#notes");
const list = panel.querySelector("#notes-list");
const status = panel.querySelector(".note-said");
let last = Promise.resolve(); // one request at a time: each answer is the whole list, as it stood at that moment

panel.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-turn]");
  if (!button) return;
  event.preventDefault();
  const { id } = button.closest("li");
  button.disabled = true;
  try {
    const request = last.then(() => post(button.dataset.turn, {}));
    last = request.catch(() => {});
    const answer = await request;
    if (!answer.ok) throw new Error(answer.status);
    const { html, message } = await answer.json();
    list.innerHTML = html;
    status.textContent = message;
    document.querySelector(`[data-note="${CSS.escape(id)}"]`)?.remove(); // at the top of a text sent back
    const note = list.querySelector(`#${CSS.escape(id)}`);
    const folded = note?.closest("details:not([open])");
    (folded ?? note)?.querySelector("summary, button")?.focus();
  } catch {
    button.disabled = false;
    status.textContent = panel.dataset.failed;
  }
});
