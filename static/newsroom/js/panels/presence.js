// This page reports that it is open, and which field is being written. It learns who else has the story open, and
// whether somebody took the hand. All this is advice: the version that a save rests on decides whether it goes in.

import { page, post } from "../asking.js";
import { form, whenReady } from "../form.js";

const { address, every, takeOver } = JSON.parse(document.querySelector("#presence-page").textContent);
const here = document.querySelector("#here");
const status = document.querySelector("#here-said");
const hand = document.querySelector("#hand");
const newer = document.querySelector("#newer");
const correcting = form?.elements.correcting ? { correcting: 1 } : {}; // the text of the page is the live one
const FIELDS = ["kicker", "headline", "standfirst", "lead_photo", "lead_caption", "body", "bylines"];
let field = "", writtenAt = 0, people, timer, sentAt = 0;
let lastSent = 0, lastDrawn = 0; // the numbers of the last heartbeat, and of the one whose answer is drawn

// An answer that a later one has overtaken is out of date.
function show(state, number) {
  if (number < lastDrawn) return;
  lastDrawn = number;
  const menu = here.querySelector("details[open]");
  if (state.here !== undefined && !menu && here.dataset.drawn !== state.here) {
    here.innerHTML = here.dataset.drawn = state.here;
  }
  const come = Object.entries(state.people ?? {}).filter(([who]) => people && !(who in people));
  if (come.length) status.textContent = come.map(([, words]) => words).join(", ");
  people = state.people ?? people;
  if (newer?.hidden && state.version > Number(form.elements.based_on.value)) {
    const line = newer.querySelector("[data-words]");
    line.textContent = status.textContent = line.dataset.words.replace("{n}", state.version);
    newer.querySelector("a").href += `&apres=${state.version}`;
    newer.hidden = false;
  }
  if (!hand) return;
  hand.hidden = !state.taken;
  hand.querySelector("[data-who]").textContent = state.taken ?? "";
  document.dispatchEvent(new Event(state.taken ? "hand-taken" : "hand-back"));
}

async function sendHeartbeat() {
  clearTimeout(timer);
  timer = setTimeout(sendHeartbeat, every);
  sentAt = Date.now();
  if (Date.now() - writtenAt > every * 2) field = "";
  const number = lastSent += 1;
  try {
    const answer = await post(address, { page: page.page, field, ...correcting });
    if (answer.ok) show(await answer.json(), number);
  } catch { /* offline, or signed out: the line of the text says so */ }
}

function writing(name) {
  writtenAt = Date.now();
  const is = FIELDS.includes(name) ? name : "other";
  if (is === field) return;
  field = is;
  // colleagues need not wait for the next heartbeat, but not every key sends one
  clearTimeout(timer);
  timer = setTimeout(sendHeartbeat, Math.max(0, sentAt + every / 6 - Date.now()));
}

function nameOf(target) {
  if (target.closest("#row-bylines")) return "bylines";
  if (target.closest("#row-body")) return "body";
  return target.name;
}

if (hand) {
  form.addEventListener("input", ({ target }) => writing(nameOf(target)));
  whenReady((editor) => editor.on("change", () => writing("body")));
}

async function take(event) {
  const button = event.target.closest("[data-take-over]") ?? (hand?.contains(event.target) && event.target.closest("button"));
  if (!button) return;
  event.preventDefault();
  const number = lastSent += 1;
  try {
    const answer = await post(takeOver, { page: page.page, ...correcting });
    const state = await answer.json();
    button.closest("details")?.removeAttribute("open");
    if (answer.ok) show(state, number);
    status.textContent = state.message;
  } catch { /* offline: the line of the text says so */ }
}
here.addEventListener("click", take);
hand?.addEventListener("click", take);

addEventListener("pagehide", () => {
  clearTimeout(timer);
  post(address, { page: page.page, leaves: 1 }, { keepalive: true }).catch(() => {});
});
addEventListener("pageshow", ({ persisted }) => { if (persisted) sendHeartbeat(); });
sendHeartbeat();
