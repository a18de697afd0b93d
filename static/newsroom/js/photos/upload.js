// Photos dropped or chosen in the library: one request each, two at a time, one line for its progress and what became
// of it. Without this the form sends them all at once. Words come from the server, or from the form's data- attributes.

const form = document.querySelector("#upload");
const MOST = 40 * 1024 * 1024;
const AT_ONCE = 2;
const TRIES = 40; // of a file whose turn does not come
const AGAIN_AFTER = 3000; // milliseconds
const queue = [];
let running = 0;

function lineFor(file) {
  const list = form.querySelector("#uploads");
  list.hidden = false;
  const row = document.createElement("li");
  const name = Object.assign(document.createElement("span"), { className: "up-name", textContent: file.name });
  const bar = Object.assign(document.createElement("progress"), { max: 100, value: 0 });
  const state = Object.assign(document.createElement("span"), { className: "up-state" });
  bar.setAttribute("aria-label", file.name);
  state.setAttribute("role", "status");
  row.append(name, bar, state);
  list.prepend(row);
  return { row, bar, state };
}

function tell({ row, bar, state }, answer) {
  row.className = answer.state;
  bar.value = answer.state === "failed" ? 0 : 100;
  state.textContent = answer.message;
  if (answer.url) {
    const link = Object.assign(document.createElement("a"), { href: answer.url, textContent: form.dataset.see });
    state.append(" ", link);
  }
}

function sendLater(item, answer) {
  item.tries = (item.tries ?? 0) + 1;
  if (item.tries >= TRIES) return tell(item.line, { ...answer, state: "failed" });
  item.line.bar.value = 0;
  item.line.state.textContent = form.dataset.waits;
  setTimeout(() => {
    queue.push(item);
    next();
  }, AGAIN_AFTER);
}

function send(item) {
  const { file, line } = item;
  const body = new FormData();
  for (const name of ["csrfmiddlewaretoken", "credit", "photographer"]) body.append(name, form.elements[name].value);
  body.append("files", file);
  const request = new XMLHttpRequest();
  const failed = () => tell(line, { state: "failed", message: form.dataset.broken, url: "" });
  request.upload.addEventListener("progress", (event) => {
    line.bar.value = (event.loaded / event.total) * 100;
    line.state.textContent = `${Math.round(line.bar.value)}\u00a0%`;
  });
  request.addEventListener("load", () => {
    try {
      const answer = JSON.parse(request.responseText).files[0];
      if (answer.state === "later") sendLater(item, answer);
      else tell(line, answer);
    } catch {
      failed(); // the session is over, or the server said no
    }
  });
  request.addEventListener("error", failed);
  request.addEventListener("loadend", () => {
    running -= 1;
    next();
  });
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.send(body);
}

function next() {
  while (running < AT_ONCE && queue.length) {
    running += 1;
    send(queue.shift());
  }
}

function take(files) {
  for (const file of files) {
    const line = lineFor(file);
    if (file.size > MOST) tell(line, { state: "failed", message: form.dataset.tooHeavy, url: "" });
    else queue.push({ file, line });
  }
  next();
}

if (form) {
  const chosen = form.querySelector("#upload-files");
  for (const kind of ["dragenter", "dragover"]) {
    form.addEventListener(kind, (event) => {
      event.preventDefault();
      form.classList.add("over");
    });
  }
  for (const kind of ["dragleave", "drop"]) form.addEventListener(kind, () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer.files);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    take(chosen.files);
    chosen.value = "";
  });
}
