"""Rules of the repository: who may import whom, what the settings refuse, which files lie where, what is locked."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from importlib import metadata
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from newsroom.admin.base import Scoped, ScopedAdmin
from tests import lint
from tests.lint import PRODUCTION

ROOT = Path(__file__).resolve().parent.parent
FIXED = {"manage.py", "pyproject.toml", "newsroom", "articles", "templates", "static", "tests"}
USUAL = {"README.md", "LICENSE", "CHANGELOG.md", "Makefile", ".ci", "locale", "docs", "deploy", ".gitignore"}
FOR_CONTRIBUTORS = {"CONTRIBUTING.md", "SECURITY.md", ".github", ".pre-commit-config.yaml"}
CHECKER = {"package.json", "package-lock.json"}  # of the HTML checker: npm wants them at the top


def tracked() -> list[str]:
    """The files that git tracks. In an archive without a repository, the files that are there."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return [name for name in done.stdout.split("\0") if name and (ROOT / name).exists()]
    skipped = {".venv", "var", "node_modules", "__pycache__", ".git"}
    return [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if path.is_file() and not skipped & set(path.parts)]


def manage(tmp_path: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run manage.py in a process that has these variables of the newsroom and no other."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("NEWSROOM_")}
    for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE"):
        variables.pop(name, None)
    variables |= {"NEWSROOM_VAR": str(tmp_path), **environment}
    command = [sys.executable, "-Wd", "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)


# --- The desk -----------------------------------------------------------------------------------------------------


def test_every_admin_of_the_desk_derives_from_the_scoped_base() -> None:
    assert admin.site._registry
    unscoped = [type(page).__name__ for page in admin.site._registry.values() if not isinstance(page, ScopedAdmin)]

    assert not unscoped


def test_every_inline_of_the_desk_derives_from_the_scoped_base() -> None:
    inlines = [inline for page in admin.site._registry.values() for inline in page.inlines]

    assert not [inline.__name__ for inline in inlines if not issubclass(inline, Scoped)]


def subclasses_of(parent: type) -> set[type]:
    """All the subclasses of `parent`, at any depth, registered or not."""
    return {descendant for child in parent.__subclasses__() for descendant in {child, *subclasses_of(child)}}


def test_no_inline_that_is_made_for_a_request_escapes_the_scoped_base() -> None:
    inlines = subclasses_of(InlineModelAdmin)
    ours = {inline for inline in inlines if inline.__module__.startswith(("newsroom.", "articles."))}

    assert not [inline.__name__ for inline in ours if not issubclass(inline, Scoped)]


@pytest.mark.parametrize("hook", ["get_queryset", "has_view_permission", "has_change_permission"])
def test_an_admin_that_overrides_a_hook_of_the_scope_still_asks_it(hook: str) -> None:
    """A method that overrides a hook of the base must call it, or ask `access`, so that it only narrows the scope.

    `may_write` is the answer of `access` that the page of a story hands to its inlines.
    """
    unscoped = []
    for page in [page for page in subclasses_of(Scoped) if page.__module__.startswith("newsroom.admin")]:
        override = vars(page).get(hook)
        if override is not None and not ({"super", "access", "may_write"} & set(override.__code__.co_names)):
            unscoped.append(f"{page.__name__}.{hook}")

    assert not unscoped


# --- The two rooms ------------------------------------------------------------------------------------------------


def test_the_import_contracts_are_kept() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_no_table_of_the_public_record_points_at_the_private_room() -> None:
    from django.apps import apps

    pointing = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("articles").get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and field.related_model._meta.app_label != "articles"
    ]

    assert not pointing


# --- Settings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["NEWSROOM_MODE", "NEWSROOM_PROCESS"])
def test_an_unknown_value_of_a_setting_stops_the_process_with_a_sentence(name: str, tmp_path: Path) -> None:
    done = manage(tmp_path, "check", **{"NEWSROOM_MODE": "demo", name: "presque"})

    assert done.returncode != 0
    assert f"{name}='presque': expected one of" in done.stderr


def test_production_does_not_start_without_a_secret_key(tmp_path: Path) -> None:
    done = manage(tmp_path, "check", NEWSROOM_MODE="production")

    assert done.returncode != 0
    assert "NEWSROOM_SECRET_KEY is not set" in done.stderr


def test_the_demo_command_is_refused_in_production(tmp_path: Path) -> None:
    done = manage(tmp_path, "demo", **PRODUCTION)

    assert done.returncode != 0
    assert "NEWSROOM_MODE=demo" in done.stderr


@pytest.mark.parametrize("process", ["all", "desk", "reader"])
def test_the_deployment_checks_give_no_warning_in_production(process: str, tmp_path: Path) -> None:
    done = manage(tmp_path, "check", "--deploy", "--fail-level=WARNING", **{**PRODUCTION, "NEWSROOM_PROCESS": process})

    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr, done.stderr


@pytest.mark.parametrize(
    ("value", "header"),
    [
        ("", "max-age=31536000"),
        ("host", "max-age=31536000"),
        ("subdomains", "max-age=31536000; includeSubDomains"),
        ("preload", "max-age=31536000; includeSubDomains; preload"),
    ],
)
def test_how_far_https_alone_reaches_is_the_newspapers_choice(value: str, header: str, tmp_path: Path) -> None:
    program = (
        "from django.test import Client; "
        "print(Client(headers={'host': 'fanal.example'}).get('/robots.txt', secure=True)['Strict-Transport-Security'])"
    )
    chosen = {"NEWSROOM_HSTS": value} if value else {}

    done = manage(tmp_path, "shell", "-v0", "-c", program, **PRODUCTION, **chosen)

    assert done.stdout.strip() == header, done.stderr


def test_every_variable_that_the_settings_read_is_in_the_readme() -> None:
    settings = (ROOT / "newsroom" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'"(NEWS(?:ROOM|PAPER)_[A-Z_]+)"', settings)) | {"DATABASE_URL"}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert not [name for name in sorted(read) if f"`{name}`" not in readme]


