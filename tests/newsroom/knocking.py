"""Somebody who tries to sign in at the desk, from one network or another."""

from typing import Any

from django.test import Client

LOGIN = "/redaction/login/"
HOME, AWAY = "198.51.100.4", "203.0.113.7"


def knock(name: str, password: str, network: str = AWAY, browser: Client | None = None) -> Any:
    return (browser or Client()).post(LOGIN, {"username": name, "password": password}, REMOTE_ADDR=network)


def guess(name: str, times: int, network: str = AWAY) -> Any:
    for number in range(times):
        answer = knock(name, f"faux-{number}", network)
    return answer


def came_in(answer: Any) -> bool:
    return bool(answer.status_code == 302)


def words_of(answer: Any) -> str:
    return " ".join(str(error) for error in answer.context["form"].non_field_errors())
