"""Finds the programs that the tests need. As root on Debian, apt installs one that is missing; else the tests exit."""

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
    """A program, its Debian package, and the advice for somebody who must install it by hand."""

    name: str
    package: str
    advice: str


CHROMIUM = Need("Chromium", "chromium", "install Chromium or Chrome, or set NEWSROOM_CHROMIUM to its path")
GETTEXT = Need("gettext", "gettext", "install gettext (macOS: brew install gettext)")
JAVA = Need("Java", "default-jre-headless", "install a Java runtime (macOS: brew install openjdk)")
NGINX = Need("nginx", "nginx", "install nginx (macOS: brew install nginx)")
NPM = Need("npm", "npm", "install Node.js 18.15 or newer with npm (macOS: brew install node)")
OPENSSL = Need("openssl", "openssl", "install openssl (macOS: brew install openssl)")
POSTGRESQL = Need("PostgreSQL", "postgresql", "install PostgreSQL, or set DATABASE_URL")


def chromium() -> str | None:
    """The path of the browser to drive: NEWSROOM_CHROMIUM, else the first of BROWSERS that is installed."""
    if chosen := os.environ.get("NEWSROOM_CHROMIUM"):
        return chosen
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


def java() -> str | None:
    """The path of a Java that runs. Without a Java, macOS has a /usr/bin/java that only prints so."""
    candidates = [shutil.which("java"), "/opt/homebrew/opt/openjdk/bin/java", "/usr/local/opt/openjdk/bin/java"]
    for path in candidates:
        if path and shutil.which(path):
            done = subprocess.run([path, "-version"], capture_output=True, check=False)
            if done.returncode == 0:
                return path
    return None


def nginx() -> str | None:
    """The path of nginx. Debian keeps it where only root looks for programs."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/opt/homebrew/bin:/usr/local/bin")


def postgresql() -> Path | None:
    """The folder of initdb and pg_ctl: the one in PATH, else the newest installed."""
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
    """Install the needs with apt, or exit with one line of advice for each."""
    if not needs:
        return
    if not is_root_on_debian():
        sys.exit("\n".join(f"{need.name} is not there: {need.advice}." for need in needs))
    print("Installing", ", ".join(need.package for need in needs), "…", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    subprocess.run([*apt, "update"], env=environment, check=True)
    packages = [need.package for need in needs]
    done = subprocess.run(
        [*apt, "install", "-y", "--no-install-recommends", *packages],
        env=environment,
        check=False,
        stdout=subprocess.DEVNULL,
    )
    if done.returncode:
        sys.exit(f"apt could not install {' '.join(packages)}.")
