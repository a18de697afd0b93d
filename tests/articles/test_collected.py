"""Collected static files: a new script never imports an old module, and none is a page."""

import json
from pathlib import Path

from django.apps import apps
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import RequestFactory
from pytest_django import Settings
from whitenoise.middleware import WhiteNoiseMiddleware

from articles.collected import CollectedFiles


def test_a_script_imports_its_modules_under_names_that_change_with_their_content(
    tmp_path: Path, settings: Settings
) -> None:
    settings.DEBUG = False
    (tmp_path / "one.js").write_text('import { greeting } from "./two.js";\nconsole.log(greeting);\n')
    (tmp_path / "two.js").write_text('export const greeting = "bonjour";\n')
    storage = CollectedFiles(location=tmp_path, base_url="/static/")

    for _name, _hashed, fault in storage.post_process({name: (storage, name) for name in ("one.js", "two.js")}):
        assert not isinstance(fault, Exception)

    names = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    assert names["two.js"] != "two.js"
    assert f'from "./{names["two.js"]}"' in (tmp_path / names["one.js"]).read_text()


def test_no_page_is_collected(tmp_path: Path) -> None:
    """The editor's plugins bring some, on the origin where staff are signed in."""
    pages = {".html", ".htm", ".xhtml", ".xml"}
    found = {Path(name).suffix for finder in finders.get_finders() for name, _storage in finder.list([])}
    kept = apps.get_app_config("staticfiles").ignore_patterns

    collected = {
        name for finder in finders.get_finders() for name, _storage in finder.list(kept) if Path(name).suffix in pages
    }

    assert ".html" in found, "the control: there are some to be left out"
    assert not collected


def test_a_static_file_runs_nothing_as_a_page(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "page.html").write_text("<script>alert(1)</script>")
    settings.STATIC_ROOT = tmp_path
    serve = WhiteNoiseMiddleware(lambda _request: HttpResponse("elsewhere"))

    answer = serve(RequestFactory().get("/static/page.html"))

    assert answer.status_code == 200
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
