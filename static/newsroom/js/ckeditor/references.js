// What the references of a body are now: asked once for all of them, and painted.

(() => {
  class References {
    constructor(editor) {
      this.editor = editor;
      this.known = { articles: {}, images: {} };
      this.failed = false;
    }

    get widgets() {
      return Object.values(this.editor.widgets.instances).filter((widget) => widget.paint);
    }

    // One call for every reference of the text, however many appear at once.
    ask() {
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => this.fetch(), 30);
    }

    async fetch() {
      const wanted = { articles: new Set(), images: new Set() };
      for (const { kind, data } of this.widgets) {
        if (kind && !(data.number in this.known[kind])) wanted[kind].add(data.number);
      }
      if (!wanted.articles.size && !wanted.images.size) return this.paint();
      const query = new URLSearchParams(Object.entries(wanted).map(([kind, all]) => [kind, [...all].join(",")]));
      try {
        const answer = await fetch(`${this.editor.config.redaction.references}?${query}`);
        if (!answer.ok || answer.redirected) throw new Error(answer.status);
        const current = await answer.json();
        for (const kind of ["articles", "images"]) {
          for (const number of wanted[kind]) this.known[kind][number] = current[kind][number] ?? null;
        }
        this.failed = false;
      } catch {
        this.failed = true;
      }
      this.paint();
    }

    // Showing a title is neither a change nor a step to undo.
    paint() {
      const { editor } = this;
      if (editor.status !== "ready" || editor.mode !== "wysiwyg") return;
      const clean = !editor.checkDirty();
      editor.fire("lockSnapshot");
      for (const widget of this.widgets) widget.paint();
      editor.fire("unlockSnapshot");
      if (clean) editor.resetDirty();
    }
  }

  CKEDITOR.plugins.add("redactionreferences", { References });
})();
