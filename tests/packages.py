"""What the tests need of the machine: found, or installed by apt when root on Debian, or asked for in one line."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

BROWSERS = (
    "/usr/bin/chromium",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
PG_FOLDERS = (
    ("/usr/lib/postgresql", "*/bin"),
    ("/opt/homebrew/opt", "postgresql*/bin"),
    ("/usr/local/opt", "postgresql*/bin"),
    ("/Applications/Postgres.app/Contents/Versions", "*/bin"),
)


@dataclass(frozen=True)
class Need:
    """A program, the Debian package it is in, and what to tell somebody who must install it by hand."""

    name: str
    package: str
    advice: str


CHROMIUM = Need("Chromium", "chromium", "install Chromium or Chrome, or set NEWSROOM_CHROMIUM to its path")
GETTEXT = Need("gettext", "gettext", "install gettext (macOS: brew install gettext)")
JAVA = Need("Java", "default-jre-headless", "install a Java runtime (macOS: brew install openjdk)")
NPM = Need("npm", "npm", "install Node.js 18.15 or newer with npm (macOS: brew install node)")
POSTGRESQL = Need("PostgreSQL", "postgresql", "install PostgreSQL, or set DATABASE_URL")


def chromium() -> str | None:
    """The browser to drive: NEWSROOM_CHROMIUM, else the first one there is."""
    if chosen := os.environ.get("NEWSROOM_CHROMIUM"):
        return chosen
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


def java() -> str | None:
    """A Java that runs. macOS has a /usr/bin/java that only says there is none."""
    found = [shutil.which("java"), "/opt/homebrew/opt/openjdk/bin/java", "/usr/local/opt/openjdk/bin/java"]
    for path in found:
        if path and shutil.which(path):
            asked = subprocess.run([path, "-version"], capture_output=True, check=False)
            if asked.returncode == 0:
                return path
    return None


def postgresql() -> Path | None:
    """The folder of initdb and pg_ctl, the newest there is."""
    if path := shutil.which("initdb"):
        real = Path(path).resolve().parent
        if (real / "pg_ctl").exists():
            return real
    folders = [folder for root, pattern in PG_FOLDERS for folder in Path(root).glob(pattern)]
    return max((folder for folder in folders if (folder / "initdb").exists()), key=_release, default=None)


def _release(folder: Path) -> list[int]:
    """The numbers in « postgresql@17/bin » or « 17/bin »."""
    return [int(number) for number in re.findall(r"\d+", folder.parent.name)]


def is_root_on_debian() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def provide(*needs: Need) -> None:
    """Install these with apt, or exit with a line that says what to install."""
    if not needs:
        return
    if not is_root_on_debian():
        sys.exit("\n".join(f"{need.name} is not there: {need.advice}." for need in needs))
    print("Installing", ", ".join(need.package for need in needs), "…", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    subprocess.run([*apt, "update"], env=quiet, check=True)
    packages = [need.package for need in needs]
    done = subprocess.run(
        [*apt, "install", "-y", "--no-install-recommends", *packages], env=quiet, check=False, stdout=subprocess.DEVNULL
    )
    if done.returncode:
        sys.exit(f"apt could not install {' '.join(packages)}.")
