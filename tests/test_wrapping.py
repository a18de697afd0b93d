"""The lines of templates: within their length where HTML allows, and the same page however they are broken."""

import pytest

from tests.wrapping import LIMIT, breakable, classes_that_keep_lines, keeps_lines, wrapped, wrapped_templates

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
def test_quoted_values_translations_and_preformatted_text_are_never_broken(kept: str) -> None:
    assert LONG in wrapped(kept)


@pytest.mark.parametrize(
    "kept",
    [
        f'<p class="quiet">{{% translate "{LONG[:150]}" %}}</p>',
        f'<a class="back" href="{"x" * 150}">là</a>',
        f"{{% if one %}}{{% include 'x.html' with y='{LONG}' %}}{{% endif %}} et",
    ],
)
def test_a_line_that_stays_too_long_wherever_it_is_broken_stays_whole(kept: str) -> None:
    assert wrapped(f"  {kept}") == f"  {kept}"


def test_the_name_of_a_tag_does_not_end_a_line_when_another_place_will_do() -> None:
    html = f'<p class="quiet">{"x" * 40} <a class="button" href="{"y" * 60}">là</a></p>'

    assert wrapped(html).split("\n") == [
        f'<p class="quiet">{"x" * 40}',
        f'  <a class="button" href="{"y" * 60}">là</a></p>',
    ]


def test_the_name_of_a_tag_ends_a_line_when_that_alone_makes_it_fit() -> None:
    html = f'{"x" * 60}<a href="{"y" * 80}">là</a>'

    assert wrapped(html).split("\n") == [f"{'x' * 60}<a", f'  href="{"y" * 80}">là</a>']


def test_blocks_that_touch_are_set_on_lines_of_their_own() -> None:
    html = f"  <dt>{'x' * 60}</dt><dd>{'y' * 60}</dd>"

    assert wrapped(html).split("\n") == [f"  <dt>{'x' * 60}</dt>", f"  <dd>{'y' * 60}</dd>"]


def test_words_that_touch_are_not_parted() -> None:
    html = f"<a>{'x' * 60}</a><a>{'y' * 60}</a>"

    assert wrapped(html) == html


def test_a_trimmed_translation_is_broken_between_its_words_alone() -> None:
    message = f"{{% blocktranslate trimmed with who=one.two|person %}}{LONG} {{{{ who }}}}{{% endblocktranslate %}}"

    lines = wrapped(f"<p>{message}</p>").split("\n")

    assert max(map(len, lines)) <= LIMIT
    assert " ".join(line.strip() for line in lines) == f"<p>{message}</p>"


def test_a_trimmed_translation_is_broken_where_it_begins_and_ends_and_between_its_numbers() -> None:
    one, many = "x" * 75, "y" * 110
    html = f"{{% blocktranslate trimmed count n=a %}}{one}{{% plural %}}{many}{{% endblocktranslate %}}"

    assert wrapped(html).split("\n") == [
        f"{{% blocktranslate trimmed count n=a %}}{one}",
        "  {% plural %}",
        f"  {many}",
        "  {% endblocktranslate %}",
    ]


def test_a_template_that_was_broken_is_not_broken_again() -> None:
    html = f'{{% if a %}}<div class="{"x" * 90}"><p>{LONG}</p><p class="{"y" * 150}">{LONG}</p></div>{{% endif %}}'

    assert wrapped(wrapped(html)) == wrapped(html)


def test_a_page_that_keeps_the_lines_of_a_text_is_broken_within_tags_alone() -> None:
    html = '<p class="a" id="b">un mot</p>'

    assert [html[: place.at + 1] for place in breakable(html, in_text=False)] == ["<p ", '<p class="a" ']


def test_the_style_sheets_say_which_templates_keep_the_lines_of_a_text() -> None:
    classes = classes_that_keep_lines()

    assert {path.name for path, html, _ in wrapped_templates() if keeps_lines(html, classes)} == {
        "conflict.html",
        "differences.html",
        "passages.html",
    }


def test_a_class_that_stands_beside_a_condition_keeps_the_lines_of_its_text() -> None:
    assert keeps_lines('<p class="{% if a == "b" %}x{% endif %} verse">', {"verse"})
    assert not keeps_lines('<p class="verse-number">', {"verse"})
