"""Makes an account from the shell: the first one of a new installation, or one for somebody who is locked out."""

import sys
from getpass import getpass
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from articles.models import Section
from newsroom.access import Role
from newsroom.accounts import set_standing


class Command(BaseCommand):
    help = (
        "Makes an account of the desk, or gives an existing one its roles, its sections and a new password. A terminal "
        "asks for the password; without one, it is the first line of the standard input."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", action="append", required=True, dest="roles", help="May be given several times.")
        parser.add_argument("--section", action="append", default=[], dest="sections", help="The address of a section.")
        parser.add_argument("--email", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        roles = [_role(name) for name in options["roles"]]
        sections = [_section(slug) for slug in options["sections"]]
        username = User.normalize_username(options["username"])
        login = User.objects.filter(username__iexact=username).first() or User(username=username)
        login.email = options["email"] or login.email
        login.is_active = True
        password = _ask_twice() if sys.stdin and sys.stdin.isatty() else _read_line()
        login.set_password(password)
        try:
            validate_password(password, login)
            login.full_clean()
        except ValidationError as refusal:
            raise CommandError("\n".join(refusal.messages)) from None
        author = getattr(login, "staff_profile", None)
        with transaction.atomic(durable=True):  # not while somebody types: SQLite would let nobody else write
            login.save()
            set_standing(login, roles=roles, sections=sections, author_id=author.author_id if author else None)
        given = ", ".join(role.value for role in roles)
        self.stdout.write(_("%(login)s can enter the desk: %(roles)s.") % {"login": login, "roles": given})


def _ask_twice() -> str:
    try:
        password = getpass(_("Password: "))
        once_more = getpass(_("Once more: "))
    except (EOFError, KeyboardInterrupt):
        raise CommandError(_("No password was given. Nothing was changed.")) from None
    if password != once_more:
        raise CommandError(_("The two passwords differ. Nothing was changed."))
    return password


def _read_line() -> str:
    """The password that a script gives, as there is no terminal to ask it in."""
    password = sys.stdin.readline().rstrip("\r\n") if sys.stdin else ""
    if not password:
        raise CommandError(
            _(
                "There is no terminal to ask for the password, and the standard input holds none. Nothing was changed. "
                "Run this in a terminal, or give the password as one line: manage.py staff … < file"
            )
        )
    return password


def _role(name: str) -> Role:
    try:
        return Role(name)
    except ValueError:
        known = "\n".join(f"  {role.value}" for role in Role)
        raise CommandError(_("Unknown role: %(name)s. The roles are:") % {"name": name} + f"\n{known}") from None


def _section(slug: str) -> Section:
    section = Section.objects.filter(slug=slug).first()
    if section is None:
        known = ", ".join(Section.objects.values_list("slug", flat=True))
        raise CommandError(_("Unknown section: %(slug)s. The sections are: %(known)s") % {"slug": slug, "known": known})
    return section
