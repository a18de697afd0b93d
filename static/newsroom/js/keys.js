// Shortcuts that work wherever one writes. The editor's frame is a document of its own, which keeps its keys to itself.

export function onKeys(handle) {
  document.addEventListener("keydown", handle);
  const listenIn = (editor) => {
    const inFrame = () => editor.document?.$.addEventListener("keydown", handle, true);
    editor.on("contentDom", inFrame);
    if (editor.status === "ready") inFrame();
  };
  if (!window.CKEDITOR) return;
  Object.values(CKEDITOR.instances).forEach(listenIn);
  CKEDITOR.on("instanceCreated", ({ editor }) => listenIn(editor));
}

onKeys((event) => {
  if (event.key !== "F1" || event.ctrlKey || event.altKey || event.metaKey) return;
  const keys = document.getElementById("keys");
  if (!keys) return;
  event.preventDefault();
  if (!keys.open) keys.showModal();
});
