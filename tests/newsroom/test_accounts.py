"""The accounts of the staff: nobody grants more than they have, even by a forged form."""

from collections.abc import Iterable
from io import StringIO
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from articles.models import Author, Section
from newsroom import access
from newsroom.access import Role
from newsroom.accounts import set_standing

from .desk import at_the_desk

ADD = "admin:auth_user_add"
GOOD = "une-phrase-assez-longue-7"


def words(**fields: Any) -> dict[str, Any]:
    return {
        "username": "nouvelle",
        "first_name": "Rim",
        "last_name": "Fassi",
        "email": "rim@fanal.example",
        "is_active": "on",
        "roles": [Role.JOURNALIST.value],
        "wants_mail": "on",
        "password1": GOOD,
        "password2": GOOD,
        **fields,
    }


def change(login: User) -> str:
    return reverse("admin:auth_user_change", args=[login.pk])


def as_is(login: User, **fields: Any) -> dict[str, Any]:
    roles = [role.value for role in access.recorded_standing(login).roles]
    kept = {"username": login.username, "first_name": login.first_name, "last_name": login.last_name, "roles": roles}
    return words(**kept, email=login.email, password1="", password2="") | fields


def errors(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200
    return dict(answer.context["adminform"].form.errors)


def test_a_chief_makes_an_account_that_can_sign_in(
    client: Client, chief: User, section: Section, author: Author
) -> None:
    client.force_login(chief)
    answer = client.post(reverse(ADD), words(sections=[section.pk], author=author.pk))
    assert answer.status_code == 302
    login = User.objects.get(username="nouvelle")
    standing = access.standing_of(login)
    assert (standing.roles, standing.sections) == (frozenset({Role.JOURNALIST}), frozenset({section.pk}))
    assert login.staff_profile.author == author
    assert (login.is_staff, login.is_superuser) == (False, False)
    assert Client().login(username="nouvelle", password=GOOD)


@pytest.mark.parametrize("who", ["journalist", "sub_editor", "editor", "photo_editor"])
def test_only_a_chief_sees_the_accounts(who: str, client: Client, request: pytest.FixtureRequest) -> None:
    client.force_login(request.getfixturevalue(who))
    assert client.get(reverse("admin:auth_user_changelist")).status_code == 403
    assert client.post(reverse(ADD), words()).status_code == 403


def test_a_forged_field_does_not_make_a_superuser(client: Client, chief: User, journalist: User) -> None:
    client.force_login(chief)
    everything = Group.objects.create(name="tout")
    forged = {"is_superuser": "on", "is_staff": "on", "groups": [everything.pk], "user_permissions": ["1"]}
    client.post(change(journalist), as_is(journalist, **forged))
    journalist.refresh_from_db()
    assert (journalist.is_staff, journalist.is_superuser) == (False, False)
    assert not journalist.groups.filter(pk=everything.pk).exists()


def test_an_unknown_role_is_refused(client: Client, chief: User) -> None:
    client.force_login(chief)
    assert errors(client.post(reverse(ADD), words(roles=["Propriétaire"])))["roles"]
    assert errors(client.post(reverse(ADD), words(roles=[])))["roles"]


def test_a_chief_of_one_section_cannot_grant_all_sections(
    client: Client, chief: User, editor: User, section: Section
) -> None:
    sports = Section.objects.create(name="Sports", slug="sports")
    set_standing(chief, roles=[Role.CHIEF], sections=[sports])
    client.force_login(chief)
    assert errors(client.post(reverse(ADD), words(sections=[])))["sections"]
    assert errors(client.post(reverse(ADD), words(sections=[section.pk])))["sections"]
    assert client.post(reverse(ADD), words(sections=[sports.pk])).status_code == 302
    assert client.post(change(editor), as_is(editor, sections=[sports.pk])).status_code == 403
    seen = client.get(change(editor))
    assert seen.status_code == 200
    assert b"password1" not in seen.content


def test_a_superuser_is_not_managed_by_a_chief(client: Client, chief: User, superuser: User) -> None:
    client.force_login(chief)
    taken_over = as_is(superuser, roles=[Role.CHIEF.value], password1=GOOD, password2=GOOD)
    assert client.post(change(superuser), taken_over).status_code == 403
    assert not superuser.groups.exists()


def test_a_closed_account_is_signed_out_and_cannot_sign_in_again(client: Client, chief: User, journalist: User) -> None:
    theirs = at_the_desk(journalist)
    assert theirs.get(reverse("admin:index")).status_code == 200
    client.force_login(chief)
    client.post(change(journalist), as_is(journalist, is_active=""))
    assert theirs.get(reverse("admin:index")).status_code == 302
    User.objects.filter(pk=journalist.pk).update(is_active=True)
    assert theirs.get(reverse("admin:index")).status_code == 302, "the old session is gone for good"


def test_closing_ones_own_account_is_refused(client: Client, chief: User) -> None:
    client.force_login(chief)
    assert errors(client.post(change(chief), as_is(chief, is_active="")))["is_active"]
    chief.refresh_from_db()
    assert chief.is_active


def test_the_last_chief_of_all_sections_cannot_lose_that_role(client: Client, chief: User, section: Section) -> None:
    client.force_login(chief)
    assert errors(client.post(change(chief), as_is(chief, roles=[Role.EDITOR.value])))
    assert errors(client.post(change(chief), as_is(chief, sections=[section.pk])))
    other = User.objects.create_user("adjoint", password=GOOD)
    set_standing(other, roles=[Role.CHIEF], sections=[])
    assert client.post(change(chief), as_is(chief, roles=[Role.EDITOR.value])).status_code == 302


def test_deleting_an_account_is_refused(client: Client, chief: User, journalist: User) -> None:
    client.force_login(chief)
    assert client.post(reverse("admin:auth_user_delete", args=[journalist.pk]), {"post": "yes"}).status_code == 403


def test_a_weak_password_is_refused_and_an_empty_field_keeps_the_old_one(
    client: Client, chief: User, journalist: User, settings: Any
) -> None:
    settings.AUTH_PASSWORD_VALIDATORS = [
        {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}}
    ]
    client.force_login(chief)
    assert errors(client.post(reverse(ADD), words(password1="court", password2="court")))["password2"]
    assert errors(client.post(reverse(ADD), words(password1="", password2="")))["password1"]
    assert errors(client.post(change(journalist), as_is(journalist, password1=GOOD)))["password2"]
    before = journalist.password
    client.post(change(journalist), as_is(journalist, first_name="Inès"))
    journalist.refresh_from_db()
    assert (journalist.password, journalist.first_name) == (before, "Inès")


