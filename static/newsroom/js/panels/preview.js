// The preview beside the sheet. A frame holds the readers' page; a moment after the last change, what is typed is drawn
// by the server, and what stands in the frame is replaced: its document, its policy and its place stay.

import { form, typed, whenReady } from "../form.js";

const MOMENT = 1200; // milliseconds
const KEPT = `preview ${location.pathname}`; // in this tab, so that it is open again after a save

const opener = document.querySelector("[data-preview]");
const pane = document.querySelector("#preview");
const frame = pane.querySelector("iframe");
const stage = pane.querySelector(".preview-stage");
const status = pane.querySelector("output");
const widths = [...pane.querySelectorAll(".preview-widths button")];

let isThere = false; // the readers' page, in the frame
let drawn = ""; // what the frame shows, as it was sent
let waiting = 0;
let request = null;

function remember(width) {
  try {
    if (width) sessionStorage.setItem(KEPT, width);
    else sessionStorage.removeItem(KEPT);
  } catch { /* private browsing: it lasts as long as the page */ }
}

function remembered() {
  try { return sessionStorage.getItem(KEPT); } catch { return null; }
}

// A page of 1280 pixels is drawn at that width and made smaller, so that it is laid out as on a desktop.
function fit() {
  const width = Number(widths.find((button) => button.ariaPressed === "true").value);
  const scale = Math.min(1, stage.clientWidth / width);
  frame.style.inlineSize = `${width}px`;
  frame.style.blockSize = `${stage.clientHeight / scale}px`;
  frame.style.marginInlineStart = `${Math.max(0, (stage.clientWidth - width * scale) / 2)}px`;
  frame.style.scale = scale;
}

function choose(width) {
  for (const button of widths) button.ariaPressed = String(button.value === width);
  remember(width);
  fit();
}

// A link in the frame would lead the frame away: it opens beside it.
function mind() {
  for (const link of frame.contentDocument?.links ?? []) if (!link.getAttribute("href").startsWith("#")) link.target = "_blank";
}

function draw(html) {
  const page = frame.contentDocument;
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const { scrollX, scrollY } = frame.contentWindow;
  for (const picture of fresh.images) {
    const same = [...page.images].find((old) => old.outerHTML === picture.outerHTML);
    if (same) picture.replaceWith(same); // it is there: it need not be loaded again
  }
  page.body.replaceWith(page.adoptNode(fresh.body));
  frame.contentWindow.scrollTo({ left: scrollX, top: scrollY, behavior: "instant" }); // its style sheet would glide there
  mind();
}

async function refresh() {
  request?.abort(); // else an answer about words that are gone would stay
  if (pane.hidden || !isThere || !pane.dataset.draft) return;
  const data = typed();
  const now = data.toString();
  if (now === drawn) return;
  data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  request = new AbortController();
  try {
    const answer = await fetch(pane.dataset.draft, { method: "POST", body: data, signal: request.signal, redirect: "error" });
    if (!answer.ok) throw new Error(answer.status);
    draw(await answer.text());
    drawn = now;
    status.textContent = "";
    if (typed().toString() !== now) follow();
  } catch (error) {
    if (error.name !== "AbortError") status.textContent = status.dataset.failed;
  }
}

function follow() {
  clearTimeout(waiting);
  waiting = setTimeout(refresh, MOMENT);
}

function open(width) {
  pane.hidden = false;
  opener.ariaExpanded = "true";
  choose(width);
  if (!frame.src) frame.src = frame.dataset.src;
  else refresh();
  if (getComputedStyle(pane).position === "fixed") pane.querySelector("[data-close]").focus();
}

function close() {
  pane.hidden = true;
  opener.ariaExpanded = "false";
  remember(null);
  opener.focus();
}

opener.hidden = false;
opener.role = "button";
opener.ariaExpanded = "false";
opener.setAttribute("aria-controls", pane.id);
opener.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return; // as any link: in a tab of its own
  event.preventDefault();
  if (pane.hidden) open(matchMedia("(max-width: 60rem)").matches ? "375" : "1280");
  else close();
});
opener.addEventListener("keydown", (event) => {
  if (event.key !== " ") return;
  event.preventDefault();
  opener.click();
});
pane.querySelector("[data-close]").addEventListener("click", close);
pane.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
for (const button of widths) button.addEventListener("click", () => choose(button.value));
frame.addEventListener("load", () => {
  if (!frame.src) return; // the empty frame, before it is opened
  isThere = true;
  drawn = ""; // the frame has just loaded the saved version
  mind();
  refresh();
});
new ResizeObserver(() => { if (!pane.hidden) fit(); }).observe(stage);

// Rows that move and pictures that are chosen send no event of their own: any click may have changed the form.
for (const event of ["input", "change", "click"]) form.addEventListener(event, follow);
whenReady((editor) => editor.on("change", follow));

if (remembered()) open(remembered());
