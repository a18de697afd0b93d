// The page of a deed: the hour as it is said, and a button that is pressed once. Words come from the page.

const part = document.querySelector("[data-spoken]");
if (part) {
  const field = part.querySelector("input[type=datetime-local]");
  const output = part.querySelector("output");
  const names = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  const say = () => {
    const moment = new Date(`${field.value}Z`);
    const isHour = !Number.isNaN(moment.valueOf());
    const day = isHour && names.formatToParts(moment).map(({ type, value }) => (type === "day" && value === "1" ? part.dataset.first : value)).join("");
    const parts = isHour && { day, hour: moment.getUTCHours(), minute: field.value.slice(14, 16) };
    output.textContent = isHour ? part.dataset.spoken.replace(/\{(\w+)\}/g, (_, key) => parts[key]) : "";
  };
  part.querySelector(".hour-said")?.remove(); // the same, as it was when the page was made
  field.addEventListener("input", say);
  say();
}

for (const form of document.querySelectorAll("form[data-once]")) {
  let leaving = false;
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget === "_blank") return;
    if (leaving) event.preventDefault();
    leaving = true;
  });
  addEventListener("pageshow", () => { leaving = false; });
}

document.querySelector(".errornote")?.scrollIntoView({ block: "center" });
