// Where the text is only read, a note that was begun is kept nowhere: leaving it is asked about.

import { form, sent, typed } from "../form.js";

const GIVEN_UP_AFTER = 30_000; // milliseconds: the browser has stopped the post by then

let leaving = false;
let givenUp = 0;

function stay() {
  clearTimeout(givenUp);
  leaving = false;
}
form.addEventListener("submit", (event) => {
  stay();
  leaving = !event.defaultPrevented;
  if (leaving) givenUp = setTimeout(stay, GIVEN_UP_AFTER);
});
addEventListener("pageshow", stay);
addEventListener("beforeunload", (event) => {
  if (!leaving && typed().toString() !== sent) event.preventDefault();
});
