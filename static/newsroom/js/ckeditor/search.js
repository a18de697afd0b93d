// A search as one types, in a dialog of the page: what « Lire aussi » and « Image » choose from.

(() => {
  const LAG = 180; // milliseconds between the last key and the search

  const node = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  let dialogs = 0;

  // A dialog with a search and its results: arrows move, Enter or a click chooses. `row` draws a result; `extra` are
  // the fields below, for what is chosen and then filled in: without any, choosing is the end of it.
  function searchDialog(editor, { title, address, row, extra, choose }) {
    const { words } = editor.config.redaction;
    const id = `redaction-search-${++dialogs}`;
    const field = node("input", { type: "search", id: `${id}-words`, autocomplete: "off" });
    const list = node("ul", { id: `${id}-found`, className: "redaction-found" });
    const status = node("p", { className: "quiet" });
    const insert = node("button", { type: "button", className: "button primary", textContent: words.insert });
    const cancel = node("button", { type: "button", className: "button", textContent: words.cancel });
    const dialog = node(
      "dialog",
      { className: "desk redaction-search" },
      node("h2", { id: `${id}-title`, textContent: title }),
      node("div", { className: "field" }, node("label", { htmlFor: field.id, textContent: words.search }), field),
      list,
      status,
      ...(extra ? [extra.element] : []),
      node("div", { className: "dialog-foot" }, cancel, insert),
    );
    const attributes = {
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "true",
      "aria-controls": list.id,
    };
    for (const [name, value] of Object.entries(attributes)) field.setAttribute(name, value);
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", title);
    status.setAttribute("role", "status");
    status.setAttribute("aria-live", "polite");
    dialog.setAttribute("aria-labelledby", `${id}-title`);
    if (extra) list.classList.add("with-pictures");

    let results = [];
    let active = -1;
    let chosen = null;
    let request = null;
    let timer = 0;
    let loading = false;

    const point = (index) => {
      active = index;
      for (const [at, option] of [...list.children].entries()) {
        option.setAttribute("aria-selected", String(at === index));
        if (at === index) option.scrollIntoView({ block: "nearest" });
      }
      if (index < 0) field.removeAttribute("aria-activedescendant");
      else field.setAttribute("aria-activedescendant", list.children[index].id);
      if (extra && index >= 0) chosen = results[index];
    };

    const take = (index) => {
      if (!results[index]) return;
      point(index);
      chosen = results[index];
      if (extra) extra.focus(chosen);
      else finish();
    };

    const finish = () => {
      if (!chosen) {
        status.textContent = words.chooseOne;
        field.focus();
        return;
      }
      dialog.close();
      choose(chosen);
    };

    const show = (offered) => {
      results = offered;
      list.replaceChildren(
        ...offered.map((result, index) => {
          const option = node("li", { id: `${id}-${index}` }, ...row(result));
          option.setAttribute("role", "option");
          option.addEventListener("click", () => take(index));
          return option;
        }),
      );
      point(offered.length && !extra ? 0 : offered.findIndex((result) => chosen && result.id === chosen.id));
      status.textContent = offered.length ? words.found.replace("%(count)s", offered.length) : words.nothing;
    };

    const search = async () => {
      request?.abort();
      request = new AbortController();
      const { signal } = request;
      const url = new URL(address, location.href);
      url.searchParams.set("q", field.value);
      const story = location.pathname.match(/\/story\/(\d+)\//);
      if (story) url.searchParams.set("sauf", story[1]);
      status.textContent = words.searching;
      loading = true;
      try {
        const answer = await fetch(url, { signal });
        if (!answer.ok || answer.redirected) throw new Error(answer.status);
        const { results: offered } = await answer.json();
        if (signal.aborted) return;
        loading = false;
        show(offered);
      } catch {
        if (signal.aborted) return;
        loading = false;
        results = [];
        list.replaceChildren();
        point(-1);
        status.textContent = words.offline;
      }
    };

    field.addEventListener("input", () => {
      clearTimeout(timer);
      loading = true; // what is listed answers to other words: Enter waits
      if (extra) chosen = null;
      timer = setTimeout(search, LAG);
    });
    field.addEventListener("keydown", (event) => {
      const last = results.length - 1;
      const moves = { ArrowDown: Math.min(active + 1, last), ArrowUp: Math.max(active - 1, 0) };
      if (event.key in moves && results.length) {
        event.preventDefault();
        point(moves[event.key]);
      } else if (event.key === "Enter" && !event.isComposing) {
        event.preventDefault();
        if (loading) return;
        if (active < 0 && chosen) finish();
        else if (active < 0) take(0);
        else take(active);
      }
    });
    extra?.element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      finish();
    });
    insert.addEventListener("click", finish);
    cancel.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      clearTimeout(timer);
      request?.abort();
      editor.focus();
    });
    editor.on("destroy", () => dialog.remove());
    document.body.append(dialog);

    return {
      open(current = null) {
        chosen = current;
        field.value = "";
        results = [];
        list.replaceChildren();
        dialog.showModal();
        field.focus();
        search();
      },
    };
  }

  CKEDITOR.plugins.add("redactionsearch", { node, searchDialog });
})();
