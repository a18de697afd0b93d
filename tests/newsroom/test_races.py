"""Two people at the same moment, on two connections."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.db import OperationalError, transaction
from django.utils import timezone

from articles.models import Article, Image
from newsroom import deeds, publishing, refusals
from newsroom.clock import Clock
from newsroom.editing import autosave, presence
from newsroom.models import Autosave, Photo, Presence, Story
from newsroom.photos import renditions

from .racing import at_once
from .scheduling import hour_of

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


def test_two_withdrawals_at_once_delete_their_shared_picture(
    make_story: Callable[..., Story], make_photo: Callable[..., Photo], publish_story: Callable[[Story], Story],
    journalist: User, editor: User,
) -> None:  # fmt: skip
    for _round in range(ROUNDS):
        photo = make_photo()
        first, second = (publish_story(make_story(by=journalist, lead_photo=photo)) for _time in range(2))

        done = at_once(
            lambda first=first: publishing.withdraw(first, revision=first.version, by=editor, note="Erreur."),
            lambda second=second: publishing.withdraw(second, revision=second.version, by=editor, note="Erreur."),
        )

        assert not [error for error in done if isinstance(error, Exception)]
        Clock().beat()
        assert not Article.objects.exists()
        assert not Image.objects.exists()


def test_withdrawing_one_article_while_another_is_published_keeps_their_shared_picture(
    make_story: Callable[..., Story], make_photo: Callable[..., Photo], publish_story: Callable[[Story], Story],
    journalist: User, sub_editor: User, editor: User,
) -> None:  # fmt: skip
    for _round in range(ROUNDS):
        photo = make_photo()
        old = publish_story(make_story(by=journalist, lead_photo=photo))
        new = make_story(by=journalist, lead_photo=photo)
        deeds.submit(new, revision=1, by=journalist)
        deeds.approve(new, revision=1, by=sub_editor)

        done = at_once(
            lambda old=old: publishing.withdraw(old, revision=old.version, by=editor, note="Doublon."),
            lambda new=new: publishing.publish(new, revision=1, by=editor),
            lambda: Clock().beat(),
        )

        assert not [error for error in done if isinstance(error, Exception)]
        Clock().beat()
        image = Image.objects.get(pk=photo.pk)
        assert image.renditions
        assert all(default_storage.exists(rendition["name"]) for rendition in image.renditions)


def test_two_clicks_at_once_publish_an_article_once(
    make_story: Callable[..., Story], journalist: User, sub_editor: User, editor: User, chief: User
) -> None:
    story = make_story(by=journalist)
    deeds.submit(story, revision=1, by=journalist)
    deeds.approve(story, revision=1, by=sub_editor)

    done = at_once(
        lambda: publishing.publish(story, revision=1, by=editor),
        lambda: publishing.publish(story, revision=1, by=chief),
    )

    assert sum(isinstance(error, refusals.Refused) for error in done) == 1
    assert story.moves.filter(deed="publish").count() == 1


def test_two_people_who_take_over_at_once_both_get_an_answer(
    make_story: Callable[..., Story], journalist: User, editor: User, chief: User
) -> None:
    story, people = make_story(by=journalist), [journalist, editor, chief]
    for person in people:
        presence.record_presence(story, by=person, page=f"page-of-{person.pk}", field="body")

    for _round in range(ROUNDS * 4):
        Presence.objects.update(taken_over_by=None)
        done = at_once(*[lambda person=person: presence.take_over(story, by=person) for person in people])

        assert not [error for error in done if isinstance(error, Exception)]
        assert story.presences.filter(taken_over_by=None).count() == 1, "the last who took it has it, alone"


@pytest.mark.parametrize("is_new", [True, False])
def test_an_autosave_during_the_save_of_its_page_is_not_kept(
    make_story: Callable[..., Story], journalist: User, is_new: bool
) -> None:
    story = None if is_new else make_story(by=journalist)

    def save(page: str) -> None:
        with transaction.atomic():
            if story is not None:
                Story.objects.select_for_update().get(pk=story.pk)
            autosave.record_saved(page, 1, by=journalist)

    def keep(page: str) -> Autosave:
        return autosave.keep({"headline": ["Un titre"]}, by=journalist, page=page, story=story, based_on=0, turn=1)

    for round_ in range(ROUNDS * 4):
        page = f"page-{round_:04}"
        done = at_once(lambda page=page: save(page), lambda page=page: keep(page))

        faults = [error for error in done if isinstance(error, Exception)]
        assert not [error for error in faults if not isinstance(error, autosave.AlreadySaved)]
        assert not Autosave.objects.exists()


# --- What is held while a deed is decided -------------------------------------------------------------------------


def _is_held(photo: Photo) -> bool:
    """Whether an open transaction keeps other connections from changing this photo."""
    try:
        with transaction.atomic():
            Photo.objects.select_for_update(no_key=True, nowait=True).get(pk=photo.pk)
    except OperationalError:
        return True
    return False


@pytest.mark.postgresql
@pytest.mark.parametrize("deed", ["submit", "approve", "schedule", "publish", "flash"])
def test_a_photo_is_locked_between_the_checklist_of_a_deed_and_its_end(
    deed: str, make_story: Callable[..., Story], make_photo: Callable[..., Photo], journalist: User,
    sub_editor: User, editor: User, chief: User,
) -> None:  # fmt: skip
    """Otherwise a photo could lose its description meanwhile, and reach review or readers without one."""
    lead, within, another = photos = [make_photo() for _photo in range(3)]
    for photo in photos:
        renditions.make_missing(photo)  # so that a deed has nothing to write on it
    body = f'<p>Texte.</p><figure class="image" data-image="{within.pk}"></figure>'
    story = make_story(by=journalist, lead_photo=lead, body=body)
    arguments: dict[str, Any] = {"story": story, "revision": 1}
    hour = hour_of(timezone.now() + timedelta(hours=1))
    ways: dict[str, Callable[[], object]] = {
        "submit": lambda: deeds.submit(**arguments, by=journalist),
        "approve": lambda: deeds.approve(**arguments, by=sub_editor),
        "schedule": lambda: deeds.schedule(**arguments, by=editor, when=hour),
        "publish": lambda: publishing.publish(**arguments, by=editor),
        "flash": lambda: publishing.flash(**arguments, by=chief, note="Le séisme de 6 h 12."),
    }
    before = {"submit": [], "flash": [], "approve": ["submit"]}.get(deed, ["submit", "approve"])
    for step in before:
        ways[step]()

    with publishing.with_pictures(story.pk), transaction.atomic():
        ways[deed]()
        meanwhile = at_once(*[lambda photo=photo: _is_held(photo) for photo in (lead, within, another)])

    assert meanwhile == [True, True, False]
    assert [_is_held(photo) for photo in (lead, within)] == [False, False], "they are held for longer than the deed"
