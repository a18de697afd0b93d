"""The rules of the checklist, which judge typed, imported and stored texts alike, and which deeds enforce."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import CreditKind, ImageCredit
from newsroom import deeds, publishing, refusals
from newsroom.checklist import points, problems
from newsroom.models import Note, Photo, Story
from newsroom.refusals import Severity
from newsroom.review import checks
from newsroom.stories import saving
from newsroom.stories.content import ContentDict, content_of
from newsroom.stories.text import read_text
from newsroom.workflow import Checklist

from .bodies import read_also
from .checklist_texts import LONG, found
from .scheduling import in_hours

pytestmark = pytest.mark.django_db


# --- Words and pictures -------------------------------------------------------------------------------------------


def test_a_complete_text_passes_every_rule(whole: ContentDict) -> None:
    kept = points(read_text(whole), Checklist.PUBLICATION)

    fields = {"headline", "standfirst", "body", "section", "bylines", "lead_photo", "topics"}
    assert {point.field for point in kept} == fields
    assert not [point.name for point in kept if point.problems]


@pytest.mark.parametrize(
    ("field", "value", "severity"),
    [
        ("headline", "", Severity.BLOCKS),
        ("headline", "Un titre " * 15, Severity.BLOCKS),
        ("headline", "Un titre " * 11, Severity.WARNS),
        ("headline", "Le port", Severity.WARNS),
        ("standfirst", "", Severity.BLOCKS),
        ("standfirst", "Trop court.", Severity.WARNS),
        ("standfirst", "Trop long. " * 40, Severity.WARNS),
        ("body", "", Severity.BLOCKS),
        ("body", "<p>Une phrase.</p>", Severity.WARNS),
        ("body", f"<h2> </h2>{LONG}", Severity.BLOCKS),
        ("body", LONG * 3, Severity.WARNS),
        ("section", None, Severity.BLOCKS),
        ("topics", [], Severity.WARNS),
        ("lead_photo", None, Severity.WARNS),
        ("lead_photo", 10**17, Severity.BLOCKS),
    ],
)
def test_a_single_fault_is_reported_at_its_field_with_its_severity(
    whole: ContentDict, field: str, value: Any, severity: Severity
) -> None:
    problem, *others = found({**whole, field: value})

    assert (problem.field, problem.severity) == (field, severity)
    assert all(other.field == field for other in others)


def test_a_text_without_a_byline_is_blocked(whole: ContentDict) -> None:
    assert [(each.field, each.severity) for each in found({**whole, "authors": []})] == [("bylines", "blocks")]


def test_a_long_text_with_crossheads_passes(whole: ContentDict) -> None:
    assert found({**whole, "body": f"{LONG}<h2>Un intertitre</h2>{LONG * 2}"}) == []


@pytest.mark.parametrize(
    "lacking",
    [
        {"alt": ""},
        {"caption": ""},
        {"credit": None},
        {"credit": ImageCredit(name="DR", kind=CreditKind.UNKNOWN), "search_note": ""},
    ],
)
@pytest.mark.parametrize("place", ["lead_photo", "body"])
def test_a_picture_without_a_description_or_a_credit_blocks_as_lead_and_in_the_body(
    whole: ContentDict, make_photo: Callable[..., Photo], lacking: dict[str, Any], place: str
) -> None:
    if lacking.get("credit"):
        lacking = {**lacking, "credit": ImageCredit.objects.create(name="DR", kind=CreditKind.UNKNOWN)}
    photo = make_photo(**lacking)
    shown = photo.pk if place == "lead_photo" else f'{LONG}\n<figure class="image" data-image="{photo.pk}"></figure>'

    assert {(each.field, each.severity) for each in found({**whole, place: shown})} == {(place, "blocks")}


def test_a_picture_that_was_deleted_from_the_library_blocks_publication_but_not_review(whole: ContentDict) -> None:
    content = {**whole, "body": f'{LONG}\n<figure class="image" data-image="999"></figure>'}

    assert [each.severity for each in found(content, Checklist.REVIEW)] == ["warns"]
    assert [each.severity for each in found(content)] == ["blocks"]


def test_a_picture_number_too_large_for_the_database_counts_as_a_missing_picture(whole: ContentDict) -> None:
    content = {**whole, "body": f'{LONG}\n<figure class="image" data-image="{"9" * 30}"></figure>'}

    assert [each.field for each in found(content)] == ["body"]


@pytest.mark.parametrize(("written", "is_told"), [(3500, False), (3850, False), (3851, True), (3149, True)])
def test_a_length_more_than_a_tenth_off_the_order_warns(
    whole: ContentDict, journalist: User, make_story: Callable[..., Story], written: int, is_told: bool
) -> None:
    story = make_story(by=journalist)
    story.characters_ordered = 3500
    body = f"<h2>Ici</h2><p>{'a' * (written - 4)}</p>"

    assert bool(found({**whole, "body": body}, story=story)) is is_told


# --- Follow-ups and replies ---------------------------------------------------------------------------------------


def refused_for(deed: Callable[..., Any], story: Story, **arguments: Any) -> list[str]:
    with pytest.raises(refusals.Refused) as refusal:
        deed(story, revision=story.version, **arguments)
    return [problem.field for problem in refusal.value.problems]


def test_a_follow_up_is_not_published_before_the_article_it_follows(
    approve_story: Callable[..., Story], editor: User, journalist: User, make_story: Callable[..., Story]
) -> None:
    story = approve_story(follows=make_story(by=journalist))

    assert refused_for(publishing.publish, story, by=editor) == ["follows"]


def test_a_follow_up_is_published_after_the_article_it_follows(
    approve_story: Callable[..., Story],
    editor: User,
    journalist: User,
    make_story: Callable[..., Story],
    publish_story: Callable[..., Story],
) -> None:
    story = approve_story(follows=publish_story(make_story(by=journalist)))

    publishing.publish(story, revision=story.version, by=editor)

    story.refresh_from_db()
    assert story.is_live


def test_a_follow_up_scheduled_before_the_article_it_follows_is_refused(
    approve_story: Callable[..., Story], editor: User
) -> None:
    first = approve_story()
    story = approve_story(follows=first)
    assert refused_for(deeds.schedule, story, by=editor, when=in_hours(3)) == ["follows"]
    deeds.schedule(first, revision=first.version, by=editor, when=in_hours(2))
    assert refused_for(deeds.schedule, story, by=editor, when=in_hours(1)) == ["follows"]

    deeds.schedule(story, revision=story.version, by=editor, when=in_hours(3))

    story.refresh_from_db()
    assert story.stage == "scheduled"


def test_an_article_that_follows_or_answers_itself_is_refused(
    whole: ContentDict, journalist: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)

    for field in ("follows", "replies_to"):
        wrong = found({**whole, field: story.pk}, Checklist.REVIEW, story=story)
        assert [(each.field, each.severity) for each in wrong] == [(field, "blocks")]


@pytest.mark.parametrize("tie", ["follows", "replies_to"])
def test_articles_that_follow_or_answer_one_another_in_a_circle_are_refused(
    tie: str,
    whole: ContentDict,
    journalist: User,
    make_story: Callable[..., Story],
    publish_story: Callable[..., Story],
) -> None:
    first = publish_story(make_story(by=journalist))
    second = publish_story(make_story(by=journalist, **{tie: first}))
    third = publish_story(make_story(by=journalist, **{tie: second}))

    assert [each.field for each in found({**whole, tie: third.pk}, story=first)] == [tie]
    assert found({**whole, tie: first.pk}, story=third) == []


def test_a_right_of_reply_to_an_unpublished_article_is_not_published(
    approve_story: Callable[..., Story], editor: User, journalist: User, make_story: Callable[..., Story]
) -> None:
    story = approve_story(replies_to=make_story(by=journalist))

    assert refused_for(publishing.publish, story, by=editor) == ["replies_to"]


def test_a_live_follow_up_may_be_corrected_after_the_article_it_follows_was_withdrawn(
    approve_story: Callable[..., Story],
    editor: User,
    journalist: User,
    make_story: Callable[..., Story],
    publish_story: Callable[..., Story],
) -> None:
    first = publish_story(make_story(by=journalist))
    story = publish_story(make_story(by=journalist, follows=first))
    publishing.withdraw(first, revision=first.version, by=editor, note="Erreur.")

    assert problems(story, Checklist.PUBLICATION) == []


# --- Colleagues ---------------------------------------------------------------------------------------------------


def test_an_open_check_blocks_publication_but_not_review(
    journalist: User, sub_editor: User, editor: User, chief: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    check = checks.ask(story, "legal", by=journalist)
    deeds.submit(story, revision=story.version, by=journalist)
    deeds.approve(story, revision=story.version, by=sub_editor)
    story.refresh_from_db()
    assert refused_for(publishing.publish, story, by=editor) == ["checks"]
    assert refused_for(deeds.schedule, story, by=editor, when=in_hours(1)) == ["checks"]

    checks.give(check, revision=story.version, by=chief)
    publishing.publish(story, revision=story.version, by=editor)

    story.refresh_from_db()
    assert story.is_live


def test_a_check_given_on_an_older_version_warns(
    journalist: User, chief: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    checks.give(checks.ask(story, "legal", by=journalist), revision=story.version, by=chief)
    content = content_of(story)
    before = [each.field for each in found(content, story=story)]

    saving.put_text(story, {**content, "headline": "Le budget de la commune tient en quatre lignes"}, by=journalist)

    after = [(each.field, each.severity) for each in found(content, story=story)]
    assert "checks" not in before
    assert ("checks", "warns") in after


def test_a_note_that_mentions_somebody_warns_until_it_is_resolved(
    journalist: User, editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    Note.objects.create(story=story, by=editor, text="Sans question.")
    asked = Note.objects.create(story=story, by=editor, text="Qui l’a dit ?")
    asked.mentions.add(journalist, editor)
    content = content_of(story)
    assert [each.severity for each in found(content, story=story) if each.field == "notes"] == ["warns"]

    Note.objects.filter(pk=asked.pk).update(resolved_at=timezone.now(), resolved_by=journalist)

    assert [each for each in found(content, story=story) if each.field == "notes"] == []


def test_a_sensitive_case_warns_and_blocks_nothing(journalist: User, make_story: Callable[..., Story]) -> None:
    story = make_story(by=journalist)
    story.is_sensitive = True

    assert [each.severity for each in found(content_of(story), story=story) if each.field == "sensitive"] == ["reminds"]
    assert problems(story, Checklist.PUBLICATION) == []


def test_the_queries_do_not_grow_with_the_references_of_a_text(
    whole: ContentDict, journalist: User, make_story: Callable[..., Story], make_photo: Callable[..., Photo]
) -> None:
    story, widths = make_story(by=journalist), count(1)

    def queries(named: int) -> int:
        others = [make_story(by=journalist).pk for _other in range(named)]
        pictures = [make_photo(size=(640 + next(widths), 480)).pk for _picture in range(named)]
        body = "\n".join(
            [LONG, *(read_also(number) for number in others)]
            + [f'<figure class="image" data-image="{number}"></figure>' for number in pictures]
        )
        with CaptureQueriesContext(connection) as asked:
            found({**whole, "body": body, "follows": others[0]}, story=story)
        return len(asked)

    assert queries(12) == queries(2) <= 6
