"""Writes plans and hours as they are typed, and moves the hours of stories."""

from datetime import datetime, timedelta

from django.utils import timezone

from newsroom.models import Story
from newsroom.scheduling.wall_time import WallTime


def hour_of(moment: datetime) -> WallTime:
    local = timezone.localtime(moment)
    return WallTime(moment, f"{local:%Y-%m-%d %H:%M} {timezone.get_default_timezone()}")


def in_hours(hours: int) -> WallTime:
    """The minute that comes in so many hours."""
    return hour_of(timezone.now().replace(second=0, microsecond=0) + timedelta(hours=hours))


def as_typed(when: WallTime) -> str:
    """An hour as the field of a form holds it."""
    return timezone.localtime(when.moment).strftime("%Y-%m-%dT%H:%M")


def plan_of(story: Story) -> str:
    """The page of the plan of a story."""
    return f"/redaction/newsroom/story/{story.pk}/plan/"


def typed_plan(**fields: str) -> dict[str, str]:
    """The posted form of an empty plan, filled in with `fields`."""
    return {f"plan-{name}": value for name, value in fields.items()}


def let_hour_come(*stories: Story, ago: timedelta = timedelta(seconds=1)) -> None:
    """Move the hour of stories into the past. The clock reads the database's time, which no test can move."""
    past = timezone.now() - ago
    Story.objects.filter(pk__in=[story.pk for story in stories]).update(publish_at=past, due_at=past)


def break_it(story: Story) -> None:
    """Empty a field of a scheduled story without which it cannot be published."""
    Story.objects.filter(pk=story.pk).update(standfirst="")
