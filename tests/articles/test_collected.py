"""Collected static files: a new script never meets an old module."""

import json
from pathlib import Path

from pytest_django import Settings

from articles.collected import CollectedFiles


def test_the_modules_of_a_script_are_named_by_their_content(tmp_path: Path, settings: Settings) -> None:
    settings.DEBUG = False
    (tmp_path / "one.js").write_text('import { said } from "./two.js";\nconsole.log(said);\n')
    (tmp_path / "two.js").write_text('export const said = "bonjour";\n')
    storage = CollectedFiles(location=tmp_path, base_url="/static/")

    for _name, _hashed, fault in storage.post_process({name: (storage, name) for name in ("one.js", "two.js")}):
        assert not isinstance(fault, Exception)

    names = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    assert names["two.js"] != "two.js"
    assert f'from "./{names["two.js"]}"' in (tmp_path / names["one.js"]).read_text()
