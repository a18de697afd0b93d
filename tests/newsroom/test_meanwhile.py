"""Two people have one form of the desk open: neither save takes away what the other changed."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from articles.models import Author, Image, ImageCredit, Page, Section, Topic
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.models import Photo, StaffProfile, Story, name_of

from .desk import at_the_desk, messages_of
from .racing import at_once


class _Form(HTMLParser):
    """What a browser would post of the forms of a page if nobody touched them."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._area = self._select = ""
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        name = known.get("name", "")
        if "disabled" in known:
            return
        if tag == "input" and name and known.get("type") not in ("submit", "button", "file"):
            is_box = known.get("type") in ("checkbox", "radio")
            if not is_box or "checked" in known:
                self.fields.setdefault(name, []).append(known.get("value", "on" if is_box else ""))
        elif tag == "textarea":
            self._area, self._text = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in known:
            self.fields.setdefault(self._select, []).append(known.get("value", ""))

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            self.fields[self._area] = [self._text.removeprefix("\r\n").removeprefix("\n")]
            self._area = ""
        elif tag == "select":
            self._select = ""


def untouched(html: str) -> dict[str, list[str]]:
    """The fields of the form, as a browser sends them back."""
    form = _Form()
    form.feed(html)
    return {name: values for name, values in form.fields.items() if name not in ("q", "csrfmiddlewaretoken")}


def opened(client: Client, address: str) -> dict[str, list[str]]:
    answer = client.get(address)
    assert answer.status_code == 200
    return untouched(answer.content.decode())


def change(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


BODY = "<p>Le premier paragraphe.</p>\n<p>Le deuxième paragraphe.</p>\n<p>Le troisième paragraphe.</p>"


@pytest.fixture
def page(db: None) -> Page:
    return Page.objects.create(title="Mentions légales", slug="mentions-legales", body=BODY, order=1)


@pytest.fixture
def credit(db: None) -> ImageCredit:
    return ImageCredit.objects.create(name="Agence du Nord", kind="agency", licence="", url="https://nord.example/")


ROWS: dict[type, Callable[[Any], Any]] = {
    Section: lambda get: get("section"),
    Author: lambda get: Author.objects.create(name="Hamid Alaoui", slug="hamid-alaoui", role="Envoyé", biography="Né."),
    Topic: lambda get: Topic.objects.create(name="Pêche", slug="peche", description="La mer."),
    Page: lambda get: get("page"),
    ImageCredit: lambda get: get("credit"),
    User: lambda get: get("journalist"),
    Photo: lambda get: get("make_photo")(),
}
# Stories are joined by versions: `test_stale_saves.py`.
OTHERWISE = {Story}


def test_every_admin_of_the_desk_is_tried_here() -> None:
    assert set(admin.site._registry) - OTHERWISE == set(ROWS)


def other_value(form: Any, name: str, value: list[str], number: int) -> list[str]:
    """Another value that the field may have, and that no call with another number returns."""
    field = form.fields[name]
    if isinstance(field, forms.BooleanField):
        return [] if value else ["on"]
    if name == "picture":
        return [next(str(pk) for pk in Photo.objects.values_list("pk", flat=True) if [str(pk)] != value)]
    if isinstance(field, forms.ModelChoiceField | forms.MultipleChoiceField | forms.ChoiceField):
        own = str(form.instance.pk) if name == "parent" else ""
        offered = sorted((str(key) for key, _label in field.widget.choices if [str(key)] != value), reverse=True)
        return [next(key for key in offered if key != own or not own)]
    if isinstance(field, forms.EmailField):
        return [f"a{number}@fanal.example"]
    if isinstance(field, forms.URLField):
        return [f"https://a{number}.example/"]
    if isinstance(field, forms.FloatField):
        return [f"0.{number + 2}"]
    if isinstance(field, forms.IntegerField):
        return [str(7 + number)]
    return [f"#1234{number:02}" if name == "accent" else f"autre{number}x"]


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)
def test_a_save_of_one_field_never_takes_another_persons_change_of_any_field(
    model: type, chief: User, section: Section, make_photo: Any, request: pytest.FixtureRequest
) -> None:
    row = ROWS[model](request.getfixturevalue)
    Section.objects.create(name="Une autre rubrique", slug="une-autre")
    Author.objects.create(name="Une autre signature", slug="une-autre-signature")
    ImageCredit.objects.create(name="Une autre agence", kind="agency")
    if model is Section:
        make_photo()
        make_photo()
    address, client = change(row), at_the_desk(chief)
    form = client.get(address).context["adminform"].form
    names = [name for name in form.fields if name not in ("shown", "former", "password1", "password2")]
    for number, name in enumerate(names):
        first, second = opened(client, address), opened(client, address)
        theirs = other_value(form, name, first.get(name, []), number)
        assert client.post(address, {**first, name: theirs}).status_code == 302, name
        stored = opened(client, address).get(name, [])
        assert stored != first.get(name, []), f"{name} was not changed"

        mine = names[number - 1]
        value = other_value(form, mine, second.get(mine, []), number + 50)
        answer = client.post(address, {**second, mine: value})

        assert opened(client, address).get(name, []) == stored, name
        if answer.status_code == 200:  # refused: what was typed is on the page that comes back
            assert untouched(answer.content.decode()).get(mine, []) == value


