// Who signs out leaves nothing in this browser, and loses nothing unasked: what waits here goes to the desk first, and
// what the desk does not take is asked about.

import * as pocket from "../panels/pocket.js";
import { sendWaiting } from "../panels/waiting.js";

const LONGEST = 8_000; // milliseconds for each text: who signs out in a dead zone is asked, not kept
const form = document.querySelector("#logout-form");
const dialog = document.querySelector("#leaving-texts");
const user = form.dataset.login;
// Wait for autosave.js to listen: a text typed while the page loads must be saved too.
const isWhole = new Promise((done) => document.addEventListener("DOMContentLoaded", done));
let isAsking = false;

function titles() {
  return pocket.all(user).map(([, { fields }]) => {
    const line = document.createElement("li");
    line.dir = "auto";
    line.textContent = new URLSearchParams(fields).get("headline")?.trim() || dialog.dataset.untitled;
    return line;
  });
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (isAsking) return;
  isAsking = true;
  await isWhole;
  const saves = [];
  document.dispatchEvent(new CustomEvent("signing-out", { detail: saves }));
  await Promise.allSettled(saves);
  await sendWaiting(user, { options: () => ({ signal: AbortSignal.timeout(LONGEST) }) });
  isAsking = false;
  const left = titles();
  if (!left.length) return form.submit();
  dialog.querySelector("ul").replaceChildren(...left);
  form.closest("details")?.removeAttribute("open");
  dialog.returnValue = "";
  dialog.showModal();
});

dialog.addEventListener("close", () => {
  if (dialog.returnValue !== "lose") return form.closest("details")?.querySelector("summary").focus();
  document.dispatchEvent(new Event("signed-out"));
  pocket.empty(user);
  form.submit();
});
