"""One try to sign in: which gates it has to pass, and what becomes of it."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone

from articles.networks import network_of
from newsroom.models import SignIn

from . import record
from .browsers import known_as
from .gates import gate, give_back, pass_through


@dataclass(frozen=True)
class Knock:
    """A name typed at the door, the network it comes from, and the gates on its way.

    The gates are those of the typed name, whether or not anybody has it, so that no answer tells which logins exist.
    """

    account: int
    network: str
    gates: tuple[str, ...]
    at: datetime

    @classmethod
    def at_the_door(cls, request: HttpRequest, typed: str) -> Self:
        """Somebody who types `typed` as their login. A known browser passes a gate of its own, and no other."""
        login = User.objects.filter(username=typed).first()
        network = network_of(request)
        name = unicodedata.normalize("NFKC", typed).casefold()
        if login is not None and (browser := known_as(request, login)):
            gates = [gate("browser", browser, name)]
        elif record.is_an_office(network):
            gates = [gate("pair", name, network), gate("office", network)]
        else:
            gates = [gate("pair", name, network), gate("account", name), gate("network", network)]
        return cls(login.pk if login else SignIn.NOBODY, network, tuple(gates), timezone.now())

    @classmethod
    def of_the_old_password(cls, request: HttpRequest, login: User) -> Self:
        """Somebody signed in as `login` who types its password once more, to change it."""
        return cls(login.pk, network_of(request), (gate("browser", "old password", str(login.pk)),), timezone.now())

    def enter(self) -> int:
        """0 when the password may be looked at; otherwise the seconds to wait, and the try is recorded as refused."""
        wait = pass_through(self.gates, self.at)
        if wait:
            self.refuse()
        return wait

    def refuse(self) -> None:
        record.record_refused(self.account, self.network, self.at)

    def prove(self) -> None:
        """The password was right."""
        give_back(self.gates, self.at)

    def admit(self, login: User, before: datetime | None) -> record.Before:
        """`login` comes in; `before` is when it last did."""
        self.prove()
        return record.record_admitted(login, self.network, self.at, before)
