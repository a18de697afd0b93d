"""The catalogue of messages: the English ones in the code, and their French in locale/fr.

`python tests/catalogue.py --write` brings locale/fr up to date with the code and compiles it (`make messages`).
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
FRENCH = ROOT / "locale" / "fr" / "LC_MESSAGES" / "django.po"
SOURCES = ("articles", "newsroom", "templates")
WIDTH = 110  # of a line of the catalogue

Key = tuple[str | None, str, str]  # context, message, its plural


def key(entry: polib.POEntry) -> Key:
    return (entry.msgctxt, entry.msgid, entry.msgid_plural or "")


def extracted() -> polib.POFile:
    """The messages of the code as it is now. Django's own makemessages extracts them, in a copy of the tree."""
    with tempfile.TemporaryDirectory(prefix="fanal-messages-") as folder:
        copy = Path(folder)
        for name in SOURCES:
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "demo", "*.jpg"))
        (copy / "locale").mkdir()
        subprocess.run(
            [sys.executable, "-m", "django", "makemessages", "-l", "fr", "--no-wrap", "--keep-pot", "-v0"],
            cwd=copy,
            check=True,
        )
        return polib.pofile(str(copy / "locale" / "fr" / "LC_MESSAGES" / "django.po"))


def write() -> None:
    """Merge the code's messages into locale/fr and compile it. A message that the code no longer has is removed."""
    catalogue = polib.pofile(str(FRENCH), wrapwidth=WIDTH) if FRENCH.exists() else polib.POFile(wrapwidth=WIDTH)
    fresh = extracted()
    if not catalogue.metadata:
        catalogue.metadata = {
            "Project-Id-Version": "newsroom",
            "Language": "fr",
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=UTF-8",
            "Content-Transfer-Encoding": "8bit",
            "Plural-Forms": "nplurals=2; plural=(n > 1);",
        }
    catalogue.merge(fresh)
    for entry in catalogue.obsolete_entries():
        catalogue.remove(entry)
    for entry in catalogue:
        entry.occurrences = []  # they move with every line of code: the change of one message would be lost among them
    catalogue.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    FRENCH.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(FRENCH))
    catalogue.save_as_mofile(str(FRENCH.with_suffix(".mo")))
    untranslated = [*catalogue.untranslated_entries(), *catalogue.fuzzy_entries()]
    print(f"{len(catalogue)} messages, {len(untranslated)} to translate.")


if __name__ == "__main__" and "--write" in sys.argv:
    write()