# --- What lies where ----------------------------------------------------------------------------------------------


def test_the_top_level_holds_what_every_project_has_and_no_more() -> None:
    assert {name.split("/")[0] for name in tracked()} <= FIXED | USUAL | FOR_CONTRIBUTORS | CHECKER


def test_no_file_names_a_path_of_a_contributors_machine() -> None:
    places = re.compile(r"/(?:home|Users)/\w+|/root/|[A-Z]:\\Users")
    offending = []
    for name in tracked():
        path = ROOT / name
        if path == Path(__file__) or path.suffix in {".jpg", ".png", ".woff2", ".mo", ".ico", ".webp"}:
            continue
        offending += [name] if places.search(path.read_text(encoding="utf-8", errors="ignore")) else []

    assert not offending


def test_no_module_has_a_name_without_a_subject_such_as_utils() -> None:
    without_subject = {"utils.py", "helpers.py", "services.py", "managers.py", "signals.py"}

    assert not [name for name in tracked() if Path(name).name in without_subject]


def test_no_python_file_passes_four_hundred_lines() -> None:
    ours = [
        name for name in tracked() if name.endswith(".py") and name.startswith(("newsroom/", "articles/", "tests/"))
    ]
    long = {name: lines for name in ours if (lines := (ROOT / name).read_bytes().count(b"\n")) > 400}

    assert not {name: lines for name, lines in long.items() if "/migrations/" not in name}


# --- What is installed --------------------------------------------------------------------------------------------

LOCKS = ROOT / "deploy" / "requirements"
LOCKED = {"run": [], "dev": ["dev"], "pgserver": ["pgserver"]}  # each lock, and the extras that it holds
PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[\w.]+)(?: ; (?P<marker>[^\\]+?))? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def lines_of(lock: str) -> list[str]:
    return (LOCKS / f"{lock}.txt").read_text(encoding="utf-8").splitlines()


def pins_of(lock: str) -> list[re.Match[str]]:
    """The pins of a lock. A package has two when two platforms want two versions."""
    return [pin for line in lines_of(lock) if (pin := PIN.fullmatch(line))]


def versions_in(lock: str) -> dict[str, set[str]]:
    versions: dict[str, set[str]] = {}
    for pin in pins_of(lock):
        versions.setdefault(pin["name"], set()).add(pin["version"])
    return versions


@pytest.mark.parametrize("lock", LOCKED)
def test_a_lock_holds_names_versions_and_hashes_but_no_address_of_an_index(lock: str) -> None:
    assert pins_of(lock)
    assert not [line for line in lines_of(lock) if not PIN.fullmatch(line) and not HASH.fullmatch(line)]


@pytest.mark.parametrize("lock", LOCKED)
def test_a_lock_gives_a_hash_for_every_package(lock: str) -> None:
    lines = [*lines_of(lock), ""]
    without_hash = [line for line, next_line in pairwise(lines) if PIN.match(line) and not HASH.match(next_line)]

    assert not without_hash


