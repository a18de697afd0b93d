// Where the text is only read, a note that was begun is kept nowhere: leaving it is asked about.

import { form, sent, typed } from "../form.js";

let leaving = false;

form.addEventListener("submit", (event) => {
  leaving = !event.defaultPrevented;
  setTimeout(() => { leaving = false; }, 30_000); // a post that was stopped
});
addEventListener("pageshow", () => { leaving = false; });
addEventListener("beforeunload", (event) => {
  if (!leaving && typed().toString() !== sent) event.preventDefault();
});
