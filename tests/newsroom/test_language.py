"""Staff and readers read French alone: no page, message or mail shows a word of the English of the code.

Every address of the desk is read for English by test_addresses, in each state and role. Every mail and every message
that any test of the desk causes is, by the conftest.
"""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client, RequestFactory

from articles.models import Author, Page
from newsroom import publishing
from newsroom.admin.errors import what_was_typed
from newsroom.models import Story
from tests import extraction
from tests.english import english_in, english_on

pytestmark = pytest.mark.django_db


# --- The extractor ------------------------------------------------------------------------------------------------


def test_the_extractor_sees_every_message_of_the_code() -> None:
    assert extraction.every_fault() == []


@pytest.mark.parametrize(
    "line",
    [
        "f'{_(\"Saved\")}'",
        "f'a {x:{_(\"Saved\")}} b'",
        "_(f'Saved {x}')",
        "_('Saved ' + x)",
        "_('Saved %s' % x)",
        "_('Saved {}'.format(x))",
        "_(words)",
        "_()",
        "_(*words)",
        "_(message=x)",
        "_('a' if x else 'b')",
        "ngettext('one', many, 3)",
        "pgettext(context, 'Saved')",
        "translation.gettext(x)",
        "django.utils.translation.gettext_lazy(x)",
    ],
)
def test_the_control_a_message_that_the_extractor_cannot_see_is_found(line: str) -> None:
    names = "from django.utils import translation\nimport django.utils.translation\n"
    names += "from django.utils.translation import gettext as _, ngettext, pgettext\n"

    assert [number for number, _why in extraction.faults(names + line)] == [4]


@pytest.mark.parametrize(
    "line",
    [
        "_('Saved')",
        "_('Saved, ' 'and kept')",
        "_('%(who)s saved') % {'who': f'{x}'}",
        "f'{x} {y}'",
        "ngettext('one', 'many', f(x))",
        "other(x)",
        "row.gettext(x)",
    ],
)
def test_a_message_that_the_extractor_sees_is_no_fault(line: str) -> None:
    names = "from django.utils.translation import gettext as _, ngettext\n"

    assert list(extraction.faults(names + line)) == []


@pytest.mark.parametrize("tag", ["{% translate title %}", "{% trans title|upper %}", '{% translate "Saved"|upper %}'])
def test_the_control_a_message_of_a_template_that_the_extractor_cannot_see_is_found(tag: str) -> None:
    assert [number for number, _why in extraction.faults_of_template(f"<p>\n{tag}</p>")] == [2]


@pytest.mark.parametrize(
    "html",
    [
        "<p>Save</p>",
        "<p>Le texte is here.</p>",
        '<img alt="Picture of the port">',
        '<button title="Save">Garder</button>',
        '<input type="submit" value="Save">',
        '<div data-words="Not saved yet"></div>',
        '<script type="application/json">{"a": ["Not saved yet"]}</script>',
    ],
)
def test_the_control_english_on_a_page_is_found(html: str) -> None:
    assert english_on(html) != []


@pytest.mark.parametrize(
    "html", ["<p>Enregistré</p>", "<p>Photo</p>", '<a href="/the/end">la fin</a>', "<script>the.end()</script>"]
)
def test_french_is_not_taken_for_english(html: str) -> None:
    assert english_on(html) == []


# --- What is given back ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "fields", "labels"),
    [
        ("articles/topic/add/", {"name": "Pêche", "slug": "peche"}, ["Pêche", "peche"]),
        ("auth/user/add/", {"first_name": "Rim", "password1": "tres-secret-77", "email": "rim@fanal.example"}, ["Rim"]),
        ("newsroom/story/7/note/", {"new_note": "Vu.", "note_passage": "le maire", "note_key": "x-y"}, ["Vu."]),
        ("newsroom/story/7/plan/", {"plan-characters": "3 500", "plan-deadline": "demain"}, ["3 500", "demain"]),
        ("newsroom/story/7/schedule/", {"when": "demain", "change_kind": "update", "when-sure_of": "x"}, ["demain"]),
        ("newsroom/photo/7/change/", {"caption": "Le port", "photographer_name": "Rim"}, ["Le port", "Rim"]),
        ("relecture/x/", {"verdict": "approved", "text": "Rien à dire."}, ["Rien à dire."]),
        ("nulle/part/", {"unheard_of": "Des mots."}, ["Des mots."]),
    ],
)
def test_what_was_typed_comes_back_under_french_labels(
    rf: RequestFactory, address: str, fields: dict[str, str], labels: list[str]
) -> None:
    given_back = what_was_typed(rf.post(f"/redaction/{address}", fields))

    assert {text for _label, text in given_back} >= set(labels)
    assert not {"x-y", "approved", "update", "tres-secret-77"} & {text for _label, text in given_back}
    assert not english_in(*(label for label, _text in given_back))
    assert not {label for label, _text in given_back} & fields.keys() - {"notice"}


def test_the_names_of_the_readers_pages_are_in_french(
    client: Client,
    journalist: User,
    chief: User,
    make_story: Callable[..., Story],
    publish_story: Callable[[Story], Story],
) -> None:
    live, gone = publish_story(make_story(by=journalist)), publish_story(make_story(by=journalist))
    publishing.withdraw(gone, revision=gone.version, by=chief, note="Une erreur.")
    Page.objects.create(title="Mentions", slug="mentions", body="<p>Ici.</p>")
    addresses = ["/", "/politique/", "/auteurs/", "/corrections/", "/mentions/", "/nulle-part/", f"/a/{gone.pk}/"]
    addresses += [f"/a/{live.pk}/", *(author.get_absolute_url() for author in Author.objects.all())]

    assert {where: found for where in addresses if (found := english_on(client.get(where, follow=True)))} == {}
