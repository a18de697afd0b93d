// The watchdog's line stays true on a page that stays open: asked again every half minute, while somebody looks.

const EVERY = 30_000; // milliseconds

const lines = document.querySelectorAll("[data-watchdog]");

function say(words, stopped) {
  for (const line of lines) {
    const text = line.lastElementChild;
    // screen readers hear of a stop at once, and of nothing every half minute
    if (stopped) text.setAttribute("role", "alert");
    else text.removeAttribute("role");
    if (text.textContent !== words) text.textContent = words;
    line.classList.toggle("stopped", stopped);
  }
}

async function ask() {
  if (document.hidden) return;
  try {
    const answer = await fetch(lines[0].dataset.watchdog, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    const { line, stopped } = await answer.json();
    say(line, stopped);
  } catch {
    say(lines[0].dataset.lost, false);
  }
}

if (lines.length) {
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
  window.addEventListener("pageshow", (event) => { if (event.persisted) ask(); });
}
