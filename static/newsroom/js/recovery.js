// What a tab left in this browser and the desk has not got: sent to the desk, which offers it. What is open in another
// tab is not lost, and is left alone.

import { page, post } from "./asking.js";
import * as pocket from "./pocket.js";

async function openPages() {
  const locks = await navigator.locks?.query();
  return new Set((locks?.held ?? []).map((lock) => lock.name));
}

async function sendLeftBehind(open) {
  let isMore = false;
  for (const [name, entry] of pocket.all(page.user)) {
    if (open.has(name) || name === page.page) continue;
    const fields = new URLSearchParams(entry.fields);
    fields.set("left_behind", entry.since);
    try {
      const answer = await post(entry.address, fields);
      if (!answer.ok) continue;
      isMore ||= (await answer.json()).kept;
      pocket.drop(page.user, name);
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
