"""Wrong passwords at the desk's door are slowed, and nobody is kept out by others.

The hours are moved by the test. Networks are those of the documentation ranges.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from newsroom.door import gates
from newsroom.models import Gate, SignIn

from .knocking import AWAY, HOME, LOGIN, came_in, guess, knock, words_of
from .racing import at_once

NINE = datetime(2026, 12, 1, 8, tzinfo=UTC)  # nine o'clock in Casablanca

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NINE, tick=False) as traveller:
        yield traveller


# --- Slowed -------------------------------------------------------------------------------------------------------


def test_after_five_wrong_passwords_from_one_network_the_next_one_has_to_wait(chief: User, password: str) -> None:
    assert [knock("chef", "faux").status_code for _try in range(5)] == [200] * 5

    answer = knock("chef", password)

    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (429, "5", answer["Cache-Control"])
    assert "5 secondes" in words_of(answer)
    assert 'value="chef"' in answer.content.decode(), "the name that was typed is kept"
    assert password not in answer.content.decode()


def test_the_right_password_passes_once_the_pause_is_over(
    chief: User, password: str, clock: time_machine.Traveller
) -> None:
    guess("chef", 60)
    assert not came_in(knock("chef", password))

    clock.shift(5)

    assert came_in(knock("chef", password))


def test_the_pause_doubles_with_each_wrong_password_up_to_five_minutes(
    chief: User, clock: time_machine.Traveller
) -> None:
    guess("chef", 5)
    pauses = []
    for _try in range(10):
        pauses.append(int(knock("chef", "faux")["Retry-After"]))
        clock.shift(pauses[-1])
        assert knock("chef", "faux").status_code == 200

    assert pauses == [5, 10, 20, 40, 80, 160, 300, 300, 300, 300]


def test_whoever_hammers_makes_no_pause_longer(chief: User, password: str, clock: time_machine.Traveller) -> None:
    guess("chef", 500)
    clock.shift(5)

    assert came_in(knock("chef", password))


def test_an_hour_of_quiet_opens_the_gates_again(chief: User, clock: time_machine.Traveller) -> None:
    guess("chef", 20)
    clock.shift(timedelta(hours=1))

    assert guess("chef", 5).status_code == 200
    assert knock("chef", "faux").status_code == 429


def test_one_network_is_slowed_whatever_names_it_tries(chief: User, password: str) -> None:
    answers = [knock(f"nom-{number}", "faux").status_code for number in range(60)]

    assert answers == [200] * 30 + [429] * 30
    assert not came_in(knock("chef", password))
    assert came_in(knock("chef", password, HOME)), "another network does not wait for it"


def test_one_account_is_slowed_whatever_networks_try_it(chief: User) -> None:
    answers = [knock("chef", "faux", f"192.0.2.{number}").status_code for number in range(60)]

    assert answers == [200] * 30 + [429] * 30


def test_the_addresses_of_one_home_are_one_network_in_ipv6(chief: User) -> None:
    for number in range(5):
        assert knock("chef", "faux", f"2001:db8:1:2::{number:x}").status_code == 200

    assert knock("chef", "faux", "2001:db8:1:2:ffff:ffff:ffff:ffff").status_code == 429
    assert knock("chef", "faux", "2001:db8:1:3::1").status_code == 200
    assert set(SignIn.objects.values_list("network", flat=True)) == {"2001:db8:1:2::/64", "2001:db8:1:3::/64"}


def test_names_that_differ_in_capitals_or_width_share_one_gate(chief: User) -> None:
    for name in ("chef", "Chef", "CHEF", "ｃｈｅｆ", " chef "):
        knock(name, "faux")

    assert knock("chef", "faux").status_code == 429


def test_a_right_password_is_given_back_to_the_network(chief: User, password: str) -> None:
    for _morning in range(60):
        assert came_in(knock("chef", password))

    assert set(Gate.objects.values_list("tries", flat=True)) == {0}


def test_looking_at_the_page_counts_for_nothing(client: Client, db: None) -> None:
    for _look in range(40):
        assert client.get(LOGIN).status_code == 200

    assert not Gate.objects.exists()
    assert not SignIn.objects.exists()


def test_a_form_without_a_password_counts_for_nothing(chief: User) -> None:
    for _try in range(40):
        assert knock("chef", "").status_code == 200

    assert not Gate.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_are_all_counted(chief: User) -> None:
    answers = at_once(*(lambda: knock("chef", "faux").status_code for _try in range(8)))

    assert sorted(answers) == [200] * 5 + [429] * 3  # type: ignore[type-var]
    assert SignIn.objects.get().refused == 8


@pytest.mark.django_db(transaction=True)
def test_right_and_wrong_passwords_at_the_same_moment_never_wait_for_each_other(chief: User, password: str) -> None:
    def enter(name: str, word: str) -> int:
        return int(knock(name, word, AWAY).status_code)

    words = [("chef", password), ("personne", "faux"), ("chef", "faux"), ("autre", "faux")] * 2
    answers = at_once(*(lambda pair=pair: enter(*pair) for pair in words))  # type: ignore[misc]

    assert all(isinstance(answer, int) and answer < 500 for answer in answers), answers


# --- Nobody is kept out by others ---------------------------------------------------------------------------------


def test_a_known_browser_passes_whatever_strangers_try(chief: User, password: str) -> None:
    own = Client()
    assert came_in(knock("chef", password, AWAY, own))
    own.post("/redaction/logout/")
    guess("chef", 60, AWAY)
    for number in range(60):
        knock("chef", "faux", f"192.0.2.{number}")

    assert not came_in(knock("chef", password, AWAY))
    assert came_in(knock("chef", password, AWAY, own))


def test_a_network_from_which_one_signed_in_passes_whatever_strangers_try(chief: User, password: str) -> None:
    knock("chef", password, HOME)
    for number in range(60):
        knock("chef", "faux", f"192.0.2.{number}")

    assert not came_in(knock("chef", password, AWAY)), "the control: a stranger waits"
    assert came_in(knock("chef", password, HOME))


def test_an_office_goes_on_signing_in_while_somebody_in_it_tries_passwords(
    chief: User, editor: User, password: str
) -> None:
    knock("chef", password, HOME)
    for number in range(100):
        knock(f"nom-{number}", "faux", HOME)

    assert came_in(knock(editor.username, password, HOME))


def test_a_cookie_of_a_known_browser_lets_nobody_guess_at_leisure(chief: User, password: str) -> None:
    stolen = Client()
    knock("chef", password, HOME, stolen)
    answers = [knock("chef", "faux", f"192.0.2.{number}", stolen).status_code for number in range(8)]

    assert answers == [200] * 5 + [429] * 3


def test_a_browser_is_known_only_for_the_accounts_that_signed_in_with_it(
    chief: User, editor: User, password: str
) -> None:
    shared = Client()
    knock("chef", password, AWAY, shared)
    guess(editor.username, 5)

    assert knock(editor.username, password, AWAY, shared).status_code == 429


def test_a_new_password_makes_a_browser_unknown(chief: User, password: str) -> None:
    old = Client()
    knock("chef", password, AWAY, old)
    chief.set_password("une-phrase-assez-longue-7")
    chief.save()
    guess("chef", 5)

    assert knock("chef", "une-phrase-assez-longue-7", AWAY, old).status_code == 429


def test_a_forged_cookie_makes_no_browser_known(chief: User, password: str) -> None:
    guess("chef", 5)
    for forged in ("", "x", "a:b:c", "W10:1vQ:aaaa"):
        browser = Client()
        browser.cookies["redaction_connu"] = forged
        assert knock("chef", password, AWAY, browser).status_code == 429


def test_the_cookie_of_a_known_browser_goes_to_the_desk_alone_and_to_no_script(chief: User, password: str) -> None:
    cookie = knock("chef", password).cookies["redaction_connu"]

    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/redaction/", True, "Lax")


# --- Nobody learns which logins exist -----------------------------------------------------------------------------


def test_a_name_that_nobody_has_is_answered_as_a_login_is(chief: User) -> None:
    def tried(name: str) -> list[tuple[int, str, str]]:
        answers = [knock(name, "faux", AWAY) for _try in range(8)]
        return [(one.status_code, one.get("Retry-After", ""), words_of(one)) for one in answers]

    assert tried("chef") == tried("personne")


def test_a_closed_account_is_answered_as_a_name_that_nobody_has(chief: User, password: str) -> None:
    User.objects.filter(pk=chief.pk).update(is_active=False)

    assert words_of(knock("chef", password)) == words_of(knock("personne", password))


def test_an_office_does_not_tell_which_names_exist_either(chief: User, password: str) -> None:
    knock("chef", password, HOME)
    for number in range(60):
        for name in ("chef", "personne"):
            knock(name, "faux", f"192.0.{number}.1")

    assert knock("chef", "faux", HOME).status_code == knock("personne", "faux", HOME).status_code == 200


# --- Bounded ------------------------------------------------------------------------------------------------------


def test_gates_are_as_many_as_their_keys_whatever_is_tried() -> None:
    keys = {gates.gate("account", f"nom-{number}") for number in range(200)}

    assert {len(key.partition(":")[2]) for key in keys} == {4}
    assert len(keys) > 190


def test_the_networks_named_for_one_account_and_day_have_a_most(chief: User, clock: time_machine.Traveller) -> None:
    for number in range(130):
        knock("chef", "faux", f"192.0.2.{number}")

    rows = SignIn.of(chief)
    assert rows.count() == 51
    assert rows.get(network=SignIn.OTHERS).refused == 80
    assert sum(row.refused for row in rows) == 130


def test_a_try_that_comes_too_early_costs_few_queries(
    chief: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    guess("chef", 20)

    with django_assert_max_num_queries(5):
        assert knock("chef", "faux").status_code == 429


# --- The old password ---------------------------------------------------------------------------------------------


def test_the_old_password_cannot_be_guessed_at_leisure_at_an_open_desk(editor: User, password: str) -> None:
    desk = Client()
    desk.force_login(editor)
    new = {"new_password1": "une-phrase-assez-longue-7", "new_password2": "une-phrase-assez-longue-7"}

    def change(old: str) -> int:
        return int(desk.post("/redaction/password_change/", {"old_password": old, **new}).status_code)

    assert [change("faux") for _try in range(7)] == [200] * 5 + [429] * 2
    assert change(password) == 429
    assert SignIn.of(editor).get().refused == 8


def test_a_new_password_of_ones_own_keeps_ones_browser_known(editor: User, password: str) -> None:
    desk, new = Client(), "une-phrase-assez-longue-7"
    knock(editor.username, password, AWAY, desk)
    typed = {"old_password": password, "new_password1": new, "new_password2": new}
    assert desk.post("/redaction/password_change/", typed).status_code == 302
    desk.post("/redaction/logout/")
    guess(editor.username, 10)

    assert came_in(knock(editor.username, new, AWAY, desk))


# --- Whose network ------------------------------------------------------------------------------------------------


def test_behind_the_web_server_the_network_is_the_one_that_it_names_and_no_other(
    chief: User, settings: LazySettings
) -> None:
    def forged(address: str) -> None:
        data = {"username": "chef", "password": "faux"}
        Client().post(LOGIN, data, REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": address})

    settings.IS_BEHIND_A_PROXY = True
    forged(f"10.0.0.1, {AWAY}")
    assert SignIn.objects.get().network == AWAY

    SignIn.objects.all().delete()
    settings.IS_BEHIND_A_PROXY = False
    forged(AWAY)
    assert SignIn.objects.get().network == "127.0.0.1"
