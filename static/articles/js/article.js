// What can be done with an article: share it, copy its address, print it, listen to it, see how far one is.
// Each button is hidden until the device is known to be able to do it.

const article = document.querySelector('.article');
const tool = (name) => article?.querySelector(`[data-tool="${name}"]`);
const address = document.querySelector('link[rel="canonical"]')?.href ?? location.href;

function offer(name, able, act) {
  const button = tool(name);
  if (!button || !able) return;
  button.hidden = false;
  button.addEventListener('click', () => act(button));
}

function say(button, text) {
  const label = button.querySelector('span');
  const before = button.dataset.before ??= label.textContent;
  label.textContent = text ?? before;
}

offer('share', navigator.share, () => {
  const title = article.querySelector('h1').textContent.trim();
  navigator.share({ title, url: address }).catch(() => {});
});

offer('copy', navigator.clipboard, async (button) => {
  try {
    await navigator.clipboard.writeText(address);
    say(button, button.dataset.done);
  } catch {
    say(button, button.dataset.failed);
  }
  setTimeout(() => say(button), 2500);
});

offer('print', window.print, () => window.print());

// Listen: paragraph by paragraph, so that long texts are not cut and the one being read can be marked.
const speech = window.speechSynthesis;
offer('listen', speech && window.SpeechSynthesisUtterance, (button) => {
  const saying = (text, pressed) => {
    say(button, text);
    button.setAttribute('aria-pressed', String(pressed));
  };
  if (speech.speaking && !speech.paused) { speech.pause(); return saying(button.dataset.resume, false); }
  if (speech.paused) { speech.resume(); return saying(button.dataset.pause, true); }

  const texts = [...article.querySelectorAll('h1, .standfirst, .prose > :is(p, h2, h3, ul, ol)')];
  const voice = speech.getVoices().find(({ lang }) => lang.startsWith('fr'));
  const next = () => {
    const element = texts.shift();
    if (!element) return saying(undefined, false);
    if (element.lang && !element.lang.startsWith('fr')) return next();
    const words = new SpeechSynthesisUtterance(element.textContent);
    words.lang = 'fr-FR';
    if (voice) words.voice = voice;
    words.onstart = () => { element.dataset.lu = ''; };
    words.onend = words.onerror = ({ error }) => {
      delete element.dataset.lu;
      if (error) saying(undefined, false); else next();
    };
    speech.speak(words);
  };
  saying(button.dataset.pause, true);
  next();
});
addEventListener('pagehide', () => speech?.cancel());

// Progress: only where style sheets cannot draw it from the scroll by themselves.
const line = document.querySelector('.progress');
const text = article?.querySelector('.prose');
if (line && text && !CSS.supports('animation-timeline: --lecture')) {
  let asked = false;
  const draw = () => {
    asked = false;
    const { top, height } = text.getBoundingClientRect();
    const read = Math.min(1, Math.max(0, -top / Math.max(1, height - innerHeight)));
    line.style.setProperty('--lu', read.toFixed(3));
  };
  addEventListener('scroll', () => { if (!asked) { asked = true; requestAnimationFrame(draw); } }, { passive: true });
  draw();
}

// One more reader, of nobody in particular: no cookie, no identifier. Only once the page is in fact looked at.
function count() {
  const { beacon } = document.body.dataset;
  if (!beacon || document.visibilityState !== 'visible') return;
  navigator.sendBeacon?.(beacon);
  document.removeEventListener('visibilitychange', count);
}
document.addEventListener('visibilitychange', count);
count();