def test_the_second_save_of_a_page_keeps_the_new_body_and_its_own_title(chief: User, editor: User, page: Page) -> None:
    one, other = at_the_desk(chief), at_the_desk(editor)
    first, second = opened(one, change(page)), opened(other, change(page))
    new_body = BODY.replace("premier", "tout premier")

    one.post(change(page), {**first, "body": new_body})
    answer = other.post(change(page), {**second, "title": "Qui nous sommes"}, follow=True)

    page.refresh_from_db()
    assert (page.title, page.body) == ("Qui nous sommes", new_body)
    assert [said for said in messages_of(answer) if name_of(chief) in said and "Texte" in said]


def test_two_changes_of_a_body_that_stand_apart_are_joined(chief: User, page: Page) -> None:
    client = at_the_desk(chief)
    first, second = opened(client, change(page)), opened(client, change(page))

    client.post(change(page), {**first, "body": BODY.replace("premier", "tout premier")})
    answer = client.post(change(page), {**second, "body": BODY.replace("troisième", "dernier")})

    page.refresh_from_db()
    assert answer.status_code == 302
    assert page.body == BODY.replace("premier", "tout premier").replace("troisième", "dernier")


def test_a_passage_that_both_changed_is_refused_with_both_and_replaced_knowingly(chief: User, page: Page) -> None:
    client = at_the_desk(chief)
    first, second = opened(client, change(page)), opened(client, change(page))
    theirs = BODY.replace("premier", "second").replace("troisième", "dernier")
    client.post(change(page), {**first, "body": theirs})

    refused = client.post(change(page), {**second, "body": BODY.replace("premier", "énième")})

    page.refresh_from_db()
    assert refused.status_code == 200
    assert page.body == theirs
    shown = refused.content.decode()
    assert "Le second paragraphe." in shown
    assert "Le énième paragraphe." in shown
    again = client.post(change(page), untouched(shown))
    page.refresh_from_db()
    assert again.status_code == 302
    assert page.body == BODY.replace("premier", "énième").replace("troisième", "dernier")


def test_a_field_that_both_changed_is_refused_once_and_saved_when_sent_again(chief: User, page: Page) -> None:
    client = at_the_desk(chief)
    first, second = opened(client, change(page)), opened(client, change(page))
    client.post(change(page), {**first, "title": "Le titre de l’une"})

    refused = client.post(change(page), {**second, "title": "Le titre de l’autre"})

    errors = refused.context["adminform"].form.errors
    assert "Le titre de l’une" in str(errors["title"])
    assert "Mentions légales" in str(errors["title"])
    page.refresh_from_db()
    assert page.title == "Le titre de l’une"
    client.post(change(page), untouched(refused.content.decode()))
    page.refresh_from_db()
    assert page.title == "Le titre de l’autre"


