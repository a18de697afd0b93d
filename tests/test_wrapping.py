"""The lines of templates: within their length where HTML allows, and the same page however they are broken."""

import pytest

from tests.wrapping import LIMIT, breakable, wrapped, wrapped_templates

LONG = " ".join(["mot"] * 60)


def test_no_template_has_a_line_that_is_too_long_and_could_be_broken() -> None:
    assert [path.name for path, now, then in wrapped_templates() if now != then] == [], "make format"


def test_the_attributes_of_a_tag_are_set_on_lines_of_their_own() -> None:
    tag = f'<a class="{"x" * 60}" href="{"y" * 60}">là</a>'

    assert wrapped(f"  {tag}").split("\n") == [f'  <a class="{"x" * 60}"', f'    href="{"y" * 60}">là</a>']


def test_text_whose_spaces_collapse_is_broken_at_a_space() -> None:
    lines = wrapped(f"<p>{LONG}</p>").split("\n")

    assert max(map(len, lines)) <= LIMIT
    assert " ".join(line.strip() for line in lines) == f"<p>{LONG}</p>"


@pytest.mark.parametrize(
    "kept",
    [
        f'<img alt="{LONG}">',
        f"{{% blocktranslate %}}{LONG}{{% endblocktranslate %}}",
        f"{{% include 'x.html' with y='{LONG}' %}}",
        f"{{# {LONG} #}}",
        f"<pre>{LONG}</pre>",
        f"<textarea>{LONG}</textarea>",
        f"<script>{LONG}</script>",
        f"""<a data-words="{{% translate "{LONG}" %}}">""",
    ],
)
def test_what_would_say_something_else_when_broken_stays_on_its_line(kept: str) -> None:
    assert LONG in wrapped(kept)


def test_a_page_that_keeps_the_lines_of_a_text_is_broken_within_tags_alone() -> None:
    html = '<p class="a" id="b">un mot</p>'

    assert [html[: place + 1] for place in breakable(html, in_text=False)] == ["<p ", '<p class="a" ']
