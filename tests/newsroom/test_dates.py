"""Dates on the desk: the year of any that is not in this year, « 1er », and one place where dates are written."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import translation

from articles import dates
from newsroom.models import Story
from newsroom.scheduling import wording
from tests.page_text import plain

from .desk import at_the_desk

ROOT = Path(__file__).resolve().parents[2]
FIRST_OF_DECEMBER = "2026-12-01T09:00:00Z"
# What Django and Python write dates with: neither knows « 1er », nor leaves the year out only where it is this one.
FORMATTERS = re.compile(r"""date_format|\bstrftime|\|(?:date|time|timesince|timeuntil)\b(?!:["']Y-m-d["'])""")
# A value of a form, not words for a reader; the hours under the line of the day, which have no date
MACHINE = {
    "newsroom/admin/overview/calendar.py": ['strftime("%Y-%m-%dT%H:%M")'],
    "templates/admin/index.html": ["|date"],
}


@pytest.mark.parametrize(
    ("moment", "spoken", "short"),
    [
        (datetime(2026, 12, 1, 13, 5, tzinfo=UTC), "mardi 1er décembre, 14 h 05", "14 h 05"),
        (datetime(2026, 11, 12, 13, 5, tzinfo=UTC), "jeudi 12 novembre, 14 h 05", "12 nov. 14 h 05"),
        (datetime(2026, 11, 1, 7, tzinfo=UTC), "dimanche 1er novembre, 8 h 00", "1er nov. 8 h 00"),
        (datetime(2031, 12, 5, 7, tzinfo=UTC), "vendredi 5 décembre 2031, 8 h 00", "5 déc. 2031 8 h 00"),
        (datetime(2025, 12, 31, 22, tzinfo=UTC), "mercredi 31 décembre 2025, 23 h 00", "31 déc. 2025 23 h 00"),
        # the year of the newspaper's zone decides
        (datetime(2025, 12, 31, 23, 30, tzinfo=UTC), "jeudi 1er janvier, 0 h 30", "1er jan. 0 h 30"),
    ],
)
@time_machine.travel(FIRST_OF_DECEMBER, tick=False)
def test_an_hour_of_another_year_has_its_year(moment: datetime, spoken: str, short: str) -> None:
    with translation.override("fr"):
        assert (plain(wording.spoken(moment)), plain(wording.short(moment))) == (spoken, short)


@time_machine.travel(FIRST_OF_DECEMBER, tick=False)
def test_a_day_on_the_readers_pages_has_the_year_of_any_other_year() -> None:
    with translation.override("fr"):
        assert plain(dates.day_heading(datetime(2025, 5, 1))) == "Jeudi 1er mai 2025"
        assert plain(dates.day_heading(datetime(2026, 5, 1))) == "Vendredi 1er mai"
        assert dates.numeric_day(datetime(2025, 5, 1)) == "01/05/2025"
        assert dates.numeric_day(datetime(2026, 5, 1)) == "01/05"


@pytest.mark.django_db
@time_machine.travel(FIRST_OF_DECEMBER, tick=False)
def test_the_home_and_the_week_write_the_first_of_a_month_as_1er(
    editor: User, make_story: Callable[..., Story]
) -> None:
    make_story(by=editor, deadline=datetime(2026, 12, 1, 17, tzinfo=UTC))

    home = plain(at_the_desk(editor).get("/redaction/").content.decode())
    week = plain(at_the_desk(editor).get("/redaction/calendrier/").content.decode())
    new_year = plain(at_the_desk(editor).get("/redaction/calendrier/?semaine=2027-W01").content.decode())

    assert "Mardi 1er décembre 2026" in home
    assert "Mardi 1er décembre" in week
    assert "Lundi 4 janvier 2027" in new_year
    for page in (home, week, new_year):
        assert not re.search(r"\b1 (?:janvier|février|décembre)", page)


def test_dates_are_written_by_articles_dates_and_the_desks_wording_alone() -> None:
    found = []
    for path in [*ROOT.glob("articles/**/*.py"), *ROOT.glob("newsroom/**/*.py"), *ROOT.glob("templates/**/*.html")]:
        name, text = str(path.relative_to(ROOT)), path.read_text()
        for known in MACHINE.get(name, []):
            assert known in text, f"{name} does not use {known} any more"
            text = text.replace(known, "")
        if "migrations/" not in name and (line := FORMATTERS.search(text)):
            found.append(f"{name}: {line[0]}")
    assert found == []
