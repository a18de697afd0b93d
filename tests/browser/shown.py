"""What the editor shows of a body, as a line of text: its blocks in brackets, « / » for a line break."""

from playwright.sync_api import Page

SHOWN = """() => {
  const BLOCKS = new Set('p h2 h3 ul ol li blockquote footer table caption thead tbody tfoot tr td th div'.split(' '));
  const one = (node) => {
    if (node.nodeType === 3) return node.data.replace(/[\\u200b\\ufeff]/g, '').replace(/[ \\t\\n\\r\\f]+/g, ' ');
    if (node.nodeType !== 1 || node.dataset.ckeHiddenSel || node.dataset.ckeBookmark) return '';
    if (node.matches('.cke_widget_wrapper')) {
      const inner = node.querySelector('.cke_widget_element');
      if (inner.matches('aside')) return `[aside ${inner.dataset.article}]`;
      if (inner.matches('figure')) {
        const caption = inner.querySelector('figcaption');
        return `[figure ${caption ? lines(caption) : ''}]`;
      }
      const source = lines(inner.querySelector('footer'));
      return `[exergue ${many(inner.querySelector('.exergue-words'))}${source ? `[footer ${source}]` : ''}]`;
    }
    const tag = node.localName;
    if (tag === 'br') return '/';
    if (!BLOCKS.has(tag)) {
      const words = many(node);
      return words.trim() && !['span', 'font'].includes(tag) ? `<${tag}>${words}</${tag}>` : words;
    }
    const spans = [...node.attributes].filter(({ name }) => /span$|scope/.test(name)).map(({ value }) => value);
    return `[${[tag, ...spans].join(' ')} ${lines(node)}]`;
  };
  const many = (node) => [...node.childNodes].map(one).join('').replace(/<\\/(\\w+)><\\1>/g, '');
  const lines = (node) => {
    let words = many(node).replace(/ *(\\/|\\[|\\]) */g, '$1').trim();
    words = words.replace(/\\/((?:<\\/\\w+>)*)$/, '$1').trim(); // a last line break shows nothing
    const [first, ...others] = [...node.children];
    const isBare = first?.localName === 'p' && others.every((each) => node.matches('li') && each.matches('ul, ol'));
    if (isBare && node.matches('td, th, li')) words = words.replace(/^\\[p ?([^[\\]]*)\\]/, '$1');
    return words;
  };
  return lines(CKEDITOR.instances.id_body.editable().$);
}"""
THROUGH = f"""body => new Promise(done => {{
  const editor = CKEDITOR.instances.id_body;
  const shown = {SHOWN};
  editor.setData(body, {{ callback: () => done([shown(), editor.getData()]) }});
}})"""
CHUNK = 60


def through(editor: Page, bodies: list[str]) -> list[tuple[str, str]]:
    """What the editor shows of each body, and what it gives back. Many go through at once, kept apart."""
    came: list[tuple[str, str]] = []
    for place in range(0, len(bodies), CHUNK):
        chunk = bodies[place : place + CHUNK]
        shown, data = editor.evaluate(THROUGH, "<h2>§</h2>" + "<h2>§</h2>".join(chunk))
        parts = shown.split("[h2 §]")[1:], data.split("<h2>§</h2>")[1:]
        assert len(parts[0]) == len(parts[1]) == len(chunk)
        came += zip(*parts, strict=True)
    return came
