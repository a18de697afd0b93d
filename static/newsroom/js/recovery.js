// What a tab left in this browser and the desk has not got: sent to the desk, which offers it; what the desk refuses is
// shown to be copied. What is open in another tab is not lost, and is left alone.

import { page, post } from "./asking.js";
import * as pocket from "./pocket.js";

const LONGEST = 30 * 24 * 3600 * 1000; // milliseconds that a text waits here
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

async function sendLeftBehind(open) {
  let isMore = false;
  for (const [name, entry] of pocket.all(page.user)) {
    if (open.has(name) || name === page.page) continue;
    if (Date.now() - entry.at > LONGEST) {
      pocket.drop(page.user, name);
      continue;
    }
    const fields = new URLSearchParams(entry.fields);
    fields.set("left_behind", entry.since);
    try {
      const answer = await post(entry.address, fields);
      if (answer.ok) {
        isMore ||= (await answer.json()).kept;
        pocket.drop(page.user, name);
      } else if (answer.status < 500) showHere(name, fields);
    } catch { /* it waits for the next page */ }
  }
  return isMore;
}

function hide(open) {
  const offer = document.querySelector("#kept-texts");
  for (const line of offer.querySelectorAll("[data-page]")) if (open.has(line.dataset.page)) line.remove();
  if (!offer.querySelector("[data-page]")) offer.replaceChildren();
}

async function offerAgain() {
  const answer = await fetch(`${page.offers}?page=${page.page}`);
  if (!answer.ok) return;
  const shown = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#kept-texts");
  if (shown) document.querySelector("#kept-texts").replaceWith(shown);
}

pocket.drop(page.user, page.savedPage);
const open = await openPages();
if (await sendLeftBehind(open)) await offerAgain();
hide(open);
