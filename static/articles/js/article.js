// The tools of an article: share it, copy its address, print it, listen to it, follow the reading progress.
// A button stays hidden on a device that cannot do what it offers.

const article = document.querySelector('.article');
const tool = (name) => article?.querySelector(`[data-tool="${name}"]`);
const address = document.querySelector('link[rel="canonical"]')?.href ?? location.href;

function offer(name, able, act) {
  const button = tool(name);
  if (!button || !able) return;
  button.hidden = false;
  button.addEventListener('click', () => act(button));
}

// Without a text, the button gets its first label back.
function setLabel(button, text) {
  const label = button.querySelector('span');
  const first = button.dataset.before ??= label.textContent;
  label.textContent = text ?? first;
}

offer('share', navigator.share, () => {
  const title = article.querySelector('h1').textContent.trim();
  navigator.share({ title, url: address }).catch(() => {});
});

offer('copy', navigator.clipboard, async (button) => {
  try {
    await navigator.clipboard.writeText(address);
    setLabel(button, button.dataset.done);
  } catch {
    setLabel(button, button.dataset.failed);
  }
  setTimeout(() => setLabel(button), 2500);
});

offer('print', window.print, () => window.print());

// Listen: one utterance for each paragraph. Browsers cut a long one, and the paragraph being read can be marked.
const speech = window.speechSynthesis;
offer('listen', speech && window.SpeechSynthesisUtterance, (button) => {
  const setState = (text, pressed) => {
    setLabel(button, text);
    button.setAttribute('aria-pressed', String(pressed));
  };
  if (speech.speaking && !speech.paused) { speech.pause(); return setState(button.dataset.resume, false); }
  if (speech.paused) { speech.resume(); return setState(button.dataset.pause, true); }

  const texts = [...article.querySelectorAll('h1, .standfirst, .prose > :is(p, h2, h3, ul, ol)')];
  const voice = speech.getVoices().find(({ lang }) => lang.startsWith('fr'));
  const next = () => {
    const element = texts.shift();
    if (!element) return setState(undefined, false);
    if (element.lang && !element.lang.startsWith('fr')) return next();
    const words = new SpeechSynthesisUtterance(element.textContent);
    words.lang = 'fr-FR';
    if (voice) words.voice = voice;
    words.onstart = () => { element.dataset.lu = ''; };
    words.onend = words.onerror = ({ error }) => {
      delete element.dataset.lu;
      if (error) setState(undefined, false); else next();
    };
    speech.speak(words);
  };
  setState(button.dataset.pause, true);
  next();
});
addEventListener('pagehide', () => speech?.cancel());

// Reading progress, in a browser whose style sheets have no scroll timeline.
const line = document.querySelector('.progress');
const text = article?.querySelector('.prose');
if (line && text && !CSS.supports('animation-timeline: --lecture')) {
  let isWaiting = false;
  const draw = () => {
    isWaiting = false;
    const { top, height } = text.getBoundingClientRect();
    const read = Math.min(1, Math.max(0, -top / Math.max(1, height - innerHeight)));
    line.style.setProperty('--lu', read.toFixed(3));
  };
  addEventListener('scroll', () => { if (!isWaiting) { isWaiting = true; requestAnimationFrame(draw); } }, { passive: true });
  draw();
}

// Count one view, without a cookie or an identifier. A page opened in a background tab counts once it is looked at.
function count() {
  const { beacon } = document.body.dataset;
  if (!beacon || document.visibilityState !== 'visible') return;
  navigator.sendBeacon?.(beacon);
  document.removeEventListener('visibilitychange', count);
}
document.addEventListener('visibilitychange', count);
count();
