"""Signs that turn the order of the words around them, or that nobody sees, in the short fields of the desk."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.http import HttpRequest, QueryDict
from django.test import RequestFactory
from django.urls import URLResolver, reverse

from articles.models import Author, ImageCredit, Page, Topic
from newsroom.admin.base import ScopedAdmin
from newsroom.admin.deeds.flash import FlashForm
from newsroom.admin.forms.parsing import KEPT_AS_TYPED, make_legible
from newsroom.models import Note, SignIn
from newsroom.photos import intake

from .desk import at_the_desk
from .knocking import came_in, knock

pytestmark = pytest.mark.django_db

DECEIVING = "".join(
    map(
        chr,
        [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200B, 0x2060, 0xFEFF, 0xE0001, 0xE0041, 0x1F, 0x85, 0x7F],
    )
)
# Written on purpose: no-break spaces, the apostrophe, the joiners of scripts and emoji, the marks of direction.
SPELLING = "l\u2019an\u00a02026\u202f! \u200e\u200f a\u200cb\u200dc"


def read(**fields: str) -> QueryDict:
    """The fields as the desk reads them once they are posted."""
    request = RequestFactory().post("/redaction/", fields)
    make_legible(request)
    return request.POST


def short_fields(chief: User) -> list[str]:
    """The names of the fields of words of every form of the desk but bodies and passwords."""
    request = RequestFactory().get("/redaction/")
    request.user = chief
    names: set[str] = set()
    for model_admin in admin.site._registry.values():
        assert isinstance(model_admin, ScopedAdmin)
        for obj in (None, *model_admin.model._default_manager.all()[:1]):
            fields = model_admin.get_form(request, obj, change=obj is not None).base_fields
            names |= {name for name, field in fields.items() if isinstance(field, forms.CharField)}
    names |= {name for name, field in FlashForm.base_fields.items() if isinstance(field, forms.CharField)}
    return sorted(names)


def test_every_field_of_words_of_every_form_is_read_without_the_signs_that_deceive(
    chief: User, journalist: User
) -> None:
    names = short_fields(chief)
    kept = {name for name in names if KEPT_AS_TYPED.fullmatch(name)}
    assert kept == {"body", "password1", "password2", "shown"}
    assert {"headline", "kicker", "name", "title", "username", "first_name", "caption", "alt"} <= set(names)
    for name in set(names) - kept:
        assert read(**{name: f"exe{DECEIVING}gpj"})[name] == "exegpj", name
        assert read(**{name: "deux\u2028lignes\tici"})[name] == "deux lignes ici", name
        assert read(**{name: SPELLING})[name] == SPELLING, name


@pytest.mark.parametrize(
    ("model", "field", "others"),
    [
        (Author, "name", {}),
        (Topic, "name", {}),
        (Page, "title", {"order": "0"}),
        (ImageCredit, "name", {"kind": "agency"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_name_is_stored_as_it_reads(model: Any, field: str, others: dict[str, str], chief: User) -> None:
    address = reverse(f"admin:articles_{model._meta.model_name}_add")
    answer = at_the_desk(chief).post(address, {field: f"L\u2019an\u00a0{DECEIVING}deux", **others})

    assert answer.status_code == 302
    assert getattr(model.objects.get(**{f"{field}__startswith": "L\u2019an"}), field) == "L\u2019an\u00a0deux"


def test_a_search_finds_what_was_pasted_with_such_signs(chief: User) -> None:
    Topic.objects.create(name="Pêche", slug="peche")
    answer = at_the_desk(chief).get(reverse("admin:articles_topic_changelist"), {"q": "\u202ePêche\u2069"})
    assert "Pêche" in [str(row) for row in answer.context["cl"].result_list]


def test_a_body_keeps_the_isolates_of_a_passage_in_arabic() -> None:
    quoted = "<p>Il dit \u2067السلام عليكم\u2069 et sort.</p>"
    assert read(body=quoted)["body"] == quoted


def test_the_lines_of_a_note_stay(chief: User, make_story: Any) -> None:
    story = make_story(by=chief)
    at_the_desk(chief).post(f"/redaction/newsroom/story/{story.pk}/note/", {"new_note": "Une\n\u202edeux"})
    assert Note.objects.get().text.splitlines() == ["Une", "deux"]


# --- What no form of the admin reads -------------------------------------------------------------------------------


def test_a_login_pasted_with_such_signs_finds_its_account(chief: User, password: str) -> None:
    assert came_in(knock(f"ch{DECEIVING}ef", password))


def test_a_login_that_is_refused_comes_back_as_it_reads_and_passes_the_gates_of_its_name(chief: User) -> None:
    pages = [knock(f"ch{sign}ef", "faux").content.decode() for sign in DECEIVING[:5]]

    assert all('value="chef"' in page for page in pages)
    assert not any(sign in page for page in pages for sign in DECEIVING)
    assert knock("chef", "faux").status_code == 429, "another spelling of the name is no other name"
    assert {sign_in.account for sign_in in SignIn.objects.all()} == {chief.pk}


def test_a_password_is_what_was_typed(chief: User) -> None:
    chief.set_password("mot\u202ede passe")
    chief.save()

    assert not came_in(knock("chef", "motde passe"))
    assert came_in(knock("chef", "mot\u202ede passe"))


def test_the_accounts_show_a_chief_none_of_these_signs(chief: User) -> None:
    knock(f"x{DECEIVING}y", "faux")
    knock(f"ch{DECEIVING}ef", "faux")

    for address in (reverse("admin:auth_user_changelist"), reverse("admin:auth_user_change", args=[chief.pk])):
        page = at_the_desk(chief).get(address).content.decode()
        assert not [hex(ord(sign)) for sign in DECEIVING if sign in page]


# What stands in the place of each part of an address, in this order.
PARTS = (
    (r"<(path|int):\w+>|\(\?P<number>[^)]*\)|\(\\d\{1,18\}\)", "7"),
    (r"<(str|slug):\w+>|\(\?P<url>[^)]*\)", "x"),
    (r"\((?:\?P<\w+>)?(\w+)[^)]*\)", r"\1"),  # the first of several words
    (r"[\^$]", ""),
)
READS_NOTHING = {"/redaction/newsroom/photo/upload/allowed/"}


def every_address(patterns: Any = None, before: str = "/redaction/") -> Iterator[str]:
    """Each address of the desk, with some row in it."""
    for each in admin.site.urls[0] if patterns is None else patterns:
        address = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from every_address(each.url_patterns, address)
            continue
        for part, instead in PARTS:
            address = re.sub(part, instead, address)
        yield address


def test_every_address_of_the_desk_reads_its_fields_so(chief: User, monkeypatch: pytest.MonkeyPatch) -> None:
    read_so: list[str] = []

    def look(request: HttpRequest) -> None:
        read_so.append(request.path)
        make_legible(request)

    monkeypatch.setattr("newsroom.admin.site.make_legible", look)
    monkeypatch.setattr("newsroom.admin.panels.share_links.make_legible", look)
    client = at_the_desk(chief)
    client.raise_request_exception = False
    addresses = set(every_address())
    assert len(addresses) > 80
    assert addresses >= READS_NOTHING
    for address in sorted(addresses - READS_NOTHING):
        client.force_login(chief)  # one of the addresses signs out
        client.post(address, {"name": "x"})
        assert read_so[-1:] == [address]


def test_a_file_is_shown_under_a_name_that_reads_as_it_is(make_photo: Any) -> None:
    file = ContentFile(b"", name=f"dossier\\photo{DECEIVING}gpj.\u00a0exe")

    assert intake.name_of_file(file.name) == "photogpj.\u00a0exe"
