"""What a deed holds is held at once and in one order, before anything is decided: stories, pictures, then articles."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from newsroom import deeds, publishing
from newsroom.deeds import ChangeNotice
from newsroom.models import Photo, Story
from newsroom.workflow import ChangeKind

from .desk import at_the_desk, deed_address
from .racing import at_once
from .story_post import address, typed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]
Make = Callable[..., Any]
LOCK = re.compile(r'FROM "(\w+)".* FOR (?:NO KEY )?UPDATE', re.DOTALL)
ORDER = ["newsroom_story", "newsroom_photo", "articles_imagecredit", "articles_article"]
ROUNDS = 12


@contextmanager
def locks_taken() -> Iterator[list[tuple[str, set[int]]]]:
    """The tables of the locks that are taken, in order, each with the numbers that it asks for."""
    taken: list[tuple[str, set[int]]] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if found := LOCK.search(sql):
            taken.append((found[1], {number for number in params or () if isinstance(number, int)}))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield taken


def assert_in_order(taken: list[tuple[str, set[int]]]) -> None:
    """Fails unless the first lock on stories asks for all of them, and no table comes before another of ORDER."""
    held: dict[str, set[int]] = {}
    for table, numbers in taken:
        if table not in ORDER:
            continue
        is_new = not numbers <= held.get(table, set())
        later = [other for other in ORDER[ORDER.index(table) + 1 :] if other in held]
        assert not (is_new and later), f"{table} {numbers} after {later}"
        assert not (is_new and table == "newsroom_story" and table in held), f"stories {numbers} after {held[table]}"
        held.setdefault(table, set()).update(numbers)


@pytest.fixture
def make_pair(make_story: Make, publish_story: Make, make_photo: Make, chief: User) -> Make:
    """A live article, and a draft of a reply to it with the same picture, which has the higher number, or the lower."""
    photo: Photo = make_photo()

    def make(*, is_reply_first: bool) -> tuple[Story, Story]:
        pair = [make_story(by=chief, lead_photo=photo) for _text in range(2)]
        answered, reply = reversed(pair) if is_reply_first else pair
        publish_story(answered)
        Story.objects.filter(pk=reply.pk).update(replies_to=answered.pk)
        answered.refresh_from_db()
        reply.refresh_from_db()
        return answered, reply

    return make


def flash_from_its_page(by: User, reply: Story, **changes: Any) -> Any:
    fields = typed(reply, replies_to=reply.replies_to_id, _deed="flash", note_flash="La digue cède.", **changes)
    return at_the_desk(by).post(address(reply), fields)


def correct_from_its_page(by: User, story: Story, **changes: Any) -> Any:
    fields = typed(story, **{"_deed": "correct", "change_kind": "typo", **changes})
    return at_the_desk(by).post(deed_address("correct", story), fields)


@pytest.mark.parametrize("is_reply_first", [True, False])
def test_a_flash_of_a_reply_from_its_page_holds_both_stories_at_once(
    is_reply_first: bool, make_pair: Make, chief: User
) -> None:
    _answered, reply = make_pair(is_reply_first=is_reply_first)

    with locks_taken() as taken:
        answer = flash_from_its_page(chief, reply, headline="Le droit de réponse")

    reply.refresh_from_db()
    assert (answer.status_code, reply.stage) == (302, "published")
    assert_in_order(taken)


@pytest.mark.parametrize("is_reply_first", [True, False])
def test_a_flash_that_names_the_article_it_answers_in_the_same_post_holds_both_at_once(
    is_reply_first: bool, make_pair: Make, chief: User
) -> None:
    answered, reply = make_pair(is_reply_first=is_reply_first)
    Story.objects.filter(pk=reply.pk).update(replies_to=None)
    reply.refresh_from_db()
    reply.replies_to = answered  # as it is typed

    with locks_taken() as taken:
        flash_from_its_page(chief, reply)

    assert_in_order(taken)


@pytest.mark.parametrize("deed", ["correct", "correct while a version is open", "withdraw", "publish"])
@pytest.mark.parametrize("is_reply_first", [True, False])
def test_each_deed_that_readers_see_holds_all_its_stories_at_once(
    deed: str, is_reply_first: bool, make_pair: Make, chief: User
) -> None:
    answered, reply = make_pair(is_reply_first=is_reply_first)
    if deed == "publish":
        deeds.submit(reply, revision=reply.version, by=chief)
        deeds.approve(reply, revision=reply.version, by=chief, note="Seule au bureau.")
        reply.refresh_from_db()
    if deed == "correct while a version is open":
        deeds.revise(answered, revision=answered.version, by=chief)

    with locks_taken() as taken:
        match deed:
            case "correct" | "correct while a version is open":
                answer = correct_from_its_page(
                    chief, answered, headline="Le mot juste", change_kind="reply", change_reply=reply.pk,
                    change_text="Le droit de réponse.",
                )  # fmt: skip
            case "withdraw":
                answer = at_the_desk(chief).post(
                    deed_address("withdraw", answered), {"revision": answered.version, "note": "Sur ordonnance."}
                )
            case _:
                answer = at_the_desk(chief).post(
                    deed_address("publish", reply), {"revision": reply.version, "note": ""}
                )

    assert answer.status_code == 302
    assert any(table == "newsroom_story" for table, _numbers in taken)
    assert_in_order(taken)


@pytest.mark.parametrize("is_reply_first", [True, False])
def test_a_flash_of_a_reply_and_a_correction_of_the_article_at_once_do_not_deadlock(
    is_reply_first: bool, make_pair: Make, chief: User, editor: User
) -> None:
    for number in range(ROUNDS):
        answered, reply = make_pair(is_reply_first=is_reply_first)

        done = at_once(
            lambda reply=reply: flash_from_its_page(chief, reply, headline="Le droit de réponse"),
            lambda answered=answered, number=number: correct_from_its_page(
                editor, answered, headline=f"Le mot juste, {number}"
            ),
        )

        assert [getattr(answer, "status_code", answer) for answer in done] == [302, 302]


@pytest.mark.parametrize("is_reply_first", [True, False])
def test_a_withdrawal_of_the_article_and_a_flash_of_its_reply_at_once_do_not_deadlock(
    is_reply_first: bool, make_pair: Make, chief: User, editor: User
) -> None:
    for _round in range(ROUNDS):
        answered, reply = make_pair(is_reply_first=is_reply_first)

        done = at_once(
            lambda reply=reply: flash_from_its_page(chief, reply, headline="Le droit de réponse"),
            lambda answered=answered: publishing.withdraw(
                answered, revision=answered.version, by=editor, note="Sur ordonnance."
            ),
        )

        assert getattr(done[0], "status_code", done[0]) in (302, 200)
        assert not isinstance(done[1], Exception)


@pytest.mark.parametrize("is_reply_first", [True, False])
def test_two_corrections_that_announce_one_another_at_once_do_not_deadlock(
    is_reply_first: bool, make_pair: Make, chief: User, editor: User
) -> None:
    for _round in range(ROUNDS):
        answered, reply = make_pair(is_reply_first=is_reply_first)
        flash_from_its_page(chief, reply, headline="Le droit de réponse")
        reply.refresh_from_db()
        notice = ChangeNotice(ChangeKind.REPLY, "Le droit de réponse.", reply)

        done = at_once(
            lambda answered=answered, notice=notice: publishing.correct(
                answered, revision=answered.version, by=editor, change=notice
            ),
            lambda reply=reply: correct_from_its_page(chief, reply, headline="La réponse, corrigée"),
        )

        assert not isinstance(done[0], Exception)
        assert getattr(done[1], "status_code", done[1]) == 302
