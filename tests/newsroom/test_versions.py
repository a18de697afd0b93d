"""The versions of a story over HTTP: listed, read, compared and restored only by those who may."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Author, Section, Topic
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.models import Milestone, Photo, Revision, Story
from newsroom.stories.content import content_of
from newsroom.stories.saving import put_text, record_text
from newsroom.workflow import Stage
from tests.page_text import fields_of

from .desk import at_the_desk
from .racing import at_once

pytestmark = pytest.mark.django_db


def at(story: Story, page: str) -> str:
    return f"/redaction/newsroom/story/{story.pk}/{page}"


def rewrite(story: Story, by: User, **changes: Any) -> Revision:
    """Save one more version of `story`."""
    made = put_text(story, content_of(story) | changes, by=by)
    assert made is not None
    return made


@pytest.fixture
def story(make_story: Callable[..., Story], journalist: User, editor: User) -> Story:
    """Three versions: the first title, the second, and a standfirst by an editor."""
    story = make_story(by=journalist, headline="Le premier titre")
    rewrite(story, journalist, headline="Le second titre")
    rewrite(story, editor, standfirst="Un chapô du desk.")
    return story


# --- Reading and comparing ----------------------------------------------------------------------------------------


def test_any_version_can_be_read(writing: Client, story: Story) -> None:
    assert "Le premier titre" in writing.get(at(story, "version/1/")).content.decode()
    assert writing.get(at(story, "version/9/")).status_code == 404


def test_two_versions_are_compared_word_by_word(writing: Client, story: Story) -> None:
    page = writing.get(at(story, "compare/?avant=1&apres=3")).content.decode()

    assert "premier</del>" in page
    assert "second</ins>" in page
    assert "Un chapô du desk" in page


def test_the_last_two_versions_are_compared_when_none_is_named(writing: Client, story: Story) -> None:
    page = writing.get(at(story, "compare/"))

    assert (page.context["before"].number, page.context["after"].number) == (2, 3)
    assert [change.name for change in page.context["comparison"].changed] == ["standfirst"]


def test_the_older_version_comes_first_in_a_comparison_whatever_the_order_of_the_query(
    writing: Client, story: Story
) -> None:
    page = writing.get(at(story, "compare/?avant=3&apres=1"))

    assert (page.context["before"].number, page.context["after"].number) == (1, 3)


@pytest.mark.parametrize(("page", "form"), [("versions/", "all-versions"), ("compare/", "versions-pick")])
def test_the_versions_chosen_in_a_form_are_the_ones_compared(
    writing: Client, story: Story, page: str, form: str
) -> None:
    fields = fields_of(writing.get(at(story, page)), form)

    compared = writing.get(at(story, "compare/"), dict(zip(fields, ("1", "2"), strict=True)))

    assert (compared.context["before"].number, compared.context["after"].number) == (1, 2)


@pytest.mark.parametrize("asked", ["avant=1&apres=9", "avant=9&apres=99", "avant=7"])
def test_an_unknown_version_answers_404(writing: Client, story: Story, asked: str) -> None:
    assert writing.get(at(story, f"compare/?{asked}")).status_code == 404


@pytest.mark.parametrize("asked", ["avant=", "avant=x&apres=-1", "avant=" + "9" * 30, "avant=1&avant=2&apres=%00"])
def test_an_invalid_version_number_does_not_break_a_comparison(writing: Client, story: Story, asked: str) -> None:
    assert writing.get(at(story, f"compare/?{asked}")).status_code == 200


def test_the_list_shows_milestones_and_folds_the_versions_between(
    writing: Client, story: Story, journalist: User, editor: User
) -> None:
    for number in range(4, 10):
        rewrite(story, journalist, kicker=f"Surtitre {number}")
    Revision.objects.filter(story=story, number=5).update(milestone=Milestone.SUBMITTED)

    stretches = writing.get(at(story, "versions/")).context["stretches"]

    assert [[revision.number for revision in stretch.revisions] for stretch in stretches] == [
        [9], [8], [7, 6], [5], [4, 3, 2, 1],
    ]  # fmt: skip
    assert [stretch.stands_out for stretch in stretches] == [True, True, False, True, False]


def test_a_version_is_listed_with_every_milestone_it_was(
    client: Client, journalist: User, make_story: Callable[..., Story], publish_story: Callable[[Story], Story]
) -> None:
    story = publish_story(make_story(by=journalist))
    rewrite(story, journalist, kicker="Une suite")
    client.force_login(journalist)

    for page in ("versions/", "version/1/", "compare/?avant=1&apres=2", "change/"):
        assert "Soumise, validée, pub" in client.get(at(story, page)).content.decode(), page
    assert "Soumise" not in client.get(at(story, "version/2/")).content.decode()


def test_the_page_of_the_story_shows_its_history_and_links_to_comparisons(writing: Client, story: Story) -> None:
    page = writing.get(at(story, "change/")).content.decode()

    assert all(address in page for address in (at(story, "versions/"), at(story, "compare/"), at(story, "version/3/")))


def test_a_story_of_500_versions_opens_in_a_few_queries_and_without_their_texts(
    writing: Client, make_story: Callable[..., Story], journalist: User
) -> None:
    few, many = make_story(by=journalist), make_story(by=journalist)
    now, content = timezone.now(), content_of(many)
    Revision.objects.bulk_create(
        Revision(story=many, number=number, content=content, by=journalist, at=now) for number in range(2, 501)
    )
    Story.objects.filter(pk=many.pk).update(version=500)

    def queries(page: str, story: Story) -> list[str]:
        with CaptureQueriesContext(connection) as found:
            assert writing.get(at(story, page)).status_code == 200
        return [query["sql"] for query in found.captured_queries]

    for page in ("change/", "versions/", "compare/?avant=1&apres=500"):
        asked = queries(page, many)
        if page != "compare/?avant=1&apres=500":
            assert len(asked) <= len(queries(page, few)), page
            texts = [sql for sql in asked if '"newsroom_revision"."content"' in sql]
            assert all(sql.endswith("LIMIT 1") for sql in texts), page
    assert len(queries("versions/", many)) < 15
    assert len(queries("compare/?avant=1&apres=500", many)) < 15


# --- Whose they are -----------------------------------------------------------------------------------------------

PAGES = ["versions/", "version/1/", "version/1/restore/", "compare/", "compare/?avant=1&apres=2"]


@pytest.mark.parametrize("page", PAGES)
def test_the_versions_of_a_story_of_another_section_answer_404(client: Client, story: Story, page: str) -> None:
    elsewhere = User.objects.create_user("ailleurs")
    set_standing(elsewhere, roles=[Role.EDITOR], sections=[Section.objects.create(name="Ailleurs", slug="ailleurs")])
    client.force_login(elsewhere)

    there = client.get(at(story, page))

    assert there.status_code == client.get(f"/redaction/newsroom/story/999999/{page}").status_code == 404
    assert client.post(at(story, page), {"based_on": story.version}).status_code == 404
    assert not [word for word in ("premier titre", "second titre", "chapô du desk") if word in there.content.decode()]


@pytest.mark.parametrize("page", PAGES)
def test_a_login_without_a_role_sees_no_version(client: Client, story: Story, outsider: User, page: str) -> None:
    assert client.get(at(story, page)).status_code == 302
    client.force_login(outsider)
    assert client.get(at(story, page)).status_code == 302


# --- Restoring ----------------------------------------------------------------------------------------------------


def test_restoring_a_version_shows_the_changes_first(writing: Client, story: Story) -> None:
    page = writing.get(at(story, "version/1/restore/"))

    assert [change.name for change in page.context["comparison"].changed] == ["headline", "standfirst"]
    story.refresh_from_db()
    assert (story.headline, story.version) == ("Le second titre", 3)


def test_restoring_a_version_makes_a_new_one(writing: Client, story: Story, journalist: User) -> None:
    response = writing.post(at(story, "version/1/restore/"), {"based_on": "3"})

    story.refresh_from_db()
    assert response.status_code == 302
    assert (story.headline, story.version) == ("Le premier titre", 4)
    latest, first = story.revisions.get(number=4), story.revisions.get(number=1)
    assert (latest.content, latest.by) == (first.content, journalist)


def test_restoring_over_a_text_that_changed_meanwhile_is_refused(writing: Client, story: Story, editor: User) -> None:
    rewrite(story, editor, headline="Entre-temps")

    response = writing.post(at(story, "version/1/restore/"), {"based_on": "3"})

    story.refresh_from_db()
    assert response.status_code == 409
    assert "Entre-temps" in response.content.decode()
    assert (story.headline, story.version) == ("Entre-temps", 4)


@pytest.mark.parametrize("number", ["", "x", "9" * 30])
def test_restoring_a_forged_version_is_refused(writing: Client, story: Story, number: str) -> None:
    assert writing.post(at(story, "version/1/restore/"), {"based_on": number}).status_code == 409
    story.refresh_from_db()
    assert story.version == 3


@pytest.mark.parametrize("stage", [Stage.REVIEW, Stage.READY, Stage.PUBLISHED, Stage.SPIKED])
def test_only_those_who_may_edit_the_text_may_restore_a_version(
    writing: Client, story: Story, sub_editor: User, stage: Stage
) -> None:
    Story.objects.filter(pk=story.pk).update(stage=stage)
    desk = at_the_desk(sub_editor)

    assert writing.get(at(story, "version/1/restore/")).status_code == 403
    assert writing.post(at(story, "version/1/restore/"), {"based_on": "3"}).status_code == 403
    by_the_desk = desk.post(at(story, "version/1/restore/"), {"based_on": "3"}).status_code
    assert by_the_desk == (302 if stage is Stage.REVIEW else 403)


def test_restoring_leaves_out_deleted_topics_and_pictures_and_names_them(
    writing: Client,
    make_story: Callable[..., Story],
    make_photo: Callable[..., Photo],
    journalist: User,
    author: Author,
) -> None:
    topic, other = (Topic.objects.create(name=name, slug=name.lower()) for name in ("Digues", "Ports"))
    gone = Author.objects.create(name="Samuel Oyono", slug="samuel-oyono")
    section = Section.objects.create(name="Culture", slug="culture")
    photo = make_photo()
    story = make_story(
        by=journalist, lead_photo=photo, topics=[topic.pk, other.pk], authors=[gone.pk, author.pk], section=section
    )
    kept = Section.objects.get(slug="politique")
    rewrite(story, journalist, headline="Autre", lead_photo=None, topics=[], authors=[author.pk], section=kept.pk)
    for row in (topic, gone, section, photo):
        row.delete()

    page = writing.get(at(story, "version/1/restore/"))
    writing.post(at(story, "version/1/restore/"), {"based_on": "2"})

    assert len(page.context["gone"]) == 4
    story.refresh_from_db()
    assert story.version == 3
    assert (story.section, story.lead_photo) == (kept, None)
    assert list(story.topics.all()) == [other]
    assert [byline.author for byline in story.bylines.all()] == [author]
    assert story.headline != "Autre"


def test_restoring_does_not_move_a_story_to_another_section(client: Client, story: Story, section: Section) -> None:
    elsewhere = Section.objects.create(name="Ailleurs", slug="ailleurs")
    Revision.objects.filter(story=story, number=1).update(
        content=content_of(story) | {"section": elsewhere.pk, "headline": "Le premier titre"}
    )
    tied = User.objects.create_user("tenue")
    set_standing(tied, roles=[Role.EDITOR], sections=[section])
    client.force_login(tied)

    client.post(at(story, "version/1/restore/"), {"based_on": "3"})

    story.refresh_from_db()
    assert (story.headline, story.section) == ("Le premier titre", section)


def test_restoring_a_version_equal_to_the_current_one_makes_no_new_one(writing: Client, story: Story) -> None:
    response = writing.post(at(story, "version/3/restore/"), {"based_on": "3"})

    story.refresh_from_db()
    assert response.status_code == 302
    assert story.version == 3


def test_an_older_revision_without_the_fields_of_today_is_restored(
    writing: Client, story: Story, journalist: User
) -> None:
    first = story.revisions.get(number=1)
    older = {name: value for name, value in first.content.items() if name not in ("follows", "replies_to")}
    Revision.objects.filter(pk=first.pk).update(content=older)

    writing.post(at(story, "version/1/restore/"), {"based_on": "3"})

    story.refresh_from_db()
    assert story.headline == "Le premier titre"
    assert record_text(story, by=journalist) is None


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_restore_at_once_the_second_is_refused(story: Story, journalist: User, editor: User) -> None:
    def restore(by: User, version: int) -> int:
        client = at_the_desk(by)
        return client.post(at(story, f"version/{version}/restore/"), {"based_on": "3"}).status_code

    done = at_once(lambda: restore(journalist, 1), lambda: restore(editor, 2))

    story.refresh_from_db()
    assert sorted(map(str, done)) == ["302", "409"]
    assert story.version == story.revisions.count() == 4
