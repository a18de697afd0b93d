"""Publishing and withdrawing: which rows and files appear, which stay and which go."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.files.storage import FileSystemStorage, default_storage
from django.test import Client

from articles.models import Article, CrossLink, Image, ImageCredit, Listing, ListingKind, Section, Withdrawal
from newsroom import deeds, publishing, refusals
from newsroom.clock import Clock
from newsroom.deeds import ChangeNotice
from newsroom.models import Photo, Story
from newsroom.publishing import pictures
from newsroom.stories import saving
from newsroom.workflow import ChangeKind

from .rewriting import rewrite

pytestmark = pytest.mark.django_db


def test_a_live_article_does_not_change_while_its_next_version_is_written(live: Story, journalist: User) -> None:
    before = Article.objects.get(pk=live.pk).headline
    deeds.revise(live, revision=live.version, by=journalist)
    live.refresh_from_db()

    rewrite(live, journalist, headline="Un autre titre, pas encore relu")

    assert Article.objects.get(pk=live.pk).headline == before


def test_the_approved_version_is_published_even_if_the_story_row_changed(
    make_story: Callable[..., Story], journalist: User, sub_editor: User, editor: User
) -> None:
    story = make_story(by=journalist)
    deeds.submit(story, revision=story.version, by=journalist)
    deeds.approve(story, revision=story.version, by=sub_editor)
    approved = story.headline
    Story.objects.filter(pk=story.pk).update(headline="Glissé après la relecture")

    publishing.publish(story, revision=story.version, by=editor)

    assert Article.objects.get(pk=story.pk).headline == approved


def test_publishing_a_version_that_was_not_approved_is_refused(
    make_story: Callable[..., Story], journalist: User, sub_editor: User, editor: User
) -> None:
    story = make_story(by=journalist)
    deeds.submit(story, revision=story.version, by=journalist)
    deeds.approve(story, revision=story.version, by=sub_editor)
    story.refresh_from_db()
    rewrite(story, journalist, headline="Une version de plus, par une porte dérobée")

    with pytest.raises(refusals.Refused):
        publishing.publish(story, revision=story.version, by=editor)

    assert not Article.objects.filter(pk=story.pk).exists()


def test_a_withdrawn_article_that_comes_back_keeps_its_address_and_first_date(
    make_story: Callable[..., Story], journalist: User, editor: User, publish_story: Callable[..., Story],
    client: Client,
) -> None:  # fmt: skip
    with time_machine.travel(datetime(2026, 11, 2, 9, tzinfo=UTC), tick=False):
        story = publish_story(make_story(by=journalist))
    first = Article.objects.get(pk=story.pk)
    address, date = first.get_absolute_url(), first.first_published_at

    publishing.withdraw(story, revision=story.version, by=editor, note="Une erreur de nom.")
    assert client.get(address).status_code == 410
    assert Withdrawal.objects.filter(pk=story.pk).exists()
    story.refresh_from_db()
    again = publish_story(story)

    back = Article.objects.get(pk=again.pk)
    assert back.get_absolute_url() == address
    assert back.first_published_at == date
    assert client.get(address).status_code == 200
    assert not Withdrawal.objects.filter(pk=story.pk).exists()


def test_withdrawing_leaves_no_row_and_no_file(
    make_story: Callable[..., Story], make_photo: Callable[..., Photo], journalist: User, editor: User,
    publish_story: Callable[[Story], Story],
) -> None:  # fmt: skip
    story = publish_story(make_story(by=journalist, lead_photo=make_photo()))
    names = [rendition["name"] for rendition in Image.objects.get().renditions]
    assert names
    assert all(default_storage.exists(name) for name in names)

    publishing.withdraw(story, revision=story.version, by=editor, note="Photo d’un mineur.")
    Clock().beat()

    assert not Article.objects.exists()
    assert not Image.objects.exists()
    assert not Listing.objects.exists()
    assert not any(default_storage.exists(name) for name in names)


def test_withdrawing_keeps_a_picture_that_another_article_uses(
    make_story: Callable[..., Story], make_photo: Callable[..., Photo], journalist: User, editor: User,
    publish_story: Callable[[Story], Story],
) -> None:  # fmt: skip
    photo = make_photo()
    gone = publish_story(make_story(by=journalist, lead_photo=photo))
    publish_story(make_story(by=journalist, lead_photo=photo))

    publishing.withdraw(gone, revision=gone.version, by=editor, note="Doublon.")
    Clock().beat()

    image = Image.objects.get()
    assert all(default_storage.exists(rendition["name"]) for rendition in image.renditions)


def test_an_article_stands_in_the_lists_of_its_section_its_parent_its_topics_and_its_authors(
    make_story: Callable[..., Story], journalist: User, section: Section, publish_story: Callable[[Story], Story]
) -> None:
    child = Section.objects.create(name="Sous-rubrique", slug="sous-rubrique", parent=section)
    story = publish_story(make_story(by=journalist, section=child))

    refs = set(Listing.objects.filter(article=story.pk).values_list("kind", "ref"))

    assert {(ListingKind.ALL, 0), (ListingKind.SECTION, child.pk), (ListingKind.SECTION, section.pk)} <= refs
    assert {ref for kind, ref in refs if kind == ListingKind.AUTHOR} == set(
        story.bylines.values_list("author_id", flat=True)
    )


def test_a_cross_link_waits_for_its_target(
    make_story: Callable[..., Story], journalist: User, publish_story: Callable[[Story], Story], client: Client
) -> None:
    target = make_story(by=journalist, headline="Ce papier n’est pas encore paru, patience")
    body = f'<p>Texte.</p><aside class="lire-aussi" data-article="{target.pk}"></aside><p>Suite.</p>'
    source = publish_story(make_story(by=journalist, body=body))
    address = Article.objects.get(pk=source.pk).get_absolute_url()

    assert CrossLink.objects.get().target_id == target.pk
    assert "pas encore paru" not in client.get(address).content.decode()

    publish_story(target)
    assert "pas encore paru" in client.get(address).content.decode()


def test_a_corrected_credit_is_right_on_every_page_at_once(
    make_story: Callable[..., Story], make_photo: Callable[..., Photo], journalist: User, credit: ImageCredit,
    publish_story: Callable[[Story], Story], client: Client,
) -> None:  # fmt: skip
    photo = make_photo(credit=credit)
    stories = [publish_story(make_story(by=journalist, lead_photo=photo)) for _time in range(2)]
    photo.photographer = "Zineb Haddaoui"
    photo.save()

    publishing.refresh_image(photo.pk)

    for story in stories:
        page = client.get(Article.objects.get(pk=story.pk).get_absolute_url()).content.decode()
        assert "Zineb Haddaoui" in page


def test_the_date_of_update_moves_with_an_update_and_not_with_a_typo(
    make_story: Callable[..., Story], journalist: User, publish_story: Callable[..., Story]
) -> None:
    with time_machine.travel(datetime(2026, 11, 2, 9, tzinfo=UTC), tick=False):
        story = publish_story(make_story(by=journalist))
    with time_machine.travel(datetime(2026, 11, 3, 9, tzinfo=UTC), tick=False):
        deeds.revise(story, revision=story.version, by=journalist)
        story.refresh_from_db()
        rewrite(story, journalist, headline="Un mot bien écrit")
        publish_story(story, ChangeNotice(ChangeKind.TYPO))
    assert not Article.objects.get(pk=story.pk).was_updated
    with time_machine.travel(datetime(2026, 11, 4, 9, tzinfo=UTC), tick=False):
        story.refresh_from_db()
        deeds.revise(story, revision=story.version, by=journalist)
        story.refresh_from_db()
        rewrite(story, journalist, body="<p>Un fait nouveau.</p>")
        publish_story(story)
    assert Article.objects.get(pk=story.pk).updated_at == datetime(2026, 11, 4, 9, tzinfo=UTC)


def test_abandoning_a_version_restores_the_live_text_and_keeps_the_version_in_the_history(
    live: Story, journalist: User
) -> None:
    published = live.headline
    deeds.revise(live, revision=live.version, by=journalist)
    live.refresh_from_db()
    rewrite(live, journalist, headline="Un essai sans suite")

    deeds.abandon(live, revision=live.version, by=journalist)

    live.refresh_from_db()
    assert (live.headline, live.stage) == (published, "published")
    assert live.revisions.filter(content__headline="Un essai sans suite").exists()


def test_a_file_that_cannot_be_copied_stops_the_whole_publication(
    make_story: Callable[..., Story], make_photo: Callable[..., Photo], journalist: User, sub_editor: User,
    editor: User, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    story = make_story(by=journalist, lead_photo=make_photo())
    deeds.submit(story, revision=story.version, by=journalist)
    deeds.approve(story, revision=story.version, by=sub_editor)

    class FullDisk(FileSystemStorage):
        def save(self, *_args: object, **_kwargs: object) -> str:
            raise OSError("No space left on device")

    monkeypatch.setattr(pictures, "default_storage", FullDisk())
    with pytest.raises(refusals.Refused, match="No space"):
        publishing.publish(story, revision=story.version, by=editor)

    story.refresh_from_db()
    assert story.stage == "ready"
    assert not Article.objects.exists()
    assert not Image.objects.exists()


def test_a_save_without_a_change_makes_no_version(make_story: Callable[..., Story], journalist: User) -> None:
    story = make_story(by=journalist)

    assert saving.record_text(story, by=journalist) is None
    assert story.revisions.count() == 1
