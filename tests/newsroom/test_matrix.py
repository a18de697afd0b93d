"""Every role × stage × deed over HTTP. The tables here are written by hand from DESIGN, not read from the code."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from articles.models import Article, Author, Section
from newsroom import deeds, publishing, refusals
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.models import Story
from newsroom.stories import content, saving
from newsroom.workflow import Deed

from .desk import at_the_desk, undone
from .stages import CHIEF, COLLEAGUE, EDITOR, SUB, WRITER, bring_to
from .story_post import typed

pytestmark = pytest.mark.django_db

PHOTO_EDITOR, ELSEWHERE = "photo editor", "editor of another section"
WITHOUT_A_ROLE = ["signed out", "superuser without a role", "outsider"]
ACTORS = [WRITER, COLLEAGUE, SUB, EDITOR, CHIEF, PHOTO_EDITOR, ELSEWHERE, *WITHOUT_A_ROLE]
AUTHORS = {WRITER, EDITOR, CHIEF}
AUTHORITY = {EDITOR, CHIEF}
DESK = {SUB, EDITOR, CHIEF}

NOT_LIVE = ["draft", "review", "ready", "scheduled", "spiked"]
LIVE = ["draft+live", "review+live", "ready+live", "scheduled+live", "published+live", "flashed+live"]
STATES = [*NOT_LIVE, *LIVE]

# deed → whose it is, whatever the stage
WHOSE: dict[str, set[str]] = {
    "submit": AUTHORS, "take-back": {WRITER}, "send-back": DESK, "approve": DESK, "reopen": DESK, "schedule": AUTHORITY,
    "unschedule": AUTHORITY, "publish": AUTHORITY, "flash": {CHIEF}, "look": DESK, "revise": AUTHORS,
    "abandon": AUTHORS, "correct": AUTHORITY, "withdraw": AUTHORITY, "spike": AUTHORITY, "revive": AUTHORITY,
}  # fmt: skip
# deed → the states it is for
WHEN: dict[str, set[str]] = {
    "submit": {"draft", "draft+live"},
    "take-back": {"review", "review+live"},
    "send-back": {"review", "ready", "review+live", "ready+live"},
    "approve": {"review", "review+live"},
    "reopen": {"ready", "scheduled", "ready+live", "scheduled+live"},
    "schedule": {"ready", "ready+live"},
    "unschedule": {"scheduled", "scheduled+live"},
    "publish": {"ready", "scheduled", "ready+live", "scheduled+live"},
    "flash": {"draft", "review"},
    "look": {"flashed+live"},
    "revise": {"published+live", "flashed+live"},
    "abandon": {"draft+live", "review+live", "ready+live"},
    "correct": set(LIVE),
    "withdraw": set(LIVE),
    "spike": {"draft", "review", "ready"},
    "revive": {"spiked"},
}
# four eyes: what is theirs by their role, but was done by themselves (everything here goes through the chief)
BY_THEMSELVES = {("look", "flashed+live", CHIEF)}
TARGET = {
    "submit": "review", "take-back": "draft", "send-back": "draft", "approve": "ready", "reopen": "review",
    "schedule": "scheduled", "unschedule": "ready", "publish": "published", "flash": "published", "look": "published",
    "revise": "draft", "abandon": "published", "correct": "published", "withdraw": "draft", "spike": "spiked",
    "revive": "draft",
}  # fmt: skip
WITH_A_PAGE_OF_ITS_OWN = {"schedule", "correct", "withdraw"}


def may(actor: str, deed: str, state: str) -> bool:
    return actor in WHOSE[deed] and state in WHEN[deed] and (deed, state, actor) not in BY_THEMSELVES


def answer_to_a_post(actor: str, deed: str, state: str) -> int:
    """302 when the deed is done or refused on its story, 409 on the page of the deed, 403 or 404 without a right."""
    if actor in WITHOUT_A_ROLE:
        return 403
    if actor == ELSEWHERE:
        return 404
    if may(actor, deed, state):
        return 302
    if actor not in WHOSE[deed] or (deed, state, actor) in BY_THEMSELVES:
        return 403
    asks = deed in WITH_A_PAGE_OF_ITS_OWN or (deed == "publish" and state in LIVE)
    return 409 if asks else 302


def answer_to_a_get(actor: str, deed: str, state: str) -> int:
    """200 for the page of a deed that may be done, 302 to the login page without a role."""
    if actor in WITHOUT_A_ROLE:
        return 302
    if actor == ELSEWHERE:
        return 404
    return 200 if may(actor, deed, state) else 403


def test_every_deed_stands_in_the_tables_of_the_matrix() -> None:
    """No role would try a deed that is missing here."""
    for table in (WHOSE, WHEN, TARGET):
        assert set(table) == set(Deed.values)


@pytest.fixture
def people(
    journalist: User, sub_editor: User, editor: User, photo_editor: User, chief: User, outsider: User, superuser: User
) -> dict[str, User | None]:
    colleague = User.objects.create_user("colleague")
    set_standing(colleague, roles=[Role.JOURNALIST], sections=[])
    elsewhere = User.objects.create_user("elsewhere")
    set_standing(elsewhere, roles=[Role.EDITOR], sections=[Section.objects.create(name="Ailleurs", slug="ailleurs")])
    return {
        WRITER: journalist, COLLEAGUE: colleague, SUB: sub_editor, EDITOR: editor, CHIEF: chief, "signed out": None,
        "superuser without a role": superuser, "outsider": outsider, PHOTO_EDITOR: photo_editor, ELSEWHERE: elsewhere,
    }  # fmt: skip


def posted(story: Story, deed: str) -> dict[str, Any]:
    """The valid fields that the page of each deed posts."""
    if deed == "correct":
        return typed(story, headline="Le mot juste", _deed="correct", change_kind="typo")
    tomorrow = timezone.localtime() + timedelta(days=1)
    fields = {"revision": story.version, "note": "Voici pourquoi.", "notice": "", "change_kind": "update"}
    return {**fields, "when": f"{tomorrow:%Y-%m-%dT%H:%M}"}


def standing(story: Story) -> tuple[str, bool, int, int]:
    story.refresh_from_db()
    return story.stage, story.is_live, story.version, story.moves.count()


@pytest.mark.parametrize("state", STATES)
def test_each_deed_is_done_only_by_the_roles_and_in_the_stages_of_the_table(
    state: str, people: dict[str, User | None], make_story: Callable[..., Story]
) -> None:
    clients = {actor: at_the_desk(people[actor]) for actor in ACTORS}
    story = bring_to(state, make_story(by=people[WRITER]), people)
    before = standing(story)
    wrong = []
    for actor, deed in product(ACTORS, TARGET):
        with undone():  # each deed is tried on the same story
            response = clients[actor].post(f"/redaction/newsroom/story/{story.pk}/{deed}/", posted(story, deed))
            after = standing(story)
        story.refresh_from_db()
        expected = before
        if may(actor, deed, state):
            live_after = deed in ("publish", "flash") or (before[1] and deed != "withdraw")
            version_after = before[2] + (deed == "correct")
            stage_after = before[0] if deed == "correct" else TARGET[deed]
            expected = (stage_after, live_after, version_after, before[3] + 1)
        status = answer_to_a_post(actor, deed, state)
        if (after, response.status_code) != (expected, status):
            wrong.append(f"{deed} by {actor}: {response.status_code} {after}, expected {status} {expected}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("state", STATES)
def test_the_page_of_a_deed_opens_only_for_those_who_may_do_it(
    state: str, people: dict[str, User | None], make_story: Callable[..., Story]
) -> None:
    clients = {actor: at_the_desk(people[actor]) for actor in ACTORS}
    story = bring_to(state, make_story(by=people[WRITER]), people)
    before = standing(story)
    wrong = []
    for actor, deed in product(ACTORS, TARGET):
        status = clients[actor].get(f"/redaction/newsroom/story/{story.pk}/{deed}/").status_code
        if status != answer_to_a_get(actor, deed, state):
            wrong.append(f"{deed} by {actor}: {status}, expected {answer_to_a_get(actor, deed, state)}")
    assert not wrong, "\n".join(wrong)
    assert standing(story) == before


def test_readers_see_an_article_exactly_when_the_story_is_live(
    people: dict[str, User | None], make_story: Callable[..., Story]
) -> None:
    for state in STATES:
        story = bring_to(state, make_story(by=people[WRITER]), people)
        assert Article.objects.filter(pk=story.pk).exists() is story.is_live, state


def test_a_sub_editor_may_not_approve_a_story_they_wrote(
    sub_editor: User, client: Client, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=sub_editor)
    deeds.submit(story, revision=story.version, by=sub_editor)
    client.force_login(sub_editor)

    response = client.post(f"/redaction/newsroom/story/{story.pk}/approve/", {"revision": story.version, "note": "si"})

    story.refresh_from_db()
    assert response.status_code == 403
    assert story.stage == "review"


def test_an_editor_who_ordered_a_story_and_wrote_in_it_may_not_approve_it(
    editor: User, chief: User, section: Section, author: Author
) -> None:
    at_editor, at_chief = at_the_desk(editor), at_the_desk(chief)
    at_editor.post("/redaction/commande/", {"headline": "Le port sans grues", "section": section.pk})
    story = Story.objects.get()
    address = f"/redaction/newsroom/story/{story.pk}"
    assert not story.writers.exists(), "who orders a text writes none of it"

    text = typed(story, standfirst="Les grues sont parties.", body="<p>Elles reviendront.</p>")
    at_editor.post(f"{address}/change/", {**text, "bylines-0-author": author.pk})
    story.refresh_from_db()
    at_chief.post(f"{address}/submit/", {"revision": story.version})
    assert standing(story)[0] == "review"
    response = at_editor.post(f"{address}/approve/", {"revision": story.version, "note": "si"})

    assert response.status_code == 403
    assert standing(story)[0] == "review"
    assert list(story.writers.all()) == [editor]


def test_a_sub_editor_who_edited_a_story_in_review_may_approve_it(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    deeds.submit(story, revision=story.version, by=journalist)
    story.refresh_from_db()
    client, address = at_the_desk(sub_editor), f"/redaction/newsroom/story/{story.pk}"

    client.post(f"{address}/change/", typed(story, headline="Le budget de la commune tient en quatre lignes"))
    client.post(f"{address}/approve/", {"revision": 2})

    assert standing(story)[:3] == ("ready", False, 2)
    assert list(story.writers.all()) == [journalist]


def test_saving_without_a_change_or_abandoning_a_version_makes_nobody_a_writer(
    journalist: User, editor: User, make_story: Callable[..., Story], publish_story: Callable[[Story], Story]
) -> None:
    client = at_the_desk(editor)
    draft = make_story(by=journalist)
    client.post(f"/redaction/newsroom/story/{draft.pk}/change/", typed(draft))
    live = publish_story(make_story(by=journalist))
    deeds.revise(live, revision=1, by=journalist)
    live.refresh_from_db()
    saving.put_text(live, content.content_of(live) | {"headline": "Autre chose"}, by=journalist)
    client.post(f"/redaction/newsroom/story/{live.pk}/abandon/", {"revision": 2})

    assert standing(draft)[2] == 1
    assert standing(live)[:3] == ("published", True, 3)
    for story in (draft, live):
        assert list(story.writers.all()) == [journalist]


def test_an_editor_may_not_approve_a_story_they_submitted_for_somebody(
    journalist: User, editor: User, client: Client, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    deeds.submit(story, revision=story.version, by=editor)
    client.force_login(editor)

    client.post(f"/redaction/newsroom/story/{story.pk}/approve/", {"revision": story.version, "note": "si"})

    story.refresh_from_db()
    assert story.stage == "review"


def test_the_writer_of_a_flash_may_not_give_its_second_look(
    editor: User, chief: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=editor)
    publishing.flash(story, revision=story.version, by=chief, note="La digue cède.")

    with pytest.raises(refusals.NotAllowed):
        deeds.look(story, revision=story.version, by=editor)
    with pytest.raises(refusals.NotAllowed):
        deeds.look(story, revision=story.version, by=chief, note="Personne d’autre ce soir.")
    deeds.look(story, revision=story.version, by=sub_editor)

    story.refresh_from_db()
    assert not story.awaits_second_look


def test_a_chief_may_approve_alone_only_with_a_reason_and_on_record(
    chief: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=chief)
    deeds.submit(story, revision=story.version, by=chief)

    with pytest.raises(refusals.Refused):
        deeds.approve(story, revision=story.version, by=chief)
    move = deeds.approve(story, revision=story.version, by=chief, note="Personne d’autre ce soir.")

    assert move.overrides_four_eyes
    assert move.note == "Personne d’autre ce soir."
