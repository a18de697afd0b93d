"""docs/architecture.md is true: its map is whole, its floors and its data model are those of the code. The chapters of
CONTRIBUTING.md on what is added name what is there.
"""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
CODE = re.compile(r"`([^`\n]+)`")
FILE = re.compile(r"[\w/-]+\.(?:py|js)")
NAME = re.compile(r"[A-Za-z_][\w.]*")
QUERY = re.compile(r"[?&]([\w-]+)=")  # a word of the query of an address: `?texte=`
# « Story }o--o| Photo : lead_photo »
RELATION = re.compile(r"^    (\w+) (?:\}o|\|o)(--|\.\.)(o\{|o\||\|\|) (\w+) : (\w+)$", re.MULTILINE)
ATTRIBUTES = re.compile(r"^    (\w+) \{\n(.*?)^    \}$", re.MULTILINE | re.DOTALL)
TRIPS = ["Save", "Publish", "Read", "Autosave", "Upload"]


def section(title: str) -> str:
    """What stands under a heading, to the next one of its level or above."""
    level = "##" if f"\n## {title}\n" in PAGE else "###"
    _before, found, after = PAGE.partition(f"\n{level} {title}\n")
    assert found, title
    return re.split(rf"^#{{2,{len(level)}}} ", after, maxsplit=1, flags=re.MULTILINE)[0]


# --- The map and the floors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "folder"),
    [
        ("articles: the public record", "articles"),
        ("newsroom: the private room", "newsroom"),
        ("newsroom/admin: the desk", "newsroom/admin"),
    ],
)
def test_the_map_names_every_package_and_module_and_nothing_else(title: str, folder: str) -> None:
    rows = [line.split("|")[1] for line in section(title).splitlines() if line.startswith("| `")]
    named = [name for row in rows for name in CODE.findall(row)]
    modules = {path.name for path in (ROOT / folder).glob("*.py")} - {"__init__.py"}
    packages = {f"{path.parent.name}/" for path in (ROOT / folder).glob("*/__init__.py")}

    assert sorted(named) == sorted(modules | packages)


def test_the_floors_are_those_of_the_import_contracts() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    drawn = re.findall(r"```text\n(.*?)```", section("The floors"), re.DOTALL)

    assert [floors.splitlines() for floors in drawn] == [one["layers"] for one in contracts if one["type"] == "layers"]


# --- The data model -----------------------------------------------------------------------------------------------


def model_named(name: str) -> type[Model]:
    return next(model for model in apps.get_models() if model.__name__ == name)


@pytest.mark.parametrize(("title", "app"), [("The public room", "articles"), ("The private room", "newsroom")])
def test_every_model_is_drawn(title: str, app: str) -> None:
    drawing = section(title)
    drawn = {name for one in RELATION.findall(drawing) for name in (one[0], one[3])}
    drawn |= {name for name, _attributes in ATTRIBUTES.findall(drawing)}

    assert {model.__name__ for model in apps.get_app_config(app).get_models()} - drawn == set()


@pytest.mark.parametrize("relation", RELATION.findall(PAGE), ids=lambda one: f"{one[0]}.{one[4]}")
def test_a_relation_that_is_drawn_is_a_field_of_the_model(relation: tuple[str, ...]) -> None:
    model, line, end, target, name = relation
    field: Any = model_named(model)._meta.get_field(name)
    ends = "o{" if field.many_to_many else "o|" if field.null else "||"

    assert field.related_model is model_named(target)
    assert end == ends
    assert (line == "--") is (field.many_to_many or field.db_constraint)


def test_every_line_of_the_drawings_is_read_here() -> None:
    """The control of the two above."""
    lines = re.findall(r"^    \w+ \S*(?:--|\.\.)\S* .*$", PAGE, re.MULTILINE)

    assert len(lines) > 40
    assert len(lines) == len(RELATION.findall(PAGE))


def test_an_attribute_that_is_drawn_is_a_field_of_the_model() -> None:
    drawn = [
        (name, line.split()[1])
        for name, lines in ATTRIBUTES.findall(PAGE)
        for line in lines.splitlines()
        if line.strip()
    ]

    assert drawn
    fields = {name: {field.name for field in model_named(name)._meta.get_fields()} for name, _attribute in drawn}
    assert [f"{name}.{attribute}" for name, attribute in drawn if attribute not in fields[name]] == []


# --- The trips ----------------------------------------------------------------------------------------------------


def steps_of(trip: str) -> list[str]:
    return re.split(r"^\d+\. ", section(trip), flags=re.MULTILINE)[1:]


def is_in(name: str, file: str) -> bool:
    """Whether a file defines each part of a dotted name."""
    text = (ROOT / file).read_text(encoding="utf-8")
    return all(
        re.search(rf"\b(?:def|class|function|const) {part}\b|^{part}\b.*=|^  (?:async )?{part}\(", text, re.M)
        for part in name.split(".")
    )


@pytest.mark.parametrize("trip", TRIPS)
def test_a_trip_is_told_in_ten_steps(trip: str) -> None:
    assert len(steps_of(trip)) == 10


@pytest.mark.parametrize("trip", TRIPS)
def test_a_trip_names_words_of_the_query_that_its_files_read(trip: str) -> None:
    wrong = []
    for step in steps_of(trip):
        files = [word for word in CODE.findall(step) if FILE.fullmatch(word)]
        read = "\n".join((ROOT / file).read_text(encoding="utf-8") for file in files if (ROOT / file).exists())
        words = [name for word in CODE.findall(step) for name in QUERY.findall(word)]
        wrong += [word for word in words if not re.search(rf'\bGET(?:\.get\(|\[)"{word}"', read)]

    assert not wrong


def test_the_trips_name_words_of_the_query() -> None:
    """The control of the test above."""
    assert [name for trip in TRIPS for word in CODE.findall(section(trip)) for name in QUERY.findall(word)]


@pytest.mark.parametrize("trip", TRIPS)
def test_a_trip_names_files_that_are_there_and_functions_that_stand_in_them(trip: str) -> None:
    wrong = []
    for step in steps_of(trip):
        files = [word for word in CODE.findall(step) if FILE.fullmatch(word)]
        wrong += [file for file in files if not (ROOT / file).exists()]
        known = [file for file in files if (ROOT / file).exists()]
        names = [word for word in CODE.findall(step) if NAME.fullmatch(word) and not FILE.fullmatch(word)]
        wrong += [name for name in names if not any(is_in(name, file) for file in known)]

    assert not wrong


# --- How to add… --------------------------------------------------------------------------------------------------


def chapters() -> str:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return text.partition("\n## How to add…\n")[2].partition("\n## ")[0]


def test_the_chapters_on_what_is_added_name_files_that_are_there() -> None:
    files = {word for word in re.findall(r"[\w./-]+\.(?:py|js|css|html|md)\b", chapters()) if "/" in word}

    assert files
    assert not sorted(file for file in files if "NAME" not in file and not (ROOT / file).exists())


def test_the_chapters_on_what_is_added_name_tables_and_functions_that_are_there() -> None:
    names = {word for word in CODE.findall(chapters()) if re.fullmatch(r"[A-Za-z]\w*_\w+|[A-Z]{3,}", word)}
    folders = ("articles", "newsroom", "tests")
    code = "\n".join(path.read_text(encoding="utf-8") for name in folders for path in (ROOT / name).rglob("*.py"))

    assert names
    assert not sorted(name for name in names if not re.search(rf"\b{name}\b", code))
