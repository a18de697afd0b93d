"""The text that the checklist reads: no typed or imported body breaks its reading."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsroom import access
from newsroom.body.links import Destination
from newsroom.checklist import points
from newsroom.models import Story
from newsroom.stories.content import BLANK
from newsroom.stories.text import read_text
from newsroom.workflow import Checklist

pytestmark = pytest.mark.django_db

PIECES = st.sampled_from([
    "<p>", "</p>", "<h2>", "</h2>", '<a href="', '">', "</a>", '<aside class="lire-aussi" data-article="', "http://",
    "//", "[", "]", "@", "mailto:", "/redaction/", "/a/", "/x/y-", "1", "9" * 30, "&amp;", "\u202f", "\x00", "<",
    "figure", '"></aside>', '<figure class="image" data-image="', '"></figure>',
])  # fmt: skip
BODIES = st.lists(PIECES | st.text(max_size=6), max_size=25).map("".join)
WHOLE = ("http", "mailto:", "/")
QUIETLY = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@QUIETLY
@given(BODIES)
def test_any_body_is_read_and_checked_without_an_error(body: str) -> None:
    found = points(read_text({**BLANK, "body": body}), Checklist.PUBLICATION)

    assert any(point.field == "body" for point in found)


@QUIETLY
@given(st.text(st.characters(min_codepoint=33), max_size=40).filter(lambda typed: not typed.lower().startswith(WHOLE)))
def test_a_link_that_is_neither_a_web_address_nor_a_page_of_ours_is_invalid(address: str) -> None:
    quoted = address.replace("&", "&amp;").replace('"', "&quot;")

    (link,) = read_text({**BLANK, "body": f'<p><a href="{quoted}">ici</a></p>'}).links

    assert link.destination is Destination.NOWHERE


def test_a_text_stored_without_the_fields_of_today_follows_and_answers_nothing() -> None:
    older = {name: value for name, value in BLANK.items() if name not in ("follows", "replies_to")}

    text = read_text(older)

    assert (text.content["follows"], text.content["replies_to"]) == (None, None)


def test_a_story_one_may_not_read_counts_as_missing(
    journalist: User, outsider: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    content = {**BLANK, "follows": story.pk}

    assert access.may_view_story(journalist, story)
    assert set(read_text(content, seen_by=journalist).targets) == {story.pk}
    assert read_text(content, seen_by=outsider).targets == {}
