// What pasting from a word processor needs: this version of the editor mended, what is no text left out, and a line on it.

(() => {
  // CKEditor 4.22 throws on Google Docs' spans once it has consumed their whole style: the paste is lost and the
  // filters after it never load. They are loaded beforehand, and a style is then always there, be it empty.
  function mendFilters() {
    const { pastetools } = CKEDITOR.plugins;
    if (!pastetools) return;
    const common = CKEDITOR.plugins.getPath("pastetools");
    const filters = [
      `${common}filter/common.js`,
      `${common}filter/image.js`,
      `${CKEDITOR.plugins.getPath("pastefromword")}filter/default.js`,
      `${CKEDITOR.plugins.getPath("pastefromgdocs")}filter/default.js`,
    ].map((path) => CKEDITOR.getUrl(path));
    pastetools.loadFilters(filters, () => {
      const styles = pastetools.filters?.common?.styles;
      if (!styles || styles.mended) return;
      const { createStyleStack } = styles;
      styles.createStyleStack = (element, ...rest) => {
        createStyleStack.call(styles, element, ...rest);
        element.attributes.style ??= "";
      };
      styles.mended = true;
    });
  }

  // --- What is no text ----------------------------------------------------------------------------------------------

  // The same marks as in `newsroom/body/marks.py`, which has the last word. One test holds both to the same samples.
  const COMMENT_STYLE = /mso-element:comment|mso-special-character:comment/;
  const STRUCK = /text-decoration(?:-line)?:[^;]*line-through/;
  const HIDDEN_STYLE =
    /(?:^|;)(?:display:none|visibility:(?:hidden|collapse)|mso-hide:(?!none)|opacity:0?\.?0*%?(?:;|!|$)|font-size:0?\.?0*(?:[a-z]+|%)?(?:;|!|$))/;
  const DELETED = "del, s, strike, .ice-del, .msoDel, .msodel, .msoMoveFrom";
  const HEADINGS = { h1: "h2", h4: "h3", h5: "h3", h6: "h3" };
  const OURS = "figure.image[data-image], aside.lire-aussi[data-article], figure.embed";
  // The editor's filter would glue the words on both sides of one together.
  const EMPTY_BLOCK = /<div(?![^>]*(?:exergue-words|cke))[^>]*>\s*<\/div>/gi;
  const MAY_HOLD = /<(?:del|s|strike|img|comment|annotation|h[1456])\b|style|hidden|msocom|msodel|msomovefrom|ice-del/i;

  function markOf(element) {
    const style = (element.getAttribute("style") ?? "").replace(/\/\*.*?(?:\*\/|$)/gs, "").replace(/[ \t\n\r\f]+/g, "").toLowerCase();
    const isComment = element.matches("comment, annotation") || [...element.classList].some((name) => /^msocom/i.test(name));
    if (isComment || COMMENT_STYLE.test(style)) return "comments";
    if (element.matches(DELETED) || STRUCK.test(style)) return "deleted";
    return element.hasAttribute("hidden") || HIDDEN_STYLE.test(style) ? "hidden" : null;
  }

  // `html` without what its source does not count as text and without pictures from elsewhere, its headings as ours, and
  // how many passages of each kind were left out. Nothing is rewritten where there is nothing to leave out.
  function mend(html) {
    const leftOut = { deleted: 0, comments: 0, hidden: 0, images: 0 };
    if (!MAY_HOLD.test(html)) return { html, leftOut };
    const page = new DOMParser().parseFromString(html, "text/html");
    let isChanged = false;
    for (const element of [...page.body.querySelectorAll("*")]) {
      if (!page.body.contains(element)) continue; // it went with what held it
      const mark = markOf(element);
      const isForeign = element.localName === "img" && !element.closest(OURS);
      if (!mark && !isForeign) continue;
      if (isForeign) leftOut.images += 1;
      else if (element.textContent.trim()) leftOut[mark] += 1;
      element.remove();
      isChanged = true;
    }
    for (const [name, ours] of Object.entries(HEADINGS)) {
      for (const heading of [...page.body.querySelectorAll(name)]) {
        const other = page.createElement(ours);
        for (const { name: key, value } of heading.attributes) other.setAttribute(key, value);
        other.append(...heading.childNodes);
        heading.replaceWith(other);
        isChanged = true;
      }
    }
    if (!isChanged) return { html, leftOut };
    return { html: /<(?:html|head|body)\b/i.test(html) ? page.documentElement.outerHTML : page.body.innerHTML, leftOut };
  }

  // --- The line under the text --------------------------------------------------------------------------------------

  function say(editor, leftOut, isBroken) {
    const { words } = editor.config.redaction;
    const parts = Object.entries(leftOut)
      .filter(([, number]) => number)
      .map(([kind, number]) => (number === 1 ? words.leftOutOne : words.leftOutMany)[kind].replace("{n}", number));
    const list = new Intl.ListFormat(document.documentElement.lang, { type: "conjunction" }).format(parts);
    const lines = [];
    if (isBroken) lines.push(words.pastedPlain);
    if (parts.length) lines.push(words.leftOut.replace("{parts}", list));
    let line = document.getElementById(`pasted-${editor.name}`);
    if (!line) {
      line = document.createElement("p");
      line.id = `pasted-${editor.name}`;
      line.className = "pasted";
      line.setAttribute("role", "status");
      editor.container.$.after(line);
    }
    line.textContent = lines.join(" ");
  }

  // --- A paste ------------------------------------------------------------------------------------------------------

  function mendPaste(editor, data) {
    const transfer = data.dataTransfer;
    if (transfer?.leftOut) { // the filter of a word processor fires the same paste a second time
      data.leftOut = transfer.leftOut;
      data.dataValue = mend(data.dataValue).html;
      return;
    }
    const native = transfer?.getData("text/html", true) ?? "";
    const pasted = mend(native || data.dataValue);
    if (!native && !data.dataValue && transfer?.getFilesCount()) pasted.leftOut.images = transfer.getFilesCount();
    data.leftOut = pasted.leftOut;
    if (transfer) transfer.leftOut = pasted.leftOut;
    data.dataValue = mend(data.dataValue).html;
    if (!native || pasted.html === native) return;
    const getData = transfer.getData.bind(transfer); // the filter of a word processor reads the clipboard itself
    transfer.getData = (type, ...rest) => (type.toLowerCase() === "text/html" ? pasted.html : getData(type, ...rest));
  }

  function asPlainText(editor, data) {
    const holder = new DOMParser().parseFromString(mend(data.dataValue).html, "text/html").body;
    const text = data.dataTransfer?.getData("text/plain") || holder.textContent;
    const paragraphs = text.split(/\r?\n[ \t]*\r?\n/).filter((part) => part.trim());
    editor.insertHtml(paragraphs.map((part) => `<p>${CKEDITOR.tools.htmlEncode(part.trim())}</p>`).join(""));
  }

  CKEDITOR.plugins.add("redactionpaste", {
    mend,
    init(editor) {
      editor.on("instanceReady", mendFilters);
      editor.on("paste", ({ data }) => mendPaste(editor, data), null, null, 1);
      editor.on("toHtml", ({ data }) => { data.dataValue = mend(data.dataValue).html.replace(EMPTY_BLOCK, "<p></p>"); }, null, null, 4);
      const { fire } = editor;
      // A filter that throws would lose the whole paste: its words come in all the same.
      editor.fire = function fireOrPlain(name, data, ...rest) {
        if (name !== "paste") return fire.call(this, name, data, ...rest);
        try {
          return fire.call(this, name, data, ...rest);
        } catch (error) {
          asPlainText(editor, data);
          say(editor, data.leftOut ?? {}, true);
          console.warn("a paste came in as plain text", error);
          return false;
        }
      };
      editor.on("paste", ({ data }) => say(editor, data.leftOut ?? {}, false), null, null, 1001);
    },
  });
})();
