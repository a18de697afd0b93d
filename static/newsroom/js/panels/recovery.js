// Texts that a tab left in this browser and the desk does not have are sent to the desk, which offers them. Those that
// it refuses are shown here to be copied. A text that is open in another tab is not lost, and is left alone.

import { page } from "../asking.js";
import * as pocket from "./pocket.js";
import { sendWaiting } from "./waiting.js";

const here = document.querySelector("#kept-here");

async function openPages() {
  const locks = await navigator.locks?.query();
  return new Set((locks?.held ?? []).map((lock) => lock.name));
}

function plain(html) {
  const text = new DOMParser().parseFromString(html.replace(/<\/(p|h2|h3|li|blockquote)>/g, "$&\n\n"), "text/html");
  return text.body.textContent.trim();
}

function showHere(name, fields) {
  const line = here.querySelector("template").content.firstElementChild.cloneNode(true);
  const words = ["kicker", "headline", "standfirst", "body", "new_note"].map((field) => plain(fields.get(field) ?? ""));
  line.querySelector("textarea").value = words.filter(Boolean).join("\n\n");
  line.querySelector("[data-title]").textContent = fields.get("headline") ?? "";
  line.querySelector("button").addEventListener("click", () => {
    pocket.drop(page.user, name);
    line.remove();
    here.hidden = !here.querySelector(".kept-line");
  });
  here.append(line);
  here.hidden = false;
}

function hide(open) {
  const offer = document.querySelector("#kept-texts");
  for (const line of offer.querySelectorAll("[data-page]")) if (open.has(line.dataset.page)) line.remove();
  if (!offer.querySelector("[data-page]")) offer.replaceChildren();
}

async function offerAgain() {
  const answer = await fetch(`${page.offers}?page=${page.page}`);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#kept-texts");
  if (fresh) document.querySelector("#kept-texts").replaceWith(fresh);
}

pocket.drop(page.user, page.savedPage);
const open = await openPages();
const isLeft = (name) => !open.has(name) && name !== page.page;
if (await sendWaiting(page.user, { isLeft, refused: showHere })) await offerAgain();
hide(open);
