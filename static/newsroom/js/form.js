// The form of a text, as the desk sent it and as it is now. A page can be written in long before its scripts and its
// editor are there: what was typed meanwhile is a change like any other. No module may mistake it for the stored text.

export const form = document.querySelector("#story_form");

const NOT_TYPED = ["csrfmiddlewaretoken", "turn"];
const given = new WeakMap(); // for each editor: the text it was given, and how it writes that text before anybody types

const editors = () => Object.values(window.CKEDITOR?.instances ?? {});
export const readyEditors = () => editors().filter((editor) => editor.status === "ready");

// Calls `follow` for each editor, once it can be written in.
export function whenReady(follow) {
  readyEditors().forEach(follow);
  window.CKEDITOR?.on("instanceReady", ({ editor }) => follow(editor));
}

function fieldsOf(one) {
  const fields = [...new FormData(one)].filter(([name, value]) => typeof value === "string" && !NOT_TYPED.includes(name));
  return new URLSearchParams(fields);
}

// Parsed again, a form holds what the desk sent: neither what was typed nor what the browser put back in its fields.
function asSent() {
  const copy = new DOMParser().parseFromString(form.outerHTML, "text/html").forms[0];
  // DOMParser makes fields of what stands in a noscript; the page has none of them
  for (const part of copy.querySelectorAll("noscript")) part.remove();
  return fieldsOf(copy);
}

// An editor writes a text in its own way: as long as nobody changed it there, it is still the text that was given.
function textOf(editor) {
  const text = editor.getData();
  const before = given.get(editor);
  return text === before?.written ? before.text : text;
}

// What is in the fields now. An editor writes its text back only when the form is sent.
export function typed() {
  const fields = fieldsOf(form);
  for (const editor of readyEditors()) fields.set(editor.element.$.name, textOf(editor));
  return fields;
}

export const sent = asSent().toString();

whenReady((editor) => {
  if (!editor.checkDirty()) given.set(editor, { text: editor.element.$.value, written: editor.getData() });
});
