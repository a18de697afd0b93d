// What a body refers to, shown in the editor as it is now and stored as empty elements, and pull quotes.
// Every word comes from `editor.config.redaction.words`.

(() => {
  const NUMBER = /^[1-9][0-9]{0,17}$/;

  const withClass = (element, name, kind) => element.name === name && element.hasClass(kind);

  const fresh = (name, attributes, html = "") => {
    const element = new CKEDITOR.htmlParser.element(name, attributes);
    if (html) element.setHtml(html);
    return element;
  };

  const plain = (html) => {
    const holder = new DOMParser().parseFromString(html, "text/html").body;
    return holder.textContent.trim();
  };

  const escaped = (text) => CKEDITOR.tools.htmlEncode(text);

  // --- Putting a block in the text --------------------------------------------------------------------------------

  // The block that stands directly in the text and holds the caret: a reference never cuts a sentence in two.
  function blockAtCaret(editor) {
    const root = editor.editable();
    let at = editor.widgets.focused?.wrapper ?? editor.getSelection()?.getStartElement();
    while (at && !at.equals(root) && !at.getParent()?.equals(root)) at = at.getParent();
    return at && !at.equals(root) ? at : null;
  }

  function insertWidget(editor, name, html, after) {
    editor.focus();
    editor.fire("saveSnapshot");
    const element = CKEDITOR.dom.element.createFromHtml(html, editor.document);
    const empty = after?.is("p") && !after.getText().trim() && !after.findOne("img");
    if (after) element.insertAfter(after);
    else editor.editable().append(element);
    if (empty) after.remove();
    const widget = editor.widgets.initOn(element, name);
    if (!widget.wrapper.getNext()) {
      const next = new CKEDITOR.dom.element("p", editor.document);
      next.appendBogus();
      next.insertAfter(widget.wrapper);
    }
    editor.fire("saveSnapshot");
    return widget;
  }

  // One writes on after what was put in.
  function writeAfter(editor, widget) {
    const next = widget.wrapper.getNext();
    if (!next || !next.is || !next.is("p", "h2", "h3")) return widget.focus();
    const range = editor.createRange();
    range.moveToPosition(next, CKEDITOR.POSITION_AFTER_START);
    range.select();
  }

  // --- The widgets -------------------------------------------------------------------------------------------------

  function addLireAussi(editor, references) {
    const { words, articles } = editor.config.redaction;
    const { node, searchDialog } = CKEDITOR.plugins.get("redactionsearch");
    let edited = null;
    let place = null;
    const dialog = searchDialog(editor, {
      title: words.readAlsoTitle,
      address: articles,
      row: ({ title, live }) => [
        node("span", { textContent: title }),
        ...(live ? [] : [node("small", { className: "absent", textContent: words.notPublic })]),
      ],
      choose({ id, title, live }) {
        references.known.articles[id] = { title, live };
        if (edited) {
          edited.setData("number", String(id));
          editor.fire("saveSnapshot");
          return edited.focus();
        }
        const html = `<aside class="lire-aussi" data-article="${id}"></aside>`;
        writeAfter(editor, insertWidget(editor, "lireaussi", html, place));
      },
    });

    editor.widgets.add("lireaussi", {
      inline: false,
      pathName: words.readAlso,
      upcast(element, data) {
        const number = element.attributes["data-article"] ?? "";
        if (!withClass(element, "aside", "lire-aussi") || !NUMBER.test(number)) return false;
        data.number = number;
        element.setHtml("");
        return element;
      },
      downcast() {
        return fresh("aside", { class: "lire-aussi", "data-article": this.data.number });
      },
      init() {
        this.kind = "articles";
        this.setData("number", this.data.number ?? this.element.getAttribute("data-article"));
        this.paint = () => {
          const known = references.known.articles[this.data.number];
          const absent = known === null || known?.live === false;
          const title = node("span", { textContent: known?.title ?? (known === null ? words.readAlsoMissing : "…") });
          const label = node("span", { className: "desk-label", textContent: words.readAlso });
          const parts = known === null ? [title] : [label, " ", title];
          if (known?.live === false) parts.push(" ", node("small", { textContent: words.notPublic }));
          if (known === undefined && references.failed) title.textContent = words.offline;
          this.element.$.replaceChildren(...parts);
          this.element.setAttribute("data-article", this.data.number);
          this.element[absent ? "addClass" : "removeClass"]("absent");
        };
        this.on("edit", (event) => {
          event.cancel();
          edited = this;
          dialog.open();
        });
      },
      // Still in a fragment the first time: painted without locks, or it stays invisible.
      data() {
        this.paint();
        references.ask();
      },
    });
    editor.addCommand("lireaussi", {
      exec() {
        edited = null;
        place = blockAtCaret(editor);
        dialog.open();
      },
      async: false,
      canUndo: false,
    });
  }

  function addImage(editor, references) {
    const { words, photos } = editor.config.redaction;
    const { node, searchDialog } = CKEDITOR.plugins.get("redactionsearch");
    let edited = null;
    let place = null;
    let captionHtml = "";
    const caption = node("input", { type: "text", id: `redaction-caption-${editor.name}`, autocomplete: "off" });
    const label = node("label", { htmlFor: caption.id, textContent: words.caption });
    const dialog = searchDialog(editor, {
      title: words.imageTitle,
      address: photos,
      row: ({ title, credit, thumb }) => [
        node("img", { src: thumb, alt: "" }),
        node("span", { textContent: title }),
        node("small", { textContent: credit }),
      ],
      extra: {
        element: node("div", { className: "field" }, label, caption),
        focus: () => caption.focus(),
      },
      choose(photo) {
        if (photo.title) references.known.images[photo.id] = photo;
        // emphasis and links in the caption stay, unless its words were changed
        const text = caption.value.trim();
        const html = text === plain(captionHtml) ? captionHtml : escaped(text);
        if (edited) {
          edited.setData({ number: String(photo.id), caption: html });
          editor.fire("saveSnapshot");
          return edited.focus();
        }
        const figcaption = html ? `<figcaption>${html}</figcaption>` : "";
        const figure = `<figure class="image" data-image="${photo.id}">${figcaption}</figure>`;
        writeAfter(editor, insertWidget(editor, "imagearticle", figure, place));
      },
    });

    const open = (widget) => {
      edited = widget;
      captionHtml = widget?.data.caption ?? "";
      caption.value = plain(captionHtml);
      const number = widget?.data.number;
      dialog.open(number ? (references.known.images[number] ?? { id: Number(number) }) : null);
    };

    editor.widgets.add("imagearticle", {
      inline: false,
      pathName: words.image,
      upcast(element, data) {
        const number = element.attributes["data-image"] ?? "";
        if (!withClass(element, "figure", "image") || !NUMBER.test(number)) return false;
        data.number = number;
        data.caption = element.getFirst("figcaption")?.getHtml() ?? "";
        element.setHtml("");
        return element;
      },
      downcast() {
        const { number, caption: html } = this.data;
        const figcaption = plain(html ?? "") ? `<figcaption>${html}</figcaption>` : "";
        return fresh("figure", { class: "image", "data-image": number }, figcaption);
      },
      init() {
        this.kind = "images";
        const written = this.element.findOne("figcaption:not(.desk-caption)");
        this.setData({
          number: this.data.number ?? this.element.getAttribute("data-image"),
          caption: this.data.caption ?? written?.getHtml() ?? "",
        });
        this.paint = () => {
          const known = references.known.images[this.data.number];
          const parts = [];
          if (known) {
            const picture = node("img", { src: known.large, alt: known.title });
            picture.addEventListener("load", () => editor.execCommand("autogrow"), { once: true });
            parts.push(picture);
          } else {
            const missing = known === null ? words.imageMissing : references.failed ? words.offline : "…";
            parts.push(node("p", { className: "desk-label", textContent: missing }));
          }
          if (this.data.caption) {
            const own = node("figcaption");
            own.append(...new DOMParser().parseFromString(this.data.caption, "text/html").body.childNodes);
            parts.push(own);
          } else if (known) {
            parts.push(node("span", { className: "desk-label", textContent: known.title }));
          }
          if (known?.credit) {
            parts.push(node("span", { className: "desk-label desk-credit", textContent: known.credit }));
          }
          this.element.$.replaceChildren(...parts);
          this.element.setAttribute("data-image", this.data.number);
          this.element[known === null ? "addClass" : "removeClass"]("absent");
        };
        this.on("edit", (event) => {
          event.cancel();
          open(this);
        });
      },
      data() {
        this.paint();
        references.ask();
      },
    });
    editor.addCommand("imagearticle", {
      exec() {
        place = blockAtCaret(editor);
        open(null);
      },
      canUndo: false,
    });
  }

  function addExergue(editor) {
    const { words } = editor.config.redaction;
    const EMPTY = '<blockquote class="exergue"><div class="exergue-words"><p></p></div><footer></footer></blockquote>';

    editor.widgets.add("exergue", {
      inline: false,
      pathName: words.exergue,
      editables: {
        quotation: { selector: ".exergue-words", allowedContent: "p br strong em sup sub ul ol li; a[!href]" },
        source: { selector: "footer", allowedContent: "br strong em sup sub; a[!href]" },
      },
      upcast(element) {
        if (!withClass(element, "blockquote", "exergue")) return false;
        const spoken = fresh("div", { class: "exergue-words" });
        let source = null;
        for (const child of [...element.children]) {
          child.remove();
          if (child.name === "footer") source = child;
          else if (withClass(child, "div", "exergue-words")) [...child.children].forEach((part) => spoken.add(part));
          else spoken.add(child);
        }
        if (!spoken.children.length) spoken.add(fresh("p", {}));
        element.add(spoken);
        element.add(source ?? fresh("footer", {}));
        return element;
      },
      downcast(element) {
        const quote = fresh("blockquote", { class: "exergue" });
        for (const child of element.children) {
          if (child.name === "footer") {
            const source = fresh("footer", {}, child.getHtml());
            if (plain(source.getHtml())) quote.add(source);
          } else if (child.children) {
            for (const part of [...child.children]) quote.add(part);
          }
        }
        return quote;
      },
      init() {
        this.editables.quotation.setAttribute("data-placeholder", words.exerguePlaceholder);
        this.editables.source.setAttribute("data-placeholder", words.exergueSource);
        this.editables.quotation.setAttribute("aria-label", words.exerguePlaceholder);
        this.editables.source.setAttribute("aria-label", words.exergueSource);
      },
    });

    let added = null;
    editor.addCommand("exergue", {
      exec() {
        added = insertWidget(editor, "exergue", EMPTY, blockAtCaret(editor));
      },
    });
    // Only now: what the command does afterwards would take the caret away, and the words typed would be lost.
    editor.on("afterCommandExec", ({ data }) => {
      if (data.name !== "exergue" || !added) return;
      const { quotation } = added.editables;
      added = null;
      quotation.focus();
      const range = editor.createRange();
      range.moveToElementEditStart(quotation);
      range.select();
    });
  }

  // A page elsewhere, as imported texts hold it: shown by its address, kept as it is.
  function mayBeEmbedded(editor, address) {
    const page = URL.canParse(address) ? new URL(address) : null;
    return address.startsWith("https://") && editor.config.redaction.embedHosts.includes(page?.host);
  }

  function addEmbed(editor) {
    editor.widgets.add("embed", {
      inline: false,
      upcast(element, data) {
        const address = element.attributes["data-embed"] ?? "";
        if (!withClass(element, "figure", "embed") || !mayBeEmbedded(editor, address)) return false;
        data.address = address;
        element.setHtml("");
        return element;
      },
      downcast() {
        return fresh("figure", { class: "embed", "data-embed": this.data.address });
      },
      init() {
        this.paint = () => this.element.setText(this.data.address ?? "");
      },
      data() {
        this.paint();
      },
    });
  }

  // --- The plugin --------------------------------------------------------------------------------------------------

  CKEDITOR.plugins.add("redaction", {
    requires: "widget,redactionreferences,redactionsearch,redactionpaste,redactionwriting",
    init(editor) {
      const { words } = editor.config.redaction;
      const { References } = CKEDITOR.plugins.get("redactionreferences");
      const references = new References(editor);
      addLireAussi(editor, references);
      addImage(editor, references);
      addExergue(editor);
      addEmbed(editor);

      const heading = new CKEDITOR.style({ element: "h2" });
      editor.addCommand("intertitre", new CKEDITOR.styleCommand(heading));
      editor.attachStyleStateChange(heading, (state) => editor.getCommand("intertitre").setState(state));

      editor.ui.addButton("Intertitre", { label: words.crosshead, command: "intertitre" });
      editor.ui.addButton("LireAussi", { label: words.readAlso, command: "lireaussi" });
      editor.ui.addButton("ImageArticle", { label: words.image, command: "imagearticle" });
      editor.ui.addButton("Exergue", { label: words.exergue, command: "exergue" });
      editor.setKeystroke(CKEDITOR.CTRL + CKEDITOR.SHIFT + 72, "intertitre"); // Ctrl+Alt is AltGr, which types
      editor.setKeystroke(CKEDITOR.CTRL + CKEDITOR.SHIFT + 76, "lireaussi");

      editor.on("instanceReady", () => {
        // the editor breaks the line after a <br> in its HTML: the next save would make a space of it
        const together = { indent: false, breakBeforeOpen: false, breakAfterOpen: false, breakBeforeClose: false, breakAfterClose: false };
        for (const tag of ["br", "p", "h2", "h3", "li", "td", "th", "caption", "figcaption", "footer"]) editor.dataProcessor.writer.setRules(tag, together);
        references.ask();
      });
      editor.on("contentDom", () => references.ask());
    },
  });
})();
