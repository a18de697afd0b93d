"""A deed that was refused, or whose note was typed and not sent: the note comes back with the next page."""

from dataclasses import dataclass

from django.http import HttpRequest, QueryDict

from newsroom.admin.base import take_from_session
from newsroom.models import Story
from newsroom.refusals import Refused
from newsroom.workflow import Deed


@dataclass(frozen=True)
class UndoneDeed:
    """The note that was typed for `deed`, and the problems (field, sentence) for which it was refused, if it was."""

    deed: str = ""
    note: str = ""
    problems: tuple[tuple[str, str], ...] = ()


NONE_UNDONE = UndoneDeed()


def note_for(posted: QueryDict, deed: Deed) -> str:
    """The note of `deed`: `note_<deed>` on the page of the story, which has one for each; `note` on its own page."""
    return (posted.get(f"note_{deed}") or posted.get("note", "")).strip()


def typed_for(posted: QueryDict) -> UndoneDeed | None:
    """The first deed for which a note was typed, in its own field."""
    return next((UndoneDeed(deed, note) for deed in Deed if (note := posted.get(f"note_{deed}", "").strip())), None)


def keep_refused(request: HttpRequest, story: Story, deed: Deed, note: str, refusal: Refused) -> None:
    """Keep the note of a deed that was refused, and the reasons, for the next page of the story."""
    request.session[_key(story)] = [deed, note, [(each.field, str(each.message)) for each in refusal.problems]]


def keep_unsent(request: HttpRequest, story: Story, posted: QueryDict) -> None:
    """Keep a note that was typed for a deed when only the text was saved, for the next page of the story."""
    if typed := typed_for(posted):
        request.session[_key(story)] = [typed.deed, typed.note, []]


def take_undone(request: HttpRequest, story: Story, deed: Deed | None = None) -> UndoneDeed:
    """Take the undone deed of this story out of the session. With `deed`, take it only if it is that deed."""
    match request.session.get(_key(story)):
        case [of_deed, note, problems] if deed is None or of_deed == deed:
            take_from_session(request, _key(story))
            return UndoneDeed(of_deed, note, tuple((field, message) for field, message in problems))
    return NONE_UNDONE


def _key(story: Story) -> str:
    return f"refused-deed-{story.pk}"
