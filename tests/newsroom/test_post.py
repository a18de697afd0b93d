"""Reading a text from a posted form and writing a text as a form posts it are inverse."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from articles.models import Author, Topic
from newsroom import body
from newsroom.admin.forms.post import choose, for_hand, make_post, read_by_hand, typed_content
from newsroom.editing.merge import blocks_of
from newsroom.models import Story
from newsroom.stories.content import content_of

LINES = st.text("ab <>&;é\u00a0", min_size=1, max_size=20)
BLOCKS = st.one_of(
    LINES.map(lambda text: f"<p>{text.replace('&', '&amp;').replace('<', '&lt;')}</p>"),
    LINES.map(lambda text: f"<p>un <strong>mot</strong> {text.replace('&', '&amp;').replace('<', '&lt;')}</p>"),
    st.sampled_from([
        "<h2>Un intertitre</h2>", "<ul><li>Un</li></ul>", '<aside class="lire-aussi" data-article="3"></aside>',
        "<p>&lt;strong&gt; est une balise &amp;amp; une entité</p>", "<p>Un<br>deux</p>",
        "<p>&lt;p&gt; ouvre un paragraphe</p>",
        '<blockquote class="exergue"><p>Oui.</p></blockquote>',
    ]),
)  # fmt: skip


@given(st.lists(BLOCKS, max_size=5))
def test_a_passage_offered_for_rewriting_and_left_untouched_does_not_change(blocks: list[str]) -> None:
    html = body.clean("\n".join(blocks))

    assert body.clean(read_by_hand(for_hand(blocks_of(html)))) == html


def test_markup_typed_in_a_passage_is_escaped() -> None:
    assert for_hand(["<p>Trois &lt; quatre &amp; cinq</p>"]) == "Trois < quatre & cinq"
    assert read_by_hand("Trois < quatre & cinq\r\n\r\n<script>alert(1)</script>") == (
        "<p>Trois &lt; quatre &amp; cinq</p>\n<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"
    )


@pytest.mark.django_db
def test_a_text_survives_the_form_that_saves_it(
    make_story: Callable[..., Story], journalist: User, topic: Topic, author: Author
) -> None:
    other = Author.objects.create(name="Samuel Oyono", slug="samuel-oyono")
    story = make_story(by=journalist, topics=[topic.pk], authors=[other.pk, author.pk], kicker="Un < deux & trois")
    content = content_of(story)

    posted = make_post(content, QueryDict("new_note=Un+mot&_deed=submit&based_on=40"), story)

    assert typed_content(posted, content) == content
    assert (posted["based_on"], posted["new_note"]) == (str(story.version), "Un mot")
    assert "_deed" not in posted


@pytest.mark.django_db
def test_fields_that_the_page_did_not_hold_are_not_posted(make_story: Callable[..., Story], journalist: User) -> None:
    content = content_of(make_story(by=journalist))

    assert typed_content(QueryDict("headline=Un%0D%0Atitre"), content) == {"headline": "Un titre", "topics": []}


@pytest.mark.django_db
def test_forged_choices_are_ignored(make_story: Callable[..., Story], journalist: User) -> None:
    story = make_story(by=journalist)
    forged = QueryDict(
        "_choices=stage&_choices=body&_choices=authors&_choices=section&choice-section=mine&mine-section=" + "9" * 30
        + "&mine-authors=x,,-1&piece=%3Fbody-7&piece=%3F&based_on=1"
    )  # fmt: skip

    made = choose(forged, story)

    assert "stage" not in made
    assert (made["body"], made["section"], made["based_on"]) == ("", "", "1")
