"""No-break spaces are part of a French text: whatever is typed with one keeps it, and loses those around it."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Picture

from articles.body import text_of
from articles.models import ImageCredit
from articles.wording import cut, one_spaced
from newsroom.models import Note, Photo, Story
from newsroom.review import notes, share_links

from .desk import at_the_desk
from .pictures import encoded, named
from .story_post import address, typed

SUM = "1\u202f000\u00a0€"
QUOTED = f"Mohammed\u00a0VI a remis «\u00a0{SUM}\u00a0»"
TYPED = f"\u00a0 {QUOTED} \u202f"  # what stands around it is trimmed

pytestmark = pytest.mark.django_db


def test_a_photo_keeps_the_no_break_spaces_of_its_caption_description_and_photographer(
    client: Client, photo_editor: User, make_photo: Callable[..., Photo]
) -> None:
    photo = make_photo()
    client.force_login(photo_editor)
    posted = {
        "caption": TYPED, "alt": TYPED, "photographer": TYPED, "credit": photo.credit_id, "search_note": "",
        "focal_x": photo.focal_x, "focal_y": photo.focal_y,
    }  # fmt: skip

    client.post(reverse("admin:newsroom_photo_change", args=[photo.pk]), posted)

    photo.refresh_from_db()
    assert [photo.caption, photo.alt, photo.photographer] == [QUOTED] * 3
    assert QUOTED in photo.credit_line


def test_photos_sent_together_keep_the_no_break_spaces_of_their_photographer(
    client: Client, photo_editor: User, credit: ImageCredit
) -> None:
    client.force_login(photo_editor)
    file = named(encoded(Picture.new("RGB", (640, 480))))
    client.post(reverse("admin:newsroom_photo_receive"), {"files": file, "credit": credit.pk, "photographer": TYPED})
    assert Photo.objects.get().photographer == QUOTED


def test_a_text_keeps_the_no_break_spaces_of_all_its_fields(
    journalist: User, story: Story, make_photo: Callable[..., Photo]
) -> None:
    words = ("kicker", "headline", "standfirst", "lead_caption", "search_title", "social_title")
    photo = make_photo()
    figure = f'<figure class="image" data-image="{photo.pk}"><figcaption>{QUOTED}</figcaption></figure>'
    body = f'<p>{QUOTED}</p>{figure}<blockquote class="exergue"><p>{QUOTED}</p></blockquote><h2>{QUOTED}</h2>'
    lead = make_photo().pk
    at_the_desk(journalist).post(
        address(story), typed(story, **dict.fromkeys(words, TYPED), body=body, lead_photo=lead)
    )
    story.refresh_from_db()
    assert [getattr(story, name) for name in words] == [QUOTED] * len(words)
    assert story.body.count(QUOTED) == 4


def test_a_passage_and_a_readers_name_keep_their_no_break_spaces(
    story: Story, sub_editor: User, journalist: User
) -> None:
    notes.write_note(story, by=journalist, text=TYPED, passage=TYPED)
    note = Note.objects.get()
    assert (note.text, note.passage) == (QUOTED, QUOTED)
    link = share_links.make_link(story, revision=1, reader="Me\u00a0Benali", lasts=timedelta(days=2), by=sub_editor)
    assert link.reader == "Me\u00a0Benali"
    said = share_links.answer(link, verdict="approved", name="Me\u00a0Benali", text=QUOTED)
    assert (said.name, said.text) == ("Me\u00a0Benali", QUOTED)


def test_the_words_of_a_body_keep_its_no_break_spaces() -> None:
    assert text_of(f"<p>{QUOTED}</p>\n<p>Il&nbsp;pleut.</p>") == f"{QUOTED} Il\u00a0pleut."


@pytest.mark.parametrize("length", range(2, 30))
def test_a_cut_text_shows_no_part_of_a_number(length: int) -> None:
    shown = cut(f"Le prix est de {SUM} par mois", length)
    assert SUM in shown or not re.search(r"\d", shown) or " " not in shown


@given(st.text(st.sampled_from("aé1 \t\n\r\u00a0\u202f\u2007\u2003")))
def test_spaces_are_made_one_and_the_words_and_no_break_spaces_between_them_stay(text: str) -> None:
    made = one_spaced(text)
    assert made.split() == text.split()
    assert made == one_spaced(made)
    assert not re.search(r"\s\s|^\s|\s$", made)
    for run, kept in zip(re.findall(r"\S(\s+)(?=\S)", text), re.findall(r"\S(\s)(?=\S)", made), strict=True):
        assert kept in run if set(run) & set("\u00a0\u202f\u2007") else kept == " "


JOINED = re.compile(r"join\([^()]*(\([^()]*\))*[^()]*\.split\(\)")
FOLDS = {"articles/search/folding.py", "newsroom/versions/desk_changes.py"}  # they compare, and keep nothing


def test_no_code_joins_words_again_by_ordinary_spaces() -> None:
    root = Path(settings.BASE_DIR)
    found = {
        str(path.relative_to(root))
        for folder in ("articles", "newsroom")
        for path in (root / folder).rglob("*.py")
        if "migrations" not in path.parts and JOINED.search(path.read_text())
    }
    assert found == FOLDS, "use articles.wording.one_spaced"


def test_no_script_of_the_desk_replaces_no_break_spaces() -> None:
    root = Path(settings.BASE_DIR)
    ours = [path for folder in ("newsroom", "articles") for path in (root / "static" / folder / "js").rglob("*.js")]
    assert ours
    guilty: list[Any] = [path.name for path in ours if re.search(r"replace(All)?\(/\\s", path.read_text())]
    assert guilty == []