def test_the_same_change_made_twice_is_saved_without_a_word(chief: User, page: Page) -> None:
    client = at_the_desk(chief)
    first, second = opened(client, change(page)), opened(client, change(page))

    client.post(change(page), {**first, "title": "Contact"})
    assert client.post(change(page), {**second, "title": "Contact"}).status_code == 302


def test_a_form_sent_twice_clashes_with_itself_nowhere(chief: User, credit: ImageCredit, page: Page) -> None:
    client = at_the_desk(chief)
    form = {**opened(client, change(credit)), "url": "sud.example", "name": "  Agence du Sud "}
    assert [client.post(change(credit), form).status_code for _time in range(2)] == [302, 302]

    form = {**opened(client, change(page)), "body": "Un <b>mot</b>, puis<br><br>un autre.", "order": "04"}
    assert [client.post(change(page), form).status_code for _time in range(2)] == [302, 302]


def test_the_words_of_a_photo_that_two_people_changed_are_joined(
    chief: User, photo_editor: User, make_photo: Any
) -> None:
    photo = make_photo(caption="Le phare, mardi, vu du port au petit matin.")
    one, other = at_the_desk(chief), at_the_desk(photo_editor)
    first, second = opened(one, change(photo)), opened(other, change(photo))

    one.post(
        change(photo), {**first, "caption": "Le grand phare, mardi, vu du port au petit matin.", "alt": "Un phare."}
    )
    said = messages_of(other.post(change(photo), {**second, "photographer": "Omar Tazi",
        "caption": "Le phare, mardi, vu du port au petit jour."}, follow=True))  # fmt: skip

    photo.refresh_from_db()
    assert photo.caption == "Le grand phare, mardi, vu du port au petit jour."
    assert (photo.alt, photo.photographer) == ("Un phare.", "Omar Tazi")
    assert [each for each in said if name_of(chief) in each and "Légende" in each]


def test_a_caption_that_both_changed_is_refused_with_both_and_readers_keep_the_first(
    chief: User, make_photo: Any, make_story: Any, publish_story: Any, journalist: User
) -> None:
    photo = make_photo()
    publish_story(make_story(by=journalist, lead_photo=photo))
    client = at_the_desk(chief)
    first, second = opened(client, change(photo)), opened(client, change(photo))
    client.post(change(photo), {**first, "caption": "La digue, lundi."})

    refused = client.post(change(photo), {**second, "caption": "Le môle, jeudi."})

    errors = refused.context["adminform"].form.errors
    assert "La digue, lundi." in str(errors["caption"])
    assert untouched(refused.content.decode())["caption"] == ["Le môle, jeudi."]
    assert Image.objects.get(pk=photo.pk).caption == "La digue, lundi."
    client.post(change(photo), untouched(refused.content.decode()))
    assert Image.objects.get(pk=photo.pk).caption == "Le môle, jeudi."


def test_a_photo_of_which_both_moved_the_focal_point_keeps_the_first_one_until_it_is_sent_again(
    chief: User, make_photo: Any
) -> None:
    photo = make_photo()
    client = at_the_desk(chief)
    first, second = opened(client, change(photo)), opened(client, change(photo))
    client.post(change(photo), {**first, "focal_x": "0.1", "focal_y": "0.2"})

    refused = client.post(change(photo), {**second, "focal_x": "0.8", "focal_y": "0.9"})

    photo.refresh_from_db()
    assert (photo.focal_x, photo.focal_y) == (0.1, 0.2)
    client.post(change(photo), untouched(refused.content.decode()))
    photo.refresh_from_db()
    assert (photo.focal_x, photo.focal_y) == (0.8, 0.9)


def test_the_form_of_a_photo_that_is_sent_twice_clashes_with_itself_nowhere(chief: User, make_photo: Any) -> None:
    photo = make_photo()
    client = at_the_desk(chief)
    form = {
        **opened(client, change(photo)),
        "caption": " La  digue,\nlundi.",
        "focal_x": ".250",
        "photographer": "O.  T.",
    }

    assert [client.post(change(photo), form).status_code for _time in range(2)] == [302, 302]


