// An article that a text follows or answers: a search as one types. Without it, one writes the number of the article.

const LAG = 180; // milliseconds between the last key and the search

const dialog = document.querySelector("#article-search");
const words = dialog.querySelector("#article-search-words");
const list = dialog.querySelector("#article-found");
const status = dialog.querySelector("#article-said");
let choose = () => {};
let picker;
let timer = 0;
let request;

const node = (name, properties, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

const named = (article, waiting) => [
  node("span", { textContent: article.title, dir: "auto" }),
  ...(article.live ? [] : [" ", node("span", { className: "chip ochre", textContent: waiting })]),
];

function offer(article) {
  const waiting = picker.querySelector(".picked").dataset.waiting;
  const button = node("button", { type: "button" }, ...named(article, waiting));
  button.addEventListener("click", () => {
    choose(article);
    dialog.close();
  });
  return node("li", {}, button);
}

async function search() {
  request?.abort();
  request = new AbortController();
  const { signal } = request;
  const url = new URL(picker.dataset.search, location.href);
  url.searchParams.set("q", words.value);
  if (picker.dataset.except) url.searchParams.set("sauf", picker.dataset.except);
  try {
    const answer = await fetch(url, { signal });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    const { results } = await answer.json();
    if (signal.aborted) return;
    list.replaceChildren(...results.map(offer));
    status.textContent = results.length ? "" : status.dataset.none;
  } catch {
    if (!signal.aborted) status.textContent = status.dataset.failed;
  }
}

words.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(search, LAG);
});
words.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown") return;
  event.preventDefault();
  list.querySelector("button")?.focus();
});

for (const each of document.querySelectorAll("[data-article-picker]")) {
  const field = each.querySelector("input");
  const picked = each.querySelector(".picked");
  const clear = each.querySelector("[data-clear]");
  const opener = each.querySelector("[data-choose]");

  each.querySelector(".picked-number").hidden = true;
  each.querySelector(".picked-tools").hidden = false;
  clear.hidden = !field.value;
  const isTyped = field.value !== field.defaultValue; // before this script was there
  if (isTyped) picked.replaceChildren(field.value || picked.dataset.none);

  const set = (article) => {
    field.value = article?.id ?? "";
    picked.replaceChildren(...(article ? named(article, picked.dataset.waiting) : [picked.dataset.none]));
    clear.hidden = !article;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    opener.focus();
  };
  clear.addEventListener("click", () => set(null));
  opener.addEventListener("click", () => {
    picker = each;
    choose = set;
    words.value = "";
    list.replaceChildren();
    dialog.showModal();
    words.focus();
    search();
  });
}
