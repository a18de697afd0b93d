// What the editor shows is what the desk stores: text is brought into its shape where it comes in and where one writes,
// and buttons and keys that would make another shape are off there.

(() => {
  const written = (fragment) => {
    const writer = new CKEDITOR.htmlParser.basicWriter();
    fragment.writeChildrenHtml(writer);
    return writer.getHtml(true);
  };

  function takeIn(Shapes, { data }) {
    const page = new DOMParser().parseFromString(written(data.dataValue), "text/html");
    const before = page.body.innerHTML;
    const isEmptyLine = page.body.children.length < 2 && !page.body.querySelector(":not(p, br, span)");
    if (isEmptyLine && !page.body.textContent.trim()) return; // for the caret
    new Shapes(page.body).tidy();
    const after = page.body.innerHTML;
    if (after !== before) data.dataValue = CKEDITOR.htmlParser.fragment.fromHtml(after, data.context, data.fixForBody ? "p" : false);
  }

  function mendWhatIsWritten(Shapes, editor) {
    const root = editor.editable()?.$;
    if (editor.status !== "ready" || editor.mode !== "wysiwyg" || !root) return;
    const shapes = new Shapes(root);
    if (!shapes.isWrong()) return;
    const before = root.innerHTML;
    const bookmarks = editor.focusManager.hasFocus ? editor.getSelection()?.createBookmarks() : null;
    shapes.place();
    shapes.raise();
    if (bookmarks) editor.getSelection().selectBookmarks(bookmarks);
    if (root.innerHTML !== before) editor.fire("updateSnapshot");
  }

  // --- Buttons ------------------------------------------------------------------------------------------------------

  const OFF_IN = {
    intertitre: ["td", "th", "caption", "li", "blockquote", "footer"],
    table: ["td", "th", "caption", "li", "blockquote", "footer"],
    blockquote: ["td", "th", "caption"],
    bulletedlist: ["caption", "footer"],
    numberedlist: ["caption", "footer"],
    bold: ["h2", "h3"],
  };

  function switchButtons(editor, path, switchedOff) {
    for (const [name, places] of Object.entries(OFF_IN)) {
      const command = editor.getCommand(name);
      if (!command) continue;
      if (path.contains(places)) {
        command.setState(CKEDITOR.TRISTATE_DISABLED);
        switchedOff.add(name);
      } else if (switchedOff.delete(name) && command.state === CKEDITOR.TRISTATE_DISABLED) {
        command.setState(CKEDITOR.TRISTATE_OFF);
      }
    }
  }

  // --- Keys ---------------------------------------------------------------------------------------------------------

  const isEmptyLine = (node) => node?.type === CKEDITOR.NODE_ELEMENT && node.is("p") && !node.getText().replace(/[\s\u200b\ufeff]/g, "") && !node.findOne("img");

  // A crosshead is one line, a caption and a source have no paragraphs, and no second empty line is made: none is stored.
  function breakLine(editor, event) {
    const isPlain = event.data.keyCode === 13;
    if (!isPlain && event.data.keyCode !== CKEDITOR.SHIFT + 13) return;
    const path = editor.elementPath();
    const range = editor.getSelection()?.getRanges()[0];
    if (!path || !range?.collapsed) return;
    if (path.contains(["caption", "footer"])) {
      const { startContainer, startOffset } = range;
      const before = startContainer.type === CKEDITOR.NODE_ELEMENT ? startContainer.getChild(startOffset - 1) : null;
      const isTwice = before?.getName?.() === "br";
      if (isPlain && !isTwice) editor.execCommand("shiftEnter");
      if (isPlain || isTwice) event.cancel();
    } else if (!isPlain) {
      if (path.contains(["h2", "h3"])) event.cancel();
    } else if (path.block?.is("p") && (path.block.getParent().equals(editor.editable()) || path.block.getParent().is("td", "th"))) {
      const isSecond = isEmptyLine(path.block) || (isEmptyLine(path.block.getPrevious()) && range.checkStartOfBlock());
      if (isSecond) event.cancel();
    }
  }

  CKEDITOR.plugins.add("redactionwriting", {
    requires: "redactionshapes",
    init(editor) {
      const { Shapes } = CKEDITOR.plugins.get("redactionshapes");
      const switchedOff = new Set();
      let isWaiting = false;
      const mendSoon = () => { // a change is told of before its step is kept, which is the one to mend
        if (!isWaiting) queueMicrotask(() => { isWaiting = false; mendWhatIsWritten(Shapes, editor); });
        isWaiting = true;
      };
      editor.on("toHtml", (event) => takeIn(Shapes, event), null, null, 7); // after the filter of elements, before the widgets
      editor.on("change", mendSoon);
      editor.on("dataReady", () => mendWhatIsWritten(Shapes, editor));
      editor.on("selectionChange", ({ data }) => switchButtons(editor, data.path, switchedOff), null, null, 100);
      editor.on("key", (event) => breakLine(editor, event), null, null, 1);
    },
  });
})();
