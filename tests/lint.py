"""`make lint`: style, types, templates, imports, migrations, deployment checks. All run; any may fail.

With the names of checks, as the hooks before a commit give them, those alone: `python tests/lint.py mypy djlint`.
"""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.cluster import throw_away_cluster  # noqa: E402 (the tests are no installed package)

BIN = Path(sys.executable).parent
PYTHON = sys.executable
PRODUCTION = {
    "NEWSROOM_MODE": "production",
    "NEWSROOM_SECRET_KEY": "a-key-for-the-checks-alone-0123456789-abcdefghijklmnopqrstuvwxyz-ABCD",
    "NEWSROOM_HOSTS": "fanal.example",
    "NEWSROOM_SITE_URL": "https://fanal.example",
}
DEMO = {"NEWSROOM_MODE": "demo"}
A_POSTGRESQL = "a throw-away one"  # where an address would stand
MIGRATIONS = [
    "--settings=tests.desk_and_linter",
    "--ignore-initial-migrations",
    "--no-cache",
    "--quiet",
    "ok",
    "ignore",
]
CHECK = [PYTHON, "-Wd", "manage.py", "check", "--deploy", "--fail-level=WARNING"]

Check = tuple[str, list[str], dict[str, str]]  # its name, its command, its environment

COMMANDS: list[Check] = [
    ("ruff check", [str(BIN / "ruff"), "check", "."], {}),
    ("ruff format", [str(BIN / "ruff"), "format", "--check", "."], {}),
    ("mypy", [PYTHON, "-m", "mypy"], DEMO),
    ("djlint", [str(BIN / "djlint"), "templates", "--lint", "--quiet"], {}),
    ("messages are seen by the extractor", [PYTHON, "tests/extraction.py"], {}),
    ("import directions", [str(BIN / "lint-imports")], DEMO),
    ("migrations are written", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"], DEMO),
    # as PostgreSQL runs them: SQLite rebuilds a whole table for what PostgreSQL does in a moment
    (
        "migrations are safe",
        [PYTHON, "manage.py", "lintmigrations", *MIGRATIONS],
        {**DEMO, "DATABASE_URL": A_POSTGRESQL},
    ),
    *(
        (f"check --deploy, {process}", CHECK, {**PRODUCTION, "NEWSROOM_PROCESS": process})
        for process in ("all", "desk", "reader")
    ),
]


def checks_named(names: list[str]) -> list[Check]:
    """The checks of these names, or all of them when none is named. Exits on a name that no check has."""
    if unknown := set(names) - {name for name, _command, _environment in COMMANDS}:
        sys.exit(
            f"No check is called {', '.join(sorted(unknown))}. There are: {'; '.join(check[0] for check in COMMANDS)}."
        )
    return [check for check in COMMANDS if check[0] in names] if names else COMMANDS


def judge(check: Check, folder: str) -> tuple[str, bool, str]:
    """Run one check: its name with the seconds it took, whether it passed, and what it has to say if not."""
    name, command, environment = check
    began = time.monotonic()
    variables = {**os.environ, "NEWSROOM_VAR": tempfile.mkdtemp(dir=folder), **environment}
    with throw_away_cluster() if A_POSTGRESQL in environment.values() else nullcontext("") as address:
        if address:
            variables["DATABASE_URL"] = address.rpartition("/")[0] + "/postgres"
        done = subprocess.run(command, cwd=ROOT, env=variables, check=False, capture_output=True, text=True)
    # a warning of Python's is a finding too, where the command is asked to show them
    noisy = "-Wd" in command and "Warning" in done.stderr
    took = f"{name} ({time.monotonic() - began:.0f} s)"
    return took, done.returncode == 0 and not noisy, done.stdout + done.stderr


def main() -> int:
    checks = checks_named(sys.argv[1:])
    failed = []
    with tempfile.TemporaryDirectory(prefix="fanal-lint-") as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        for took, passed, output in pool.map(lambda check: judge(check, folder), checks):
            print(f"{'ok    ' if passed else 'FAILED'} {took}", flush=True)
            if not passed:
                failed.append(took.rpartition(" (")[0])
                print(output, flush=True)
    if failed:
        print("Failed:", ", ".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
