"""Dates, names and cut texts, in French."""

from datetime import UTC, date, datetime

import pytest

from articles import dates
from articles.wording import by_letter, cut, join_names, sentence


def test_a_text_is_cut_after_a_word() -> None:
    assert cut("Le conseil se prononce jeudi soir", 24) == "Le conseil se prononce…"
    assert cut("Le conseil", 24) == "Le conseil"


@pytest.mark.parametrize("length", range(2, 40))
def test_a_cut_text_never_passes_the_length_asked_for(length: int) -> None:
    assert len(cut("Le conseil, réuni à huis clos, se prononce jeudi", length)) <= length


def test_a_comma_before_the_cut_does_not_stand_before_the_ellipsis() -> None:
    assert cut("Le conseil, réuni à huis clos", 13) == "Le conseil…"


def test_names_are_joined_with_commas_and_a_last_and() -> None:
    assert join_names(["A"]) == "A"
    assert join_names(["A", "B", "C"]).startswith("A, B ")


def test_a_caption_ends_with_a_full_stop_unless_it_has_punctuation() -> None:
    assert sentence("Le port ") == "Le port."
    assert sentence("Qui a vu le port ?") == "Qui a vu le port ?"


def test_an_hour_is_written_in_the_time_zone_of_casablanca() -> None:
    moment = datetime(2025, 11, 24, 13, 5, tzinfo=UTC)
    assert "14" in dates.clock(moment)
    assert "05" in dates.clock(moment)


def test_a_long_day_holds_the_day_and_the_year() -> None:
    assert "24" in dates.long_day(date(2025, 11, 24))
    assert "2025" in dates.long_day(date(2025, 11, 24))


def test_names_are_sorted_without_regard_to_accents_or_case() -> None:
    assert sorted(["Zineb", "édouard", "Farid", "Élise"], key=by_letter) == ["édouard", "Élise", "Farid", "Zineb"]
