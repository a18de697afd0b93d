// Who signs out leaves nothing in this browser: what is typed goes to the desk first.

import { empty } from "./pocket.js";

const form = document.querySelector("#logout-form");

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const saves = [];
  document.dispatchEvent(new CustomEvent("signing-out", { detail: saves }));
  await Promise.allSettled(saves);
  empty(form.dataset.login);
  form.submit();
});
