// What pasting from a word processor needs in this version of the editor.

(() => {
  // CKEditor 4.22 throws on Google Docs' spans once it has consumed their whole style: the paste is lost and the
  // filters after it never load. They are loaded beforehand, and a style is then always there, be it empty.
  function mendPaste() {
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

  CKEDITOR.plugins.add("redactionpaste", {
    init(editor) {
      editor.on("instanceReady", mendPaste);
    },
  });
})();
