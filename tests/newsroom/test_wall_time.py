"""Wall times, in a city that changes its clocks around Ramadan."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroom.scheduling import wall_time as module
from newsroom.scheduling.wall_time import NoSuchTime, moment_meant, wall_time

ZONE = ZoneInfo("Africa/Casablanca")
BACK = datetime(2027, 2, 7, 2, 30)  # on that night, clocks go from 3 back to 2
FORWARD = datetime(2027, 3, 14, 2, 30)  # and on this one, from 2 forward to 3


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def test_an_hour_of_an_ordinary_day_is_one_moment_and_keeps_its_wall_time() -> None:
    hour = wall_time(datetime(2027, 1, 20, 8, 0))

    assert hour.moment == utc(2027, 1, 20, 7, 0)
    assert hour.meant == "2027-01-20 08:00 Africa/Casablanca"


def test_during_ramadan_the_same_hour_is_another_moment() -> None:
    assert wall_time(datetime(2027, 2, 20, 8, 0)).moment == utc(2027, 2, 20, 8, 0)


def test_an_hour_that_comes_twice_is_refused_until_one_is_chosen() -> None:
    with pytest.raises(NoSuchTime) as refusal:
        wall_time(BACK)

    assert refusal.value.is_double
    assert "2 h 30" in str(refusal.value.message).replace("\u00a0", " ")


def test_the_first_and_the_second_of_an_hour_that_comes_twice_are_an_hour_apart() -> None:
    first, second = wall_time(BACK, second=False), wall_time(BACK, second=True)

    assert (first.moment, second.moment) == (utc(2027, 2, 7, 1, 30), utc(2027, 2, 7, 2, 30))
    assert first.meant == second.meant


def test_an_hour_that_the_clocks_skip_is_refused_with_an_explanation() -> None:
    with pytest.raises(NoSuchTime) as refusal:
        wall_time(FORWARD)

    assert not refusal.value.is_double
    assert "2 h 30" in str(refusal.value.message).replace("\u00a0", " ")


def test_choosing_one_of_two_does_not_make_a_skipped_hour_exist() -> None:
    with pytest.raises(NoSuchTime):
        wall_time(FORWARD, second=True)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2086, 12, 31)).map(lambda hour: hour.replace(second=0, microsecond=0)),
    st.booleans(),
)
def test_a_wall_time_turned_into_a_moment_and_back_is_unchanged(hour: datetime, second: bool) -> None:
    try:
        found = wall_time(hour, second=second)
    except NoSuchTime:
        assert hour.replace(tzinfo=ZONE).astimezone(UTC).astimezone(ZONE).replace(tzinfo=None) != hour
        return

    assert found.moment.astimezone(ZONE).replace(tzinfo=None) == hour
    assert moment_meant(found.meant, found.moment) == found.moment


# --- When a decree moves the clocks ------------------------------------------------------------------------------


def test_a_wall_time_is_another_moment_once_the_rules_have_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    hour = wall_time(datetime(2027, 2, 20, 8, 0))
    monkeypatch.setattr(module, "ZoneInfo", lambda _name: ZoneInfo("Africa/Lagos"))  # an hour ahead all year

    assert moment_meant(hour.meant, hour.moment) == hour.moment - timedelta(hours=1)


def test_the_choice_between_two_hours_survives_a_change_of_the_rules() -> None:
    for second in (False, True):
        hour = wall_time(BACK, second=second)
        assert moment_meant(hour.meant, hour.moment) == hour.moment


def test_an_hour_that_the_new_rules_skip_becomes_later_and_not_earlier() -> None:
    known = utc(2027, 3, 14, 1, 30)  # the moment it was when the clocks were an hour ahead already

    moment = moment_meant(f"{FORWARD:%Y-%m-%d %H:%M} Africa/Casablanca", known)

    assert moment.astimezone(ZONE).replace(tzinfo=None) == FORWARD + timedelta(hours=1)
