// The lead picture: a search as one types in the photo library. Without it, one writes the number of the photo.

const dialog = document.querySelector("#photo-search");
const words = dialog.querySelector("#photo-search-words");
const list = dialog.querySelector("#photo-found");
const status = dialog.querySelector("#photo-said");

for (const picker of document.querySelectorAll("[data-picker]")) {
  const field = picker.querySelector("input");
  const image = picker.querySelector("img") ?? picker.insertBefore(new Image(), picker.firstChild);
  const credit = picker.querySelector(".lead-credit");
  const clear = picker.querySelector("[data-clear]");
  const caption = document.querySelector(".photo-caption");
  let last = 0;

  picker.querySelector(".lead-number").hidden = true;
  picker.querySelector(".lead-tools").hidden = false;

  const show = (number, alt, line) => {
    field.value = number;
    image.hidden = !number;
    if (number) image.src = picker.dataset.thumb.replace("/0/", `/${number}/`);
    image.alt = alt;
    credit.textContent = line;
    clear.hidden = !number;
    caption?.toggleAttribute("data-empty", !number);
  };
  clear.hidden = image.hidden = !field.value;
  const isTyped = field.value !== field.defaultValue; // before this script was there
  if (isTyped) show(field.value, "", field.value || clear.dataset.none);
  clear.addEventListener("click", () => show("", "", clear.dataset.none));

  const card = (photo) => {
    const button = document.createElement("button");
    button.type = "button";
    const thumb = document.createElement("img");
    thumb.src = photo.thumb;
    thumb.alt = "";
    const text = document.createElement("span");
    text.textContent = photo.title;
    const line = document.createElement("small");
    line.textContent = photo.ready === false ? `${photo.credit} · ${status.dataset.waiting}` : photo.credit;
    button.append(thumb, text, line);
    button.addEventListener("click", () => {
      show(photo.id, photo.title, photo.credit || photo.title);
      dialog.close();
    });
    const item = document.createElement("li");
    item.append(button);
    return item;
  };

  const search = async () => {
    const mine = ++last;
    try {
      const answer = await fetch(`${picker.dataset.search}?q=${encodeURIComponent(words.value)}`);
      if (!answer.ok) throw new Error(answer.status);
      const { results } = await answer.json();
      if (mine !== last) return;
      list.replaceChildren(...results.map(card));
      status.textContent = results.length ? "" : status.dataset.none;
    } catch {
      if (mine === last) status.textContent = status.dataset.failed;
    }
  };

  picker.querySelector("[data-choose]").addEventListener("click", () => {
    words.oninput = search;
    dialog.showModal();
    words.focus();
    search();
  });
}
