"""`make test`: the desk's JavaScript in node, every test on SQLite, again on a real PostgreSQL, those of
deploy/ behind a real nginx, then the browser's in a real Chromium.
`make torture`: the long form of the tests in tests/torture, on SQLite and on PostgreSQL, with their figures; and the
installation that the README describes, from its first line to its last.

Nothing is passed by skipping: a pass in which a test was skipped, or in which none ran, is a failure.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import packages  # noqa: E402 (the tests are no installed package)
from tests.cluster import throw_away_cluster  # noqa: E402
from tests.html_checker import ADDRESS, NU, html_checker  # noqa: E402

WORKERS = min(os.cpu_count() or 2, 4)
# a worker that has run its tests takes some of another's
SHARED_OUT = ["-n", str(WORKERS), "--dist", "worksteal"]
INSTALLATION = "tests/deploy/test_installation.py"  # takes what is installed from the network: for `make torture`
ON_A_DATABASE = [f"--ignore=tests/{other}" for other in ("browser", "bench", "deploy")]


@dataclass
class Outcome:
    name: str
    tests: int
    skipped: int
    failed: int
    seconds: float
    exit_code: int

    @property
    def passed(self) -> bool:
        return self.exit_code == 0 and self.tests > 0 and self.skipped == 0 and self.failed == 0

    def __str__(self) -> str:
        counts = f"{self.tests} tests, {self.failed} failed, {self.skipped} skipped, {self.seconds:.0f} s"
        return f"  {'passed' if self.passed else 'FAILED'}  {self.name}: {counts}"


def run(name: str, arguments: list[str], environment: dict[str, str]) -> Outcome:
    """Run one pass of pytest. The counts come from its own report."""
    print(f"\n=== {name}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="fanal-tests-") as folder:
        report = Path(folder) / "report.xml"
        # NEWSROOM_VAR: a test must neither read nor write what a demo keeps in var/
        variables = {**os.environ, "NEWSROOM_MODE": "demo", "NEWSROOM_VAR": folder, **environment}
        command = [sys.executable, "-m", "pytest", "-rfEs", f"--junitxml={report}", *arguments]
        code = subprocess.run(command, cwd=ROOT, env=variables, check=False).returncode
        tests = skipped = failed = 0
        if report.exists():
            for suite in ET.parse(report).getroot().iter("testsuite"):  # noqa: S314 (we wrote it)
                tests += int(suite.get("tests", 0))
                skipped += int(suite.get("skipped", 0))
                failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    return Outcome(name, tests, skipped, failed, time.monotonic() - began, code)


def run_scripts() -> Outcome:
    """Run the tests of the desk's JavaScript in node's own runner. The counts come from its report."""
    print("\n=== JavaScript", flush=True)
    began = time.monotonic()
    files = sorted(str(path) for path in (ROOT / "tests" / "js").glob("*.test.js"))
    command = ["node", "--test", "--test-reporter=tap", *files]
    done = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE, text=True)
    counts = {name: int(number) for name, number in re.findall(r"^# (\w+) (\d+)$", done.stdout, re.MULTILINE)}
    skipped = counts.get("skipped", 0) + counts.get("todo", 0)
    outcome = Outcome(
        "JavaScript",
        counts.get("tests", 0) if files else 0,
        skipped,
        counts.get("fail", 0) + counts.get("cancelled", 0),
        time.monotonic() - began,
        done.returncode,
    )
    if not outcome.passed:
        print(done.stdout)
    return outcome


def provide_all() -> None:
    """Provide all that the passes need before the first one, so that none fails for want of it after ten minutes."""
    import shutil

    missing = []
    if not packages.chromium():
        missing.append(packages.CHROMIUM)
    if not packages.java():
        missing.append(packages.JAVA)
    if not shutil.which("msgfmt") or not shutil.which("xgettext"):
        missing.append(packages.GETTEXT)
    if not shutil.which("node") or (not NU.exists() and not shutil.which("npm")):
        missing.append(packages.NPM)
    if not packages.nginx():
        missing.append(packages.NGINX)
    if not shutil.which("openssl"):
        missing.append(packages.OPENSSL)
    # the tests of what is deployed have a cluster of their own, whatever DATABASE_URL says
    if not packages.postgresql() and packages.is_root_on_debian():
        missing.append(packages.POSTGRESQL)
    packages.provide(*missing)
    if not NU.exists():
        done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=ROOT, check=False)
        if done.returncode or not NU.exists():
            sys.exit("The HTML checker could not be installed: npm ci failed (see above).")


def every_test() -> list[Outcome]:
    provide_all()
    return [
        run_scripts(),
        *on_both_engines([*SHARED_OUT, *ON_A_DATABASE, "tests"], {}),
        run("behind nginx", [f"--ignore={INSTALLATION}", "tests/deploy"], {}),
        in_chromium(),
    ]


def in_chromium() -> Outcome:
    """Run the browser's tests. They wait for pages as often as they work, so that a core has two workers."""
    with html_checker() as checker:
        environment = {"NEWSROOM_CHROMIUM": packages.chromium() or "", ADDRESS: checker}
        return run("Chromium", ["-n", str(2 * WORKERS), "--dist", "worksteal", "tests/browser"], environment)


def torture() -> list[Outcome]:
    return [
        *on_both_engines(["-s", "tests/torture"], {"NEWSROOM_TORTURE": "full"}),
        run("in production", [INSTALLATION], {}),
    ]


def on_both_engines(arguments: list[str], environment: dict[str, str]) -> list[Outcome]:
    """Run a pass on SQLite and one on PostgreSQL: the server of DATABASE_URL, else a cluster that is removed again."""
    own_server = os.environ.pop("DATABASE_URL", "")
    outcomes = [run("SQLite", ["-m", "not postgresql", *arguments], environment)]
    with nullcontext(own_server) if own_server else throw_away_cluster() as address:
        database = {"DATABASE_URL": address, "NEWSROOM_TESTS_ON": "postgresql"}
        outcomes.append(run("PostgreSQL", arguments, {**environment, **database}))
    return outcomes


def main() -> int:
    outcomes = torture() if sys.argv[1:] == ["torture"] else every_test()
    print("\nWhat ran:")
    print(*outcomes, sep="\n")
    return 0 if all(outcome.passed for outcome in outcomes) else 1


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_args: sys.exit(143))  # leaves the `with` of the cluster, which stops it
    sys.exit(main())
