"""The page of a review link: the one version that a guest sees, for how long, and nothing else."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.signing import Signer
from django.test import Client
from django.utils import timezone

from articles.models import CreditKind, ImageCredit
from newsroom import deeds, publishing
from newsroom.clock import Clock
from newsroom.models import Note, Photo, ShareLink, Story
from newsroom.refusals import Refused
from newsroom.review import share_links
from tests.outage import database_away

from .review_links import APPROVAL, guest_page, links_page
from .rewriting import rewrite

pytestmark = pytest.mark.django_db
MakeStory = Callable[..., Story]
MARKER = "zyxmarqueur"


def test_a_link_keeps_showing_its_version_after_later_saves(
    guest: Client, story: Story, journalist: User, sub_editor: User
) -> None:
    rewrite(story, journalist, headline="Deuxième titre")
    rewrite(story, journalist, headline="Troisième titre")
    third = share_links.make_link(story, revision=3, reader="Me Benali", lasts=timedelta(days=1), by=sub_editor)
    rewrite(story, journalist, headline="Quatrième titre")

    page = guest.get(guest_page(third)).content.decode()

    assert "<h1>Troisième titre</h1>" in page
    assert "Version 3" in page
    for other in ("Premier", "Deuxième", "Quatrième"):
        assert f"{other} titre" not in page


def test_the_page_of_a_link_sets_no_cookie_is_not_cached_and_sends_no_referrer(guest: Client, link: ShareLink) -> None:
    for response in (
        guest.get(guest_page(link)),
        guest.post(guest_page(link), APPROVAL),
        guest.get("/redaction/relecture/x/"),
    ):
        assert not response.cookies
        assert "Cookie" not in response.headers.get("Vary", "")
        assert "no-store" in response.headers["Cache-Control"]
        assert "noindex" in response.headers["X-Robots-Tag"]
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Frame-Options"] == "DENY"


def test_no_error_at_the_address_of_a_link_lets_a_browser_name_it_to_a_log(
    guest: Client, link: ShareLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest.raise_request_exception = False
    address = guest_page(link)
    refused = [
        guest.delete(address),
        guest.post(address, {"verdict": ""}),
        guest.get(f"{address}7/lead/"),
        guest.get(f"{address}rien/du/tout/"),
    ]
    with database_away():
        refused.append(guest.get(address))
    monkeypatch.setattr(share_links, "record_opening", lambda _link: 1 / 0)
    refused.append(guest.get(address))

    assert [response.status_code for response in refused] == [405, 400, 404, 404, 503, 500]
    assert [response.headers["Referrer-Policy"] for response in refused] == ["no-referrer"] * 6


def test_a_link_that_lost_its_last_stroke_opens_all_the_same(guest: Client, link: ShareLink) -> None:
    response = guest.get(guest_page(link).removesuffix("/"))

    assert response.status_code == 200
    assert response.headers["Referrer-Policy"] == "no-referrer"


def closed_page(guest: Client, address: str) -> str:
    response = guest.get(address)
    assert response.status_code == 404
    return response.content.decode()


def test_forged_expired_revoked_and_unknown_links_get_the_same_page(
    guest: Client, story: Story, link: ShareLink, sub_editor: User
) -> None:
    good = share_links.token_of(link)
    named, _sep, signature = good.partition("~")
    tokens = [
        "x", "~", "1~", "9" * 300, "%00", f"{named}~{'A' * len(signature)}", f"{named}1~{signature}",
        f"{link.pk + 1}-{named.partition('-')[2]}~{signature}", good[:-1], good.upper(),
        Signer(sep="~", salt="another").sign(named), Signer(sep="~", salt="newsroom.sharing").sign(f"{link.pk + 7}-1"),
        Signer(sep="~", salt="newsroom.sharing").sign(f"{link.pk}-1"),
    ]  # fmt: skip
    assert guest.get(guest_page(link)).status_code == 200

    pages = {closed_page(guest, f"/redaction/relecture/{token}/") for token in tokens}
    ShareLink.objects.filter(pk=link.pk).update(expires_at=timezone.now())
    pages.add(closed_page(guest, guest_page(link)))
    ShareLink.objects.filter(pk=link.pk).update(expires_at=timezone.now() + timedelta(1), revoked_at=timezone.now())
    pages.add(closed_page(guest, guest_page(link)))
    once = guest_page(link)
    link.delete()
    story.delete()
    pages.add(closed_page(guest, once))

    assert len(pages) == 1
    page = pages.pop()
    assert "Ce lien n’ouvre rien" in page
    assert "demandez-en une nouvelle" in page
    assert link.revision.content["headline"] not in page


def test_an_old_link_does_not_open_a_new_one_with_the_same_number_after_a_restore(
    guest: Client, story: Story, link: ShareLink, sub_editor: User
) -> None:
    old = guest_page(link)
    number, made_at = link.pk, link.made_at + timedelta(hours=1)
    link.delete()
    ShareLink.objects.create(
        pk=number, story=story, revision=story.revisions.get(), reader="Autre", made_by=sub_editor,
        made_at=made_at, expires_at=made_at + timedelta(days=1),
    )  # fmt: skip
    assert guest.get(old).status_code == 404


def test_the_page_of_a_link_shows_the_version_and_nothing_else(
    guest: Client, journalist: User, sub_editor: User, make_story: MakeStory, make_photo: Callable[..., Photo]
) -> None:
    photo, elsewhere = make_photo(), make_photo(alt=MARKER, caption=MARKER)
    Photo.objects.filter(pk=photo.pk).update(original_name=f"{MARKER}.jpg", search_note=MARKER)
    waits = make_story(by=journalist, headline=f"Titre {MARKER}", lead_photo=elsewhere)
    body = f'<p>Un texte.</p><aside class="lire-aussi" data-article="{waits.pk}"></aside>'
    story = make_story(by=journalist, body=body, lead_photo=photo, headline="Premier titre")
    Note.objects.create(story=story, by=journalist, text=MARKER)
    User.objects.filter(pk=journalist.pk).update(first_name=MARKER, last_name=MARKER)
    link = share_links.make_link(story, revision=1, reader="Me Benali", lasts=timedelta(days=1), by=sub_editor)
    rewrite(story, journalist, standfirst=MARKER, search_title=MARKER)
    Story.objects.filter(pk=story.pk).update(publish_at=timezone.now() + timedelta(days=400))
    Clock().beat()

    shown = [
        guest.get(guest_page(link)),
        guest.post(guest_page(link), {"verdict": ""}),
        guest.post(guest_page(link), APPROVAL),
    ]
    shown += [guest.get(f"{guest_page(link)}{photo.pk}/{preset}/") for preset in ("lead", "full")]

    assert [response.status_code for response in shown] == [200, 400, 302, 200, 200]
    for response in shown:
        content = b"".join(response.streaming_content) if response.streaming else response.content
        assert MARKER.encode() not in content
        assert MARKER not in str(response.headers)
    page = shown[0].content.decode()
    assert "un article qui n’est pas encore public" in page
    assert "secretaire" in page  # who made the link
    assert str((timezone.now() + timedelta(days=400)).year) not in page


def test_the_token_opens_the_sizes_of_the_pictures_but_never_the_original(
    guest: Client, journalist: User, sub_editor: User, make_story: MakeStory, make_photo: Callable[..., Photo]
) -> None:
    lead, inside, other = make_photo(size=(2400, 1600)), make_photo(), make_photo()
    body = f'<figure class="image" data-image="{inside.pk}"></figure>'
    story = make_story(by=journalist, lead_photo=lead, body=body)
    link = share_links.make_link(story, revision=1, reader="Me Benali", lasts=timedelta(days=1), by=sub_editor)
    Clock().beat()
    page = guest.get(guest_page(link)).content.decode()

    for photo, preset in ((lead, "lead"), (inside, "full")):
        assert f'src="{guest_page(link)}{photo.pk}/{preset}/"' in page
        picture = guest.get(f"{guest_page(link)}{photo.pk}/{preset}/")
        content = b"".join(picture.streaming_content)
        assert picture.headers["Content-Type"] == "image/webp"
        assert "no-store" in picture.headers["Cache-Control"]
        with photo.original.open() as original:
            assert content != original.read()
    for refused in (f"{other.pk}/lead", f"{lead.pk}/og", f"{lead.pk}/original", f"{'9' * 30}/lead"):
        assert guest.get(f"{guest_page(link)}{refused}/").status_code == 404
    assert guest.get(f"/redaction/newsroom/photo/{lead.pk}/size/lead/").status_code == 302
    ShareLink.objects.update(revoked_at=timezone.now())
    assert guest.get(f"{guest_page(link)}{lead.pk}/lead/").status_code == 404


def test_a_link_keeps_the_captions_and_credits_of_when_it_was_made(
    guest: Client, journalist: User, sub_editor: User, make_story: MakeStory, make_photo: Callable[..., Photo]
) -> None:
    lead, inside = make_photo(caption="Le phare, mardi"), make_photo(alt="Une jetée sous la pluie.")
    body = f'<figure class="image" data-image="{inside.pk}"></figure>'
    story = make_story(by=journalist, lead_photo=lead, body=body)
    link = share_links.make_link(story, revision=1, reader="Me Benali", lasts=timedelta(days=1), by=sub_editor)
    made = ImageCredit.objects.create(name="Machine", kind=CreditKind.AI)
    Photo.objects.update(caption=MARKER, alt=MARKER, photographer=MARKER, credit=made)

    page = guest.get(guest_page(link)).content.decode()

    for words in ("Le phare, mardi", "Une jetée sous la pluie.", "© Agence du Large/Salma Idrissi"):
        assert words in page
    assert MARKER not in page
    assert "Machine" not in page
    words_of_article = re.sub(r"<[^>]*>", " ", page.split("<article")[1].split("</article>")[0])
    assert "IA" not in words_of_article, "the address of a picture may hold these two letters, the words may not"


def test_a_deleted_picture_or_one_of_another_version_answers_404(
    guest: Client, journalist: User, sub_editor: User, make_story: MakeStory, make_photo: Callable[..., Photo]
) -> None:
    lead, inside = make_photo(), make_photo()
    body = f'<p>Un texte.</p><figure class="image" data-image="{inside.pk}"></figure>'
    story = make_story(by=journalist, lead_photo=lead, body=body)
    link = share_links.make_link(story, revision=1, reader="Me Benali", lasts=timedelta(days=1), by=sub_editor)
    assert f"/{lead.pk}/lead/" in guest.get(guest_page(link)).content.decode()
    rewrite(story, journalist, lead_photo=None, body="<p>Un texte.</p>")
    erased, unshown = lead.pk, inside.pk
    lead.delete()
    ShareLink.objects.filter(pk=link.pk).update(pictures={str(erased): link.pictures[str(erased)]})

    page = guest.get(guest_page(link))

    assert page.status_code == 200
    for number in (erased, unshown):
        assert f"{guest_page(link)}{number}/" not in page.content.decode()
        assert guest.get(f"{guest_page(link)}{number}/lead/").status_code == 404


@pytest.mark.parametrize("deed", ["withdraw", "spike"])
def test_withdrawing_or_spiking_a_story_closes_its_links_at_once(
    guest: Client, story: Story, editor: User, sub_editor: User, publish_story: Callable[..., Story], deed: str
) -> None:
    if deed == "withdraw":
        story = publish_story(story)
    links = [
        share_links.make_link(story, revision=1, reader=reader, lasts=timedelta(days=2), by=sub_editor)
        for reader in ("Me Benali", "Me Alami")
    ]
    before = timezone.now() - timedelta(hours=1)
    ShareLink.objects.filter(pk=links[1].pk).update(revoked_at=before, revoked_by=sub_editor)
    assert guest.get(guest_page(links[0])).status_code == 200

    done = {"withdraw": publishing.withdraw, "spike": deeds.spike}[deed]
    done(story, revision=1, by=editor, note="Sur ordonnance.")

    assert guest.get(guest_page(links[0])).status_code == 404
    closed = [ShareLink.objects.get(pk=link.pk) for link in links]
    assert [link.revoked_by for link in closed] == [editor, sub_editor]
    assert closed[1].revoked_at == before


def test_a_refused_withdrawal_keeps_the_links_open(guest: Client, story: Story, link: ShareLink, editor: User) -> None:
    with pytest.raises(Refused):
        deeds.spike(story, revision=7, by=editor)
    assert guest.get(guest_page(link)).status_code == 200


def test_closing_a_login_closes_the_links_it_made(
    client: Client, guest: Client, story: Story, link: ShareLink, sub_editor: User, editor: User
) -> None:
    assert guest.get(guest_page(link)).status_code == 200
    User.objects.filter(pk=sub_editor.pk).update(is_active=False)

    assert guest.get(guest_page(link)).status_code == 404
    assert guest.post(guest_page(link), APPROVAL).status_code == 404
    client.force_login(editor)
    page = client.get(links_page(story)).content.decode()
    assert share_links.token_of(link) not in page
    assert "Ouvert, fin" not in page


def test_a_link_records_when_it_was_last_opened(guest: Client, link: ShareLink) -> None:
    guest.head(guest_page(link))
    link.refresh_from_db()
    assert link.opened_at is None
    guest.get(guest_page(link))
    link.refresh_from_db()
    assert link.opened_at is not None


def test_the_readers_process_has_no_address_of_a_review_link() -> None:
    ask = (
        "import django; django.setup()\n"
        "from django.urls import get_resolver\n"
        "print(any('redaction' in str(entry.pattern) for entry in get_resolver().url_patterns))\n"
    )
    answers = {}
    for process in ("reader", "desk"):
        env = {
            **os.environ,
            "NEWSROOM_MODE": "demo",
            "NEWSROOM_PROCESS": process,
            "DJANGO_SETTINGS_MODULE": "newsroom.settings",
        }
        done = subprocess.run([sys.executable, "-c", ask], env=env, capture_output=True, text=True, check=True)
        answers[process] = done.stdout.strip()
    assert answers == {"reader": "False", "desk": "True"}