@pytest.mark.parametrize("model", [model for model in ROWS if model is not User], ids=lambda model: model.__name__)
def test_what_was_typed_for_a_row_that_is_gone_is_given_back(
    model: type, chief: User, request: pytest.FixtureRequest
) -> None:
    row = ROWS[model](request.getfixturevalue)
    client, address = at_the_desk(chief), change(row)
    form = opened(client, address)
    name = next(name for name in ("name", "title", "caption") if name in form)
    row.delete()

    answer = client.post(address, {**form, name: "Des mots écrits trop tard"})

    assert answer.status_code == 404
    assert "Des mots écrits trop tard" in answer.content.decode()
    assert "&quot;" not in answer.content.decode()  # what the form carries for itself is nobody's words
    assert client.get(address).status_code == 302


def test_an_unreadable_record_of_what_was_shown_is_no_fault(chief: User, page: Page) -> None:
    client = at_the_desk(chief)
    form = opened(client, change(page))
    for shown in ("", "{", "[]", '{"title": {"a": 1}, "body": 3}', "[" * 100_000):
        assert client.post(change(page), {**form, "shown": shown}).status_code == 302


def test_two_tabs_of_ones_own_account_are_joined(sub_editor: User) -> None:
    client, address = at_the_desk(sub_editor), "/redaction/mon-compte/"
    first, second = opened(client, address), opened(client, address)

    client.post(address, {name: value for name, value in first.items() if name != "mail_asked"})
    client.post(address, {name: value for name, value in second.items() if name != "mail_texts"})

    profile = StaffProfile.objects.get(user=sub_editor)
    assert (profile.wants_mail, profile.mail_asked, profile.mail_texts, profile.mail_desk) == (True, False, False, True)


def test_a_role_taken_away_meanwhile_is_not_given_back(chief: User, sub_editor: User) -> None:
    client = at_the_desk(chief)
    address = change(sub_editor)
    first, second = opened(client, address), opened(client, address)
    roles = client.get(address).context["adminform"].form.fields["roles"].choices
    other = next(key for key, _label in roles if [key] != first["roles"])

    assert client.post(address, {**first, "roles": [other]}).status_code == 302
    assert client.post(address, {**second, "first_name": "Autre"}).status_code == 302

    sub_editor.refresh_from_db()
    assert sub_editor.first_name == "Autre"
    assert [group.name for group in sub_editor.groups.all()] == [other]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_saves_at_the_same_moment_keep_both_changes(chief: User, editor: User) -> None:
    page = Page.objects.create(title="Mentions légales", slug="mentions-legales", body=BODY, order=1)
    one, other = at_the_desk(chief), at_the_desk(editor)
    first, second = opened(one, change(page)), opened(other, change(page))

    answers = at_once(
        lambda: one.post(change(page), {**first, "body": "<p>Un nouveau texte.</p>"}).status_code,
        lambda: other.post(change(page), {**second, "title": "Qui nous sommes"}).status_code,
    )

    page.refresh_from_db()
    assert answers == [302, 302]
    assert (page.title, page.body) == ("Qui nous sommes", "<p>Un nouveau texte.</p>")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_chiefs_who_change_one_another_at_the_same_moment_wait_for_one_another(chief: User) -> None:
    twin = User.objects.create_user("jumelle", email="jumelle@fanal.example")
    set_standing(twin, roles=[Role.CHIEF], sections=[])
    one, other = at_the_desk(chief), at_the_desk(twin)
    first, second = opened(one, change(twin)), opened(other, change(chief))

    for turn in range(5):
        answers = at_once(
            lambda: one.post(change(twin), {**first, "first_name": f"Une{turn}"}).status_code,  # noqa: B023
            lambda: other.post(change(chief), {**second, "first_name": f"Autre{turn}"}).status_code,  # noqa: B023
        )
        assert answers == [302, 302]
        first, second = opened(one, change(twin)), opened(other, change(chief))
