"""Short ways with hours, for the tests of what the clock does."""

from datetime import datetime, timedelta

from django.utils import timezone

from newsroom.models import Story
from newsroom.scheduling.wall_time import WallTime


def hour_of(moment: datetime) -> WallTime:
    local = timezone.localtime(moment)
    return WallTime(moment, f"{local:%Y-%m-%d %H:%M} {timezone.get_default_timezone()}")


def let_hour_come(*stories: Story, ago: timedelta = timedelta(seconds=1)) -> None:
    """The clock goes by the database's hour, which no test moves: their own hour is moved instead."""
    past = timezone.now() - ago
    Story.objects.filter(pk__in=[story.pk for story in stories]).update(publish_at=past, due_at=past)


def break_it(story: Story) -> None:
    """Take from a scheduled story what readers must have."""
    Story.objects.filter(pk=story.pk).update(standfirst="")