def test_changing_ones_own_password_does_not_sign_one_out(client: Client, chief: User) -> None:
    client.force_login(chief)
    client.post(change(chief), as_is(chief, password1=GOOD, password2=GOOD))
    assert client.get(reverse("admin:index")).status_code == 200
    assert Client().login(username=chief.username, password=GOOD)


def test_a_login_that_differs_only_in_capitals_is_refused(client: Client, chief: User, journalist: User) -> None:
    client.force_login(chief)
    assert errors(client.post(reverse(ADD), words(username=journalist.username.upper())))["username"]


def test_the_desk_has_no_page_to_rename_a_role(client: Client, chief: User) -> None:
    client.force_login(chief)
    assert client.get("/redaction/auth/group/").status_code == 404


# --- From the shell -----------------------------------------------------------------------------------------------


STDIN = "newsroom.management.commands.staff.sys.stdin"


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def make(*arguments: str, typed: Iterable[str] | type[BaseException] = (GOOD, GOOD)) -> str:
    out = StringIO()
    with patch("newsroom.management.commands.staff.getpass", side_effect=typed), patch(STDIN, Terminal()):
        call_command("staff", *arguments, stdout=out)
    return out.getvalue()


def test_the_first_account_is_made_from_the_shell(db: None) -> None:
    assert "rim" in make("rim", "--role", "Rédaction en chef", "--email", "rim@fanal.example")
    login = User.objects.get(username="rim")
    assert access.standing_of(login).roles == {Role.CHIEF}
    assert Client().login(username="rim", password=GOOD)


def test_the_command_refuses_an_unknown_role_and_lists_the_known_ones(db: None) -> None:
    with pytest.raises(CommandError, match="Rédaction en chef"):
        make("rim", "--role", "Patron")
    assert not User.objects.exists()


def test_the_command_refuses_an_unknown_section_and_lists_the_known_ones(section: Section) -> None:
    with pytest.raises(CommandError, match="politique"):
        make("rim", "--role", "Éditeur", "--section", "sport")


def test_two_different_passwords_make_no_account(db: None) -> None:
    with pytest.raises(CommandError):
        make("rim", "--role", "Éditeur", typed=(GOOD, "autre"))
    assert not User.objects.exists()


@pytest.mark.parametrize("given", [EOFError, KeyboardInterrupt])
def test_whoever_gives_no_password_at_the_terminal_reads_that_nothing_changed(
    given: type[BaseException], db: None
) -> None:
    with pytest.raises(CommandError, match="Rien n’a changé"):
        make("rim", "--role", "Éditeur", typed=given)


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_without_a_terminal_the_password_is_the_line_of_the_standard_input(end: str, db: None) -> None:
    with patch(STDIN, StringIO(f"{GOOD}{end}")):
        call_command("staff", "rim", "--role", "Éditeur", stdout=StringIO())

    assert Client().login(username="rim", password=GOOD)


@pytest.mark.parametrize("stdin", [StringIO(""), StringIO("\n"), None])
def test_without_a_terminal_and_without_a_line_a_sentence_says_what_to_do(stdin: StringIO | None, db: None) -> None:
    with patch(STDIN, stdin), pytest.raises(CommandError, match="terminal"):
        call_command("staff", "rim", "--role", "Éditeur")

    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_command_holds_no_transaction_while_somebody_types() -> None:
    was_open = []

    def ask(_prompt: str) -> str:
        was_open.append(connection.in_atomic_block)
        return GOOD

    with patch("newsroom.management.commands.staff.getpass", ask), patch(STDIN, Terminal()):
        call_command("staff", "rim", "--role", "Éditeur", stdout=StringIO())

    assert was_open == [False, False]