@pytest.mark.parametrize(("lock", "extras"), LOCKED.items())
def test_a_lock_holds_every_dependency_of_the_project_within_its_bounds(lock: str, extras: list[str]) -> None:
    """This fails after a change of pyproject.toml until `make lock` has renewed the locks."""
    required = [
        *project()["dependencies"],
        *(line for extra in extras for line in project()["optional-dependencies"][extra]),
    ]
    versions = versions_in(lock)
    outside = [
        line
        for line in required
        if not (held := versions.get(canonicalize_name(Requirement(line).name)))
        or not all(Requirement(line).specifier.contains(version) for version in held)
    ]

    assert required
    assert not outside


@pytest.mark.parametrize("lock", ["dev", "pgserver"])
def test_the_tests_run_on_the_versions_that_production_installs(lock: str) -> None:
    tested = versions_in(lock)

    assert not {name: versions for name, versions in versions_in("run").items() if tested.get(name) != versions}


def test_every_installed_package_has_the_version_that_the_lock_holds() -> None:
    """This fails when a package was installed without the lock, or `make test` has not yet installed a new lock."""
    pins = [pin for pin in pins_of("dev") if not pin["marker"] or Marker(pin["marker"]).evaluate()]
    installed = {canonicalize_name(package.name): package.version for package in metadata.distributions()}

    assert pins
    assert not {pin["name"]: version for pin in pins if (version := installed.get(pin["name"])) != pin["version"]}


def test_the_lock_of_the_html_checker_names_no_registry() -> None:
    lock = (ROOT / "package-lock.json").read_text(encoding="utf-8")

    assert '"integrity": "sha512-' in lock
    assert '"resolved"' not in lock


# --- What a contributor reads -------------------------------------------------------------------------------------


CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(\s*<?([^)>\s]+)|^\[[^\]]+\]:\s*<?([^>\s]+)", re.MULTILINE)
DECISIONS = ROOT / "docs" / "decisions"


def links_in(name: str) -> list[str]:
    """The targets of the links of a Markdown file, but of those inside code."""
    text = CODE.sub("", (ROOT / name).read_text(encoding="utf-8"))
    return [inline or reference for inline, reference in LINK.findall(text)]


def test_no_link_of_a_document_leads_to_a_missing_file() -> None:
    documents = [name for name in tracked() if name.endswith(".md")]
    dead = [
        f"{name}: {link}"
        for name in documents
        for link in links_in(name)
        if not re.match(r"[a-z]+:|#", link) and not (ROOT / name).parent.joinpath(link.partition("#")[0]).exists()
    ]

    assert "README.md" in documents
    assert not dead


def test_the_readme_lists_every_decision_once() -> None:
    listed = [link for link in links_in("README.md") if link.startswith("docs/decisions/")]

    assert listed
    assert listed == sorted(f"docs/decisions/{path.name}" for path in DECISIONS.glob("*.md"))


def test_every_decision_says_its_context_and_its_consequences() -> None:
    records = {path.name: path.read_text(encoding="utf-8") for path in DECISIONS.glob("*.md")}
    parts = ["# ", "## Context", "## Decision", "## Consequences"]
    headings = {name: re.findall(r"^(?:# |## .*)", text, re.MULTILINE) for name, text in records.items()}

    assert headings
    assert not {name: of_record for name, of_record in headings.items() if of_record != parts}


def test_the_changelog_opens_with_the_unreleased_changes_and_the_projects_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.*)$", changelog, re.MULTILINE)

    assert headings[0] == "Unreleased"
    assert re.fullmatch(rf"{re.escape(project()['version'])} \(\d{{4}}-\d\d-\d\d\)", headings[1])


def test_the_hooks_before_a_commit_fetch_nothing_and_run_the_lint_of_make() -> None:
    repositories = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    entries = {hook["id"]: shlex.split(hook["entry"]) for repository in repositories for hook in repository["hooks"]}

    assert [repository["repo"] for repository in repositories] == ["local"]
    assert entries["lint"] == ["make", "lint"]
    python, script, *names = entries["quick-lint"]
    assert (python, script) == (".venv/bin/python", "tests/lint.py")
    assert [name for name, _command, _environment in lint.checks_named(names)] == names


def test_a_check_of_an_unknown_name_is_refused() -> None:
    with pytest.raises(SystemExit, match="No check is called presque"):
        lint.checks_named(["mypy", "presque"])


def test_no_module_of_tests_imports_another() -> None:
    """What several of them need stands in a module without tests, or in a conftest."""
    wrong = [
        f"{name}: {line.strip()}"
        for name in tracked()
        if name.startswith("tests/") and name.endswith(".py")
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
        if re.match(r"\s*(?:from [\w.]*\btest_\w+ import|import [\w.]*\btest_\w+|from [\w.]+ import test_\w+)", line)
    ]

    assert wrong == []
