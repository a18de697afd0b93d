// Where the text is only read, a note that was begun is kept nowhere: leaving it is asked about.

const form = document.querySelector("#story_form");
let leaving = false;

form.addEventListener("submit", (event) => { leaving = !event.defaultPrevented; });
addEventListener("pageshow", () => { leaving = false; });
addEventListener("beforeunload", (event) => {
  const isWritten = [...form.querySelectorAll("textarea, input[type=text]")].some((field) => field.value !== field.defaultValue);
  if (!leaving && isWritten) event.preventDefault();
});
