"""The French of the interface is complete, typographically correct and compiled."""

import re

import polib
import pytest

from tests.catalogue import FRENCH, WIDTH, Key, extracted, key

NARROW, HARD = "\u202f", "\u00a0"
# what names values in a message, which a translation must keep: %(name)s, %s, {name}
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


@pytest.fixture(scope="module")
def french() -> polib.POFile:
    assert FRENCH.exists(), f"{FRENCH} is not there."
    return polib.pofile(str(FRENCH))


@pytest.fixture(scope="module")
def messages_in_code() -> dict[Key, polib.POEntry]:
    found = {key(entry): entry for entry in extracted() if not entry.obsolete}
    assert len(found) > 100, "the messages of the code were not found"
    return found


def sentences(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def faults(sentence: str) -> list[str]:
    """The faults of French typography in a sentence."""
    text = PLACE.sub("x", re.sub(r"<[^>]+>|https?://\S+", "", sentence))
    found = []
    if "'" in text:
        found.append("straight apostrophe")
    if '"' in text or "“" in text or "”" in text:
        found.append("quotation marks that are not « »")
    if "..." in text:
        found.append("three points for …")
    if re.search(rf"[^\s{NARROW}{HARD}?!…][;!?]|[ {HARD}][;!?]", text):
        found.append("no narrow space (U+202F) before ; ! ?")
    if re.search(rf"[^{HARD}\d]:|\d:(?!\d)", text):
        found.append("no hard space (U+00A0) before :")
    if re.search(rf"«[^{HARD}]|«$|[^{HARD}]»|^»", text):
        found.append("no hard space (U+00A0) inside « »")
    return found


def test_every_message_of_the_code_is_translated(
    french: polib.POFile, messages_in_code: dict[Key, polib.POEntry]
) -> None:
    translated = {key(entry) for entry in french if not entry.obsolete and all(sentences(entry))}

    assert not sorted(str(missing) for missing in messages_in_code.keys() - translated)


def test_no_translation_is_left_of_a_message_that_the_code_no_longer_has(
    french: polib.POFile, messages_in_code: dict[Key, polib.POEntry]
) -> None:
    assert not sorted(str(extra) for extra in {key(entry) for entry in french} - messages_in_code.keys())


def test_no_translation_is_fuzzy(french: polib.POFile) -> None:
    assert not [entry.msgid for entry in french.fuzzy_entries()]


def test_the_compiled_catalogue_matches_its_source(french: polib.POFile) -> None:
    compiled = {key(entry): sentences(entry) for entry in polib.mofile(str(FRENCH.with_suffix(".mo")))}

    assert compiled == {key(entry): sentences(entry) for entry in french.translated_entries()}


def test_the_catalogue_is_laid_out_as_make_messages_lays_it_out() -> None:
    """In another layout, the change of one message would be lost among a thousand lines."""
    laid_out = polib.pofile(str(FRENCH), wrapwidth=WIDTH)
    laid_out.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))

    assert not [entry.msgid for entry in laid_out if entry.occurrences]
    assert str(laid_out).splitlines() == FRENCH.read_text(encoding="utf-8").splitlines()


def test_translations_keep_the_placeholders(french: polib.POFile) -> None:
    wrong = [
        entry.msgid
        for entry in french.translated_entries()
        if not entry.msgid_plural and sorted(PLACE.findall(entry.msgid)) != sorted(PLACE.findall(entry.msgstr))
    ]

    assert not wrong


def test_translations_follow_french_typography(french: polib.POFile) -> None:
    assert not {
        sentence: found
        for entry in french.translated_entries()
        for sentence in sentences(entry)
        if (found := faults(sentence))
    }


@pytest.mark.parametrize(
    "sentence",
    ["L'article", "Prêt ?", "Prêt?", "Note : non", "Note: non", "« non »", "“non”", "Fin...", f"«{NARROW}non{NARROW}»"],
)
def test_the_control_a_fault_of_typography_is_reported(sentence: str) -> None:
    assert faults(sentence)


@pytest.mark.parametrize(
    "sentence", [f"L’article{NARROW}?", f"Note{HARD}: «{HARD}oui{HARD}»", "à 18:30", "%(count)s articles", "Fin…"]
)
def test_the_control_good_typography_passes(sentence: str) -> None:
    assert not faults(sentence)
