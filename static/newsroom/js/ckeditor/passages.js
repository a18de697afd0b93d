// A button of the editor for a note on the selected words. The page's own script takes them.

CKEDITOR.plugins.add("redactionpassages", {
  init(editor) {
    if (!document.querySelector("#notes")) return; // a new article has no notes yet
    editor.addCommand("annoter", {
      exec: () => document.dispatchEvent(new CustomEvent("annotate")),
      canUndo: false,
      async: true, // the note keeps the caret: the editor does not take it back
    });
    editor.ui.addButton("Annoter", { label: editor.config.redaction.words.annotate, command: "annoter" });
  },
});
