"""Collected static files: a new script never imports an old module."""

import json
from pathlib import Path

from pytest_django import Settings

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
