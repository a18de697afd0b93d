"""The page of a story takes few queries, however many versions and attached rows the story has."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from newsroom.editing import autosave
from newsroom.models import Check, Presence, Revision, Story
from newsroom.review import checks, notes, share_links
from newsroom.stories import attached

from .desk import at_the_desk

pytestmark = pytest.mark.django_db

VERSIONS = 500


def page(story: Story) -> str:
    return f"/redaction/newsroom/story/{story.pk}/change/"


@pytest.fixture
def old(make_story: Callable[..., Story], journalist: User) -> Story:
    """A draft that was saved five hundred times."""
    story = make_story(by=journalist)
    content = story.revisions.get().content
    now = timezone.now()
    Revision.objects.bulk_create(
        Revision(story=story, number=number, content=content, by=journalist, at=now)
        for number in range(2, VERSIONS + 1)
    )
    Story.objects.filter(pk=story.pk).update(version=VERSIONS)
    story.refresh_from_db()
    return story


@pytest.mark.parametrize("login", ["journalist", "sub_editor", "editor", "chief", "photo_editor"])
def test_a_story_of_five_hundred_versions_opens_in_under_fifteen_queries(
    login: str, old: Story, request: pytest.FixtureRequest, django_assert_max_num_queries: Any
) -> None:
    client = at_the_desk(request.getfixturevalue(login))

    with django_assert_max_num_queries(14):
        response = client.get(page(old))

    assert response.status_code == 200
    assert f"{VERSIONS}" in response.content.decode()


def test_the_attached_rows_of_a_story_take_one_query_a_kind(
    old: Story, journalist: User, editor: User, chief: User, django_assert_max_num_queries: Any
) -> None:
    for _time in range(5):
        notes.write_note(old, by=editor, text="@journaliste, la source ?")
        autosave.keep({"headline": ["Tapé"]}, by=editor, page=autosave.new_page(), story=old, based_on=1)
        share_links.make_link(old, revision=VERSIONS, reader="Maître Laâlej", lasts=timedelta(days=2), by=chief)
    for kind in Check.Kind.values:
        checks.ask(old, kind, by=journalist)
    Presence.objects.create(story=old, user=journalist, page=autosave.new_page(), seen_at=timezone.now())
    client = at_the_desk(editor)

    with django_assert_max_num_queries(24):
        assert client.get(page(old)).status_code == 200


@pytest.mark.parametrize("name", attached.ATTACHED_ROWS)
def test_a_new_story_is_known_to_have_no_attached_rows(
    name: str, make_story: Callable[..., Story], journalist: User
) -> None:
    story = make_story(by=journalist)

    assert attached.may_have_attached(story, name)  # read without the annotation, it may have some
    assert not attached.may_have_attached(attached.with_attached(Story.objects.all(), journalist).get(), name)


def test_a_story_is_known_to_have_attached_rows(
    make_story: Callable[..., Story], journalist: User, editor: User
) -> None:
    story = make_story(by=journalist)
    make_story(by=journalist, follows=story)
    notes.write_note(story, by=editor, text="@journaliste, la source ?")
    autosave.keep({"headline": ["Tapé"]}, by=journalist, page=autosave.new_page(), story=story, based_on=1)
    Presence.objects.create(story=story, user=editor, page=autosave.new_page(), seen_at=timezone.now())
    checks.ask(story, Check.Kind.SOURCE, by=journalist)

    found = attached.with_attached(Story.objects.all(), journalist).get(pk=story.pk)

    for name in ("checks", "notes", "questions", "kept_texts", "company", "named_follows"):
        assert attached.may_have_attached(found, name), name
    assert not attached.may_have_attached(found, "links")
