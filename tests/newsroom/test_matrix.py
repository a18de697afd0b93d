"""Every role × stage × deed over HTTP. The table here is written by hand from DESIGN, not read from the code."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from articles.models import Article, Section
from newsroom import deeds, publishing
from newsroom.access import Role
from newsroom.models import Move, Story
from newsroom.staff import set_standing

pytestmark = pytest.mark.django_db

WRITER, COLLEAGUE, SUB, EDITOR, CHIEF = "writer", "colleague", "sub-editor", "editor", "chief"
AUTHORITY = {EDITOR, CHIEF}
DESK = {SUB, EDITOR, CHIEF}
NOBODYS = ["signed out", "superuser without a role", "outsider", "photo editor", "editor of another section"]
ACTORS = [WRITER, COLLEAGUE, SUB, EDITOR, CHIEF, *NOBODYS]

STATES = ["draft", "review", "ready", "spiked", "draft+live", "review+live", "ready+live", "published+live"]

# deed → state → who may
MAY: dict[str, dict[str, set[str]]] = {
    "submit": {"draft": {WRITER, *AUTHORITY}, "draft+live": {WRITER, *AUTHORITY}},
    "send-back": dict.fromkeys(("review", "ready", "review+live", "ready+live"), DESK),
    "approve": {"review": DESK, "review+live": DESK},
    "reopen": {"ready": DESK, "ready+live": DESK},
    "publish": {"ready": AUTHORITY, "ready+live": AUTHORITY},
    "revise": {"published+live": {WRITER, *AUTHORITY}},
    "abandon": {state: {WRITER, *AUTHORITY} for state in ("draft+live", "review+live", "ready+live")},
    "withdraw": dict.fromkeys(("draft+live", "review+live", "ready+live", "published+live"), AUTHORITY),
    "spike": dict.fromkeys(("draft", "review", "ready"), AUTHORITY),
    "revive": {"spiked": AUTHORITY},
}
TARGET = {
    "submit": "review", "send-back": "draft", "approve": "ready", "reopen": "review", "publish": "published",
    "revise": "draft", "abandon": "published", "withdraw": "draft", "spike": "spiked", "revive": "draft",
}  # fmt: skip


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
        "superuser without a role": superuser, "outsider": outsider, "photo editor": photo_editor,
        "editor of another section": elsewhere,
    }  # fmt: skip


def bring_to(state: str, story: Story, people: dict[str, User | None]) -> Story:
    """Move a new draft to `state` by real deeds, submitted by the writer, approved and published by a chief."""
    by = {"writer": people[WRITER], "chief": people[CHIEF]}

    def do(deed: Callable[..., Move], who: str, **said: str) -> None:
        story.refresh_from_db()
        deed(story, revision=story.version, by=by[who], **said)

    stage, _plus, live = state.partition("+")
    if live:
        do(deeds.submit, "writer")
        do(deeds.approve, "chief")
        do(publishing.publish, "chief")
        if stage != "published":
            do(deeds.revise, "writer")
    if stage in ("review", "ready"):
        do(deeds.submit, "writer")
    if stage == "ready":
        do(deeds.approve, "chief")
    if stage == "spiked":
        do(deeds.spike, "chief")
    story.refresh_from_db()
    assert (story.stage, story.is_live) == (stage, bool(live))
    return story


@pytest.mark.parametrize("actor", ACTORS)
def test_each_deed_is_done_by_those_who_may_in_the_stages_of_the_table_and_by_nobody_else(
    actor: str, people: dict[str, User | None], make_story: Callable[..., Story]
) -> None:
    client = Client()
    user = people[actor]
    if user is not None:
        client.force_login(user)
    wrong = []
    for state in STATES:
        for deed, states in MAY.items():
            story = bring_to(state, make_story(by=people[WRITER]), people)
            before = (story.stage, story.is_live, story.moves.count())
            response = client.post(
                f"/redaction/newsroom/story/{story.pk}/{deed}/",
                {"revision": story.version, "note": "Voici pourquoi.", "notice": "", "change_kind": "update"},
            )
            story.refresh_from_db()
            after = (story.stage, story.is_live, story.moves.count())
            if actor in states.get(state, ()):
                live_after = deed == "publish" or (story.is_live and deed != "withdraw")
                expected = (TARGET[deed], live_after, before[2] + 1)
            else:
                expected = before
            if after != expected or response.status_code >= 500:
                wrong.append(f"{deed} in {state}: {response.status_code}, {after}, expected {expected}")
    assert not wrong


def test_readers_see_an_article_exactly_when_the_story_is_live(
    people: dict[str, User | None], make_story: Callable[..., Story]
) -> None:
    for state in STATES:
        story = bring_to(state, make_story(by=people[WRITER]), people)
        assert Article.objects.filter(pk=story.pk).exists() is story.is_live, state


def test_a_sub_editor_does_not_approve_what_they_wrote(
    sub_editor: User, client: Client, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=sub_editor)
    deeds.submit(story, revision=story.version, by=sub_editor)
    client.force_login(sub_editor)

    response = client.post(f"/redaction/newsroom/story/{story.pk}/approve/", {"revision": story.version, "note": "si"})

    story.refresh_from_db()
    assert response.status_code == 403
    assert story.stage == "review"


def test_an_editor_does_not_approve_what_they_submitted_for_somebody(
    journalist: User, editor: User, client: Client, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    deeds.submit(story, revision=story.version, by=editor)
    client.force_login(editor)

    client.post(f"/redaction/newsroom/story/{story.pk}/approve/", {"revision": story.version, "note": "si"})

    story.refresh_from_db()
    assert story.stage == "review"


def test_a_chief_approves_alone_only_with_a_reason_and_on_record(chief: User, make_story: Callable[..., Story]) -> None:
    story = make_story(by=chief)
    deeds.submit(story, revision=story.version, by=chief)

    with pytest.raises(deeds.Refused):
        deeds.approve(story, revision=story.version, by=chief)
    move = deeds.approve(story, revision=story.version, by=chief, note="Personne d’autre ce soir.")

    assert move.overrides_four_eyes
    assert move.note == "Personne d’autre ce soir."
