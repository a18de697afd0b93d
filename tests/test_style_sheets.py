"""The style sheets: which layers there are, in which order, and that every rule of ours stands in one of them."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from articles.models import Section
from newsroom.models import Photo, Story

ROOT = Path(__file__).resolve().parent.parent
SHEETS = sorted((ROOT / "static").glob("*/css/*.css"))
READERS, DESK = ROOT / "static/articles/css/base.css", ROOT / "static/newsroom/css/admin.css"
EDITOR = ROOT / "static/newsroom/css/editor.css"
IN_NO_LAYER = ("@layer", "@import", "@font-face", "@page")  # has a layer of its own, or is no matter of the cascade
LINKED = re.compile(r'<link[^>]*href="([^"]+)"[^>]*rel="stylesheet"|<link[^>]*rel="stylesheet"[^>]*href="([^"]+)"')


def rules(sheet: Path) -> Iterator[str]:
    """What stands in no other rule, a question of @media aside: the words before each block, and each statement."""
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r'"[^"]*"', '""', text)  # an address may hold braces
    depth, words = 0, ""
    for sign in text:
        if depth == 0 and sign in "{;":
            rule, words = " ".join(words.split()), ""
            if rule.startswith("@media"):
                continue  # what stands in it counts
            yield rule
        elif depth == 0 and sign != "}":
            words += sign
        depth = max(0, depth + (sign == "{") - (sign == "}"))


def orders(sheet: Path) -> list[list[str]]:
    """The orders of layers that a sheet states."""
    return [rule[7:].split(", ") for rule in rules(sheet) if rule.startswith("@layer ") and "," in rule]


def linked(page: str) -> list[str]:
    return [quoted or otherwise for quoted, otherwise in LINKED.findall(page)]


def test_both_rooms_have_the_same_layers_and_the_desk_one_below_them_for_django() -> None:
    [readers], [desk] = orders(READERS), orders(DESK)

    assert desk == ["admin", *readers]


def test_no_other_sheet_states_an_order_of_the_layers() -> None:
    assert not [sheet.name for sheet in SHEETS if sheet not in (READERS, DESK) and orders(sheet)]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: f"{sheet.parent.parent.name} {sheet.stem}")
def test_no_rule_stands_outside_the_layers_but_those_against_the_sheet_of_ckeditor(sheet: Path) -> None:
    [known] = orders(DESK)
    for rule in rules(sheet):
        if rule.startswith("@layer ") and "," not in rule:
            assert rule[7:] in known, f"{rule} is no layer of the order"
        elif sheet == EDITOR and not rule.startswith("@layer"):
            assert "cke" in rule, f"{rule} has nothing to do with CKEditor"
        else:
            assert rule.startswith(IN_NO_LAYER), f"{rule} stands outside the layers"


def test_every_sheet_of_django_comes_in_in_the_lowest_layer() -> None:
    brought = [rule for sheet in SHEETS for rule in rules(sheet) if rule.startswith("@import")]

    assert len(brought) > 1
    assert not [rule for rule in brought if not rule.endswith(" layer(admin)")]


@pytest.fixture
def pages_of_the_desk(
    section: Section, journalist: User, make_story: Callable[..., Story], make_photo: Callable[..., Photo]
) -> list[str]:
    """One page for each of Django's templates that brings sheets with it, and those of ours that stand on them."""
    story, photo = make_story(by=journalist), make_photo()
    ours = ["", "newsroom/story/", "newsroom/story/add/", f"newsroom/story/{story.pk}/change/", "newsroom/photo/"]
    ours += [f"newsroom/photo/{photo.pk}/change/", "articles/", "articles/section/", "articles/section/add/"]
    ours += [f"articles/section/{section.pk}/change/", f"articles/section/{section.pk}/delete/", "auth/user/"]
    ours += ["auth/user/add/", f"auth/user/{journalist.pk}/change/", "password_change/", "mon-compte/", "nulle-part/"]
    return [f"/redaction/{address}" for address in ours]


def test_no_page_of_the_desk_links_a_sheet_of_django_outside_the_layers(
    client: Client, chief: User, pages_of_the_desk: list[str]
) -> None:
    """Such a sheet would win over all of ours."""
    at_the_door = client.get("/redaction/login/").content.decode()
    client.force_login(chief)
    pages = {address: client.get(address, follow=True).content.decode() for address in pages_of_the_desk}

    for address, page in {**pages, "/redaction/login/": at_the_door}.items():
        first, *others = linked(page)
        assert first.endswith("newsroom/css/admin.css"), address
        strange = [sheet for sheet in others if not sheet.startswith("/static/newsroom/css/")]
        assert strange in ([], ["/static/ckeditor/ckeditor.css"]), address
        assert "<style" not in page, address
