"""What a browser does: it signs in, keeps its cookies, and posts forms with their token."""

import re
from dataclasses import dataclass
from http.client import HTTPResponse
from http.cookies import SimpleCookie
from urllib.parse import urlencode
from uuid import uuid4

from .web_server import NAME, WebServer

LOGIN = "/redaction/login/"


@dataclass(frozen=True)
class Session:
    """A session of somebody who is signed in: the header of its cookies, and the token of its forms."""

    web: WebServer
    cookie: str
    token: str

    def ask(self, path: str) -> tuple[HTTPResponse, bytes]:
        return self.web.ask(path, Cookie=self.cookie)

    def send_file(self, path: str, content: bytes, **headers: str) -> tuple[HTTPResponse, bytes]:
        """Post the form of a photo, as a browser sends it."""
        boundary = uuid4().hex
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{self.token}\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="IMG_1.jpg"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        )
        body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        sent = {"Content_Type": f"multipart/form-data; boundary={boundary}", "Cookie": self.cookie, **same_origin()}
        return self.web.ask(path, "POST", body, **sent, **headers)


def same_origin() -> dict[str, str]:
    return {"Referer": f"https://{NAME}/redaction/", "Origin": f"https://{NAME}"}


def sign_in(web: WebServer, username: str, password: str) -> Session:
    shown, page = web.ask(LOGIN)
    token = _token_in(page)
    fields = {"csrfmiddlewaretoken": token, "username": username, "password": password, "next": "/redaction/"}
    kind = "application/x-www-form-urlencoded"
    answer, _page = web.ask(
        LOGIN, "POST", urlencode(fields).encode(), Content_Type=kind, Cookie=_cookies(shown), **same_origin()
    )
    assert answer.status == 302, "the sign-in was refused"
    cookie = _cookies(answer)
    _answer, page = web.ask("/redaction/newsroom/photo/", Cookie=cookie)
    return Session(web, cookie, _token_in(page))


def _token_in(page: bytes) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.decode())
    assert found, page.decode()
    return found[1]


def _cookies(answer: HTTPResponse) -> str:
    """The header Cookie with which a browser comes back after this answer."""
    kept: SimpleCookie = SimpleCookie()
    for header in answer.headers.get_all("Set-Cookie") or []:
        kept.load(header)
    return "; ".join(f"{name}={morsel.value}" for name, morsel in kept.items())
