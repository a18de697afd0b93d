// The shapes of a body that the cleaner changes (`newsroom/body/cleaning.py`), changed in the same way in the page.

(() => {
  const REFERENCES = "aside.lire-aussi, figure.image, figure.embed";
  const OWN_PLACE = `${REFERENCES}, blockquote.exergue`;
  const HOLDERS = "td, th, li, blockquote"; // they hold paragraphs and lists
  const ONE_LINERS = "caption, footer, figcaption, p, h2, h3"; // they hold words
  const SHORT_LINES = "h2, h3, figcaption"; // without line breaks
  const BLOCKS = new Set(
    "p h2 h3 ul ol li blockquote footer table caption thead tbody tfoot tr td th aside figure figcaption div".split(" "),
  );
  const LISTS = new Set(["ul", "ol"]);
  const BLANK = /[ \t\n\r\f\u00a0\u202f\u200b\ufeff]/;
  const WRONG = [
    `:is(${HOLDERS}) :is(h2, h3, blockquote, table, ${REFERENCES})`,
    `:is(${ONE_LINERS}) :is(p, h2, h3, ul, ol, table, blockquote)`,
    "blockquote > footer ~ *, blockquote > footer:first-child, table > caption ~ caption",
  ].join(", ");

  const isBlock = (node) => node.nodeType === Node.ELEMENT_NODE && BLOCKS.has(node.localName);
  const isBreak = (node) => node?.nodeName === "BR";
  const isCaret = (node) => node.nodeType === Node.ELEMENT_NODE && node.hasAttribute("data-cke-bookmark");

  // --- The shapes -------------------------------------------------------------------------------------------------

  class Shapes {
    constructor(root) {
      this.root = root;
      this.document = root.ownerDocument;
      this.behind = new Map(); // what was moved last behind each block of the text
    }

    all(selector) {
      return [...this.root.querySelectorAll(selector)].filter((node) => this.root.contains(node));
    }

    make(name, ...contents) {
      const element = this.document.createElement(name);
      element.append(...contents);
      return element;
    }

    renamed(element, name) {
      const other = this.make(name, ...element.childNodes);
      element.replaceWith(other);
      return other;
    }

    moveBehind(element) {
      const unit = element.closest(".cke_widget_wrapper") ?? element;
      let top = unit;
      while (top.parentNode !== this.root) top = top.parentNode;
      if (top === unit) return;
      this.separate(unit);
      const beside = [unit.previousElementSibling, unit.nextElementSibling];
      (this.behind.get(top) ?? top).after(unit);
      this.behind.set(top, unit);
      for (const line of beside) { // the editor makes room for a block with empty lines
        const isRoom = line?.localName === "p" && this.isEmpty(line) && !line.querySelector("[data-cke-bookmark]");
        if (isRoom && line.parentElement.children.length > 1) line.remove();
      }
    }

    // A look at the text that is short enough for every key.
    isWrong() {
      if (this.root.querySelector(":scope > :is(h2, h3)")?.localName === "h3" || this.root.querySelector(WRONG)) return true;
      if ([...this.root.querySelectorAll("br + br")].some(({ parentElement }) => this.hasDoubleBreak(parentElement))) return true;
      return [...this.root.querySelectorAll(":is(td, th, li) > :is(p, ul, ol):first-child, :is(td, th, li) > :is(p, ul, ol):last-child")].some(
        ({ parentElement }) => this.isMixed(parentElement),
      );
    }

    // The words on both sides of an element that goes away stay apart.
    separate(unit) {
      const around = unit.parentElement;
      if (around.matches(HOLDERS) || around === this.root) this.paragraphs(around);
      else if (unit.previousSibling && unit.nextSibling) unit.before(around.closest(SHORT_LINES) ? " " : this.make("br"));
    }

    // Only what is wrong is touched: the caret and the widgets stand in this text.
    place() {
      for (const element of this.all(OWN_PLACE)) this.moveBehind(element);
      for (const table of this.all("table")) {
        const holder = table.parentElement.closest(HOLDERS);
        if (!holder || !this.root.contains(holder)) continue;
        if (holder.matches("td, th")) this.lend(table);
        else this.moveBehind(table);
      }
      for (const quotation of this.all("blockquote:not(.exergue)")) {
        if (this.isHeld(quotation)) this.unwrap(quotation);
      }
      for (const heading of this.all("h2, h3")) {
        if (this.isHeld(heading)) this.renamed(heading, "p");
      }
      for (const line of this.all(ONE_LINERS)) this.flatten(line);
      for (const footer of this.all("footer")) this.placeFooter(footer);
      for (const block of this.all("p, td, th, li, caption, footer")) this.split(block);
      for (const table of this.all("table")) this.placeCaption(table);
    }

    isHeld(element) {
      const holder = element.parentElement.closest(HOLDERS);
      return holder !== null && holder !== this.root && this.root.contains(holder);
    }

    unwrap(element) {
      this.paragraphs(element);
      element.replaceWith(...element.childNodes);
    }

    // A table in a cell lends its caption and its cells, one after the other.
    lend(table) {
      const parts = [...table.querySelectorAll("caption, td, th")].filter((part) => part.closest("table") === table);
      for (const part of parts) this.paragraphs(part);
      table.replaceWith(...parts.flatMap((part) => [...part.childNodes]));
    }

    // The bare words among the children of an element as paragraphs.
    paragraphs(element) {
      for (const run of this.bareRuns(element)) {
        const paragraph = this.make("p");
        run[0].before(paragraph);
        paragraph.append(...run);
      }
    }

    bareRuns(element) {
      const runs = [[]];
      for (const child of element.childNodes) {
        if (isBlock(child)) runs.push([]);
        else runs.at(-1).push(child);
      }
      return runs.filter((run) => run.some((node) => !this.isBlank(node) && !isBreak(node)));
    }

    // Whether words stand beside paragraphs and lists. An item may begin with them, when only lists follow.
    isMixed(element) {
      const blocks = [...element.children].filter(isBlock);
      const runs = this.bareRuns(element);
      if (!blocks.length || !runs.length) return false;
      const isLine = element.localName === "li" && blocks.every((block) => LISTS.has(block.localName));
      return !isLine || runs.length > 1 || Boolean(blocks[0].compareDocumentPosition(runs[0][0]) & Node.DOCUMENT_POSITION_FOLLOWING);
    }

    // Blocks in a line are parts of it, with a line break at both ends; in a heading or a picture's caption a space.
    flatten(line) {
      const isOneLine = line.matches(SHORT_LINES);
      for (const block of [...line.querySelectorAll("*")].filter(isBlock).reverse()) {
        const edge = () => (isOneLine ? this.document.createTextNode(" ") : this.make("br"));
        const parts = [...block.childNodes];
        if (block.previousSibling && !isBreak(block.previousSibling)) parts.unshift(edge());
        if (block.nextSibling && !isBreak(block.nextSibling)) parts.push(edge());
        block.replaceWith(...parts);
      }
    }

    placeFooter(footer) {
      const quotation = footer.parentElement;
      if (!quotation) return;
      if (quotation.closest(".cke_widget_wrapper") && this.root.contains(quotation.closest(".cke_widget_wrapper"))) return;
      if (quotation.localName !== "blockquote") return this.renamed(footer, "p");
      const [first, ...others] = [...quotation.children].filter((child) => child.localName === "footer");
      for (const other of others) {
        first.append(this.make("br"), ...other.childNodes);
        other.remove();
      }
      if (first.nextElementSibling) quotation.append(first);
      if (quotation.firstElementChild === first) this.giveBack(quotation, first);
    }

    // Whoever leaves a quotation with Enter splits it before its source, which goes back to the words.
    giveBack(quotation, footer) {
      const line = quotation.previousElementSibling;
      const other = line?.localName === "p" ? line.previousElementSibling : line;
      if (other?.matches("blockquote:not(.exergue)") && !other.querySelector(":scope > footer")) other.append(footer);
      else quotation.before(this.make("p", ...footer.childNodes));
      quotation.remove();
    }

    placeCaption(table) {
      const [first, ...others] = [...table.children].filter((child) => child.localName === "caption");
      if (!first) return;
      for (const other of others) {
        first.append(this.make("br"), ...other.childNodes);
        other.remove();
      }
      if (table.firstElementChild !== first) table.prepend(first);
    }

    // A page skips no level of headings.
    raise() {
      for (const heading of this.root.querySelectorAll(":scope > :is(h2, h3)")) {
        if (heading.localName === "h2") return;
        this.renamed(heading, "h2");
      }
    }

    // --- Text that comes in: what is empty is left out, two line breaks are a new paragraph

    tidy() {
      for (const figure of this.all("figure, aside")) {
        if (!figure.matches("figure[data-image], figure[data-embed], aside[data-article]")) figure.replaceWith(...figure.childNodes);
      }
      for (const reference of this.all(REFERENCES)) this.release(reference);
      for (const list of this.all("ul, ol")) this.tidyList(list);
      this.place();
      for (const strong of this.all(":is(h2, h3) strong")) strong.replaceWith(...strong.childNodes);
      for (const line of this.all(`:is(${SHORT_LINES}) br`)) line.replaceWith(" ");
      for (const quotation of this.all("blockquote")) this.paragraphs(quotation);
      for (const block of this.all("p")) this.split(block);
      for (const line of this.all("br")) if (this.isBesideBlocks(line)) line.remove();
      for (const block of this.all(ONE_LINERS)) this.trim(block);
      for (const cell of this.all("td, th, li")) if (![...cell.children].some(isBlock)) this.trim(cell);
      for (const block of this.all("p, h2, h3, li, ul, ol, blockquote, footer, caption, figcaption, tr").reverse()) {
        const isShown = block.localName === "tr" ? block.children.length : !this.isEmpty(block);
        if (!isShown && !block.closest(REFERENCES)?.contains(block.parentNode)) block.remove();
      }
      for (const part of this.all("thead, tbody, tfoot")) if (!part.querySelector("tr")) part.remove();
      for (const table of this.all("table")) this.tidyTable(table);
      for (const footer of this.all("footer")) this.placeFooter(footer);
    }

    // A reference that was left open contains the blocks after it; a widget that is copied shows blocks of its own.
    release(reference) {
      if (reference.hasAttribute("data-cke-widget-data")) return;
      reference.after(...[...reference.childNodes].filter((child) => isBlock(child) && child.localName !== "figcaption"));
    }

    tidyList(list) {
      let last = null;
      for (const child of [...list.childNodes]) {
        const isItem = child.nodeName === "LI";
        if (isItem) last = child;
        else if (this.isBlank(child)) continue;
        else if (isBlock(child) && LISTS.has(child.localName) && last) last.append(child);
        else {
          if (!last || last.isItem !== false) {
            last = this.make("li");
            last.isItem = false;
            child.before(last);
          }
          last.append(child);
        }
      }
    }

    tidyTable(table) {
      const parts = (name) => [...table.children].filter((child) => child.localName === name);
      const [head, ...heads] = parts("thead");
      const [foot, ...feet] = parts("tfoot");
      const bodies = [...heads, ...parts("tbody"), ...feet].map((part) => (part.localName === "tbody" ? part : this.renamed(part, "tbody")));
      const ordered = [...parts("caption"), head, ...bodies, foot].filter(Boolean);
      if (!table.querySelector("tr")) table.replaceWith(...parts("caption").map((caption) => this.make("p", ...caption.childNodes)));
      else if (ordered.some((part, place) => table.children[place] !== part)) table.append(...ordered);
    }

    // Two line breaks in a row between words begin a new paragraph, and words beside paragraphs and lists are one.
    split(block) {
      const isTwice = this.hasDoubleBreak(block);
      if (block.matches("caption, footer")) {
        if (isTwice) for (const second of block.querySelectorAll("br")) if (this.followsBreak(second)) second.remove();
      } else if (block.localName !== "p") {
        if (isTwice || this.isMixed(block)) this.paragraphs(block);
        if (isTwice) for (const child of [...block.children]) if (child.localName === "p") this.split(child);
      } else if (isTwice) {
        let breaks = 0;
        let isAfterWords = false;
        for (const node of [...block.childNodes]) {
          if (isBreak(node)) breaks += 1;
          else if (!this.isSpace(node)) [breaks, isAfterWords] = [0, true];
          if (breaks !== 2 || !isAfterWords) continue;
          const next = this.make("p");
          while (node.nextSibling) next.append(node.nextSibling);
          node.previousElementSibling.remove();
          node.remove();
          block.after(next);
          while (isBreak(next.firstChild)) next.firstChild.remove();
          return this.split(next);
        }
      }
    }

    followsBreak(node) {
      let before = node.previousSibling;
      while (before && this.isSpace(before)) before = before.previousSibling;
      return isBreak(before);
    }

    isBesideBlocks(line) {
      const holder = line.parentElement;
      return holder.matches(HOLDERS) && holder.localName !== "li" && [...holder.children].some(isBlock);
    }

    hasDoubleBreak(block) {
      let breaks = 0;
      let isAfterWords = false;
      for (const node of block.childNodes) {
        if (isBreak(node)) breaks += 1;
        else if (isBlock(node)) [breaks, isAfterWords] = [0, false];
        else if (!this.isSpace(node)) {
          if (breaks > 1 && isAfterWords) return true;
          [breaks, isAfterWords] = [0, true];
        }
      }
      return false;
    }

    isSpace(node) {
      return node.nodeType === Node.COMMENT_NODE || isCaret(node) || (node.nodeType === Node.TEXT_NODE && !node.data.trim());
    }

    isBlank(node) {
      if (node.nodeType === Node.TEXT_NODE) return ![...node.data].some((sign) => !BLANK.test(sign));
      if (isCaret(node)) return true;
      return node.nodeType === Node.COMMENT_NODE && !node.data.startsWith("{cke_");
    }

    isEmpty(element) {
      if (element.querySelector(`${REFERENCES}, table, img`)) return false;
      return ![...element.textContent].some((sign) => !BLANK.test(sign));
    }

    // No line begins or ends with a line break or a space, inside bold words and links neither.
    trim(block) {
      for (const [edge, blank] of [["firstChild", /^[\s\u200b\ufeff]+/], ["lastChild", /[\s\u200b\ufeff]+$/]]) {
        let node = block[edge];
        while (node) {
          if (isBreak(node) || node.nodeType === Node.COMMENT_NODE) node.remove();
          else if (node.nodeType === Node.TEXT_NODE) {
            node.data = node.data.replace(blank, "");
            if (node.data) break;
            node.remove();
          } else if (isBlock(node) || isCaret(node)) break;
          else if (node[edge]) {
            node = node[edge];
            continue;
          } else node.remove();
          node = block;
          while (node !== null && node[edge] && !isBreak(node[edge]) && node[edge].nodeType === Node.ELEMENT_NODE && node[edge].childNodes.length) node = node[edge];
          node = node[edge];
        }
      }
    }
  }

  CKEDITOR.plugins.add("redactionshapes", { Shapes });
})();
