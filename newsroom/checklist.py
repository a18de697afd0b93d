"""What must be true of a text before review and before publication.

One list of rules serves typed, imported and stored texts alike, and each rule names its field. A problem that blocks
refuses a deed; the others advise.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from articles.models import CreditKind

from .access import Login
from .body.links import Destination, Link
from .models import Check, Photo, Story
from .refusals import Problem, Severity
from .scheduling.wording import spoken
from .stories.text import Text, stored_text
from .workflow import Checklist

# In characters, spaces included.
HEADLINE_AT_MOST = 120
HEADLINE_IDEAL = (15, 90)
STANDFIRST_IDEAL = (60, 320)
SHORT_BODY = 400
CHARACTERS_PER_CROSSHEAD = 3500
LENGTH_TOLERANCE = 0.1  # share of the length ordered that a text may miss or exceed


@dataclass(frozen=True)
class Rule:
    """One rule of the checklist. `name` is what the panel shows while a text keeps the rule; `find` gives the problems
    of a text that breaks it; `concerns` tells whether the rule applies to a text at all.
    """

    name: str | Promise
    field: str
    find: Callable[[Text, Checklist], Iterator[Problem]]
    concerns: Callable[[Text], bool] = lambda _text: True


@dataclass(frozen=True)
class Point:
    """A rule, and the problems of one text with it. There are none when the text keeps the rule."""

    name: str | Promise
    field: str
    problems: tuple[Problem, ...]


def points(text: Text, checklist: Checklist) -> list[Point]:
    """Every rule that applies to `text`, with the problems it finds there."""
    if checklist is Checklist.NONE:
        return []
    return [
        Point(rule.name, rule.field, tuple(rule.find(text, checklist))) for rule in RULES if rule.concerns(text)
    ]  # fmt: skip


def problems(
    story: Story,
    checklist: Checklist,
    *,
    seen_by: Login | None = None,
    appears_at: datetime | None = None,
    checks: Sequence[Check] | None = None,
) -> list[Problem]:
    """The problems that keep `story`, as stored, from passing `checklist`. The list is empty when it passes.

    `appears_at` is the hour meant for publication; None means now. Problems shown to somebody must not reveal articles
    that this person may not see: `seen_by` names that person. None judges by all there is, as a decision must. `checks`
    are those that count; None means all that were asked of the story.
    """
    if checklist is Checklist.NONE:
        return []
    text = stored_text(story, seen_by=seen_by, appears_at=appears_at, checks=checks)
    return [
        problem
        for point in points(text, checklist)
        for problem in point.problems
        if problem.severity is Severity.BLOCKS
    ]


def _before_readers(checklist: Checklist) -> Severity:
    """The severity of a problem that blocks publication. In review it only warns, since it may still be settled."""
    return Severity.BLOCKS if checklist in (Checklist.SCHEDULE, Checklist.PUBLICATION) else Severity.WARNS


# --- Words ----------------------------------------------------------------------------------------------------------


def _headline(text: Text, _checklist: Checklist) -> Iterator[Problem]:
    characters = len(text.content["headline"].strip())
    least, most = HEADLINE_IDEAL
    if not characters:
        yield Problem("headline", _("Write a headline."), is_todo=True)
    elif characters > HEADLINE_AT_MOST:
        message = _("Shorten the headline: %(signs)s signs, %(most)s at most.")
        yield Problem("headline", message % {"signs": characters, "most": HEADLINE_AT_MOST})
    elif characters > most:
        yield Problem("headline", _("Long headline: lists will cut it."), Severity.WARNS)
    elif characters < least:
        yield Problem("headline", _("Short headline: does it say what happened?"), Severity.WARNS)


def _standfirst(text: Text, _checklist: Checklist) -> Iterator[Problem]:
    characters = len(text.content["standfirst"].strip())
    least, most = STANDFIRST_IDEAL
    if not characters:
        message = _("Write a standfirst: it stands under the headline and in every list.")
        yield Problem("standfirst", message, is_todo=True)
    elif not least <= characters <= most:
        message = _("Standfirst expected, of %(least)s to %(most)s signs")
        yield Problem("standfirst", message % {"least": least, "most": most}, Severity.WARNS)


def _body(text: Text, _checklist: Checklist) -> Iterator[Problem]:
    if text.is_blank:
        yield Problem("body", _("The text is empty."), is_todo=True)
    elif len(text.plain_text) < SHORT_BODY:
        yield Problem("body", _("Very short text: is it whole?"), Severity.WARNS)


def _section(text: Text, _checklist: Checklist) -> Iterator[Problem]:
    if text.content["section"] is None:
        yield Problem("section", _("Choose a section: it says who will review."), is_todo=True)


def _bylines(text: Text, _checklist: Checklist) -> Iterator[Problem]:
    if not text.content["authors"]:
        yield Problem("bylines", _("Choose at least one byline."), is_todo=True)


def _topics(text: Text, _checklist: Checklist) -> Iterator[Problem]:
    if not text.content["topics"]:
        message = _("No topic: one would lead readers to it from other articles.")
        yield Problem("topics", message, Severity.WARNS, is_todo=text.is_blank)


def _crossheads(text: Text, _checklist: Checklist) -> Iterator[Problem]:
    if "" in text.crossheads:
        yield Problem("body", _("A crosshead is empty: write it or remove it."))
    elif len(text.crossheads) < len(text.plain_text) // CHARACTERS_PER_CROSSHEAD:
        yield Problem("body", _("One crosshead more would help readers"), Severity.WARNS)


def _length(text: Text, _checklist: Checklist) -> Iterator[Problem]:
    ordered, written = _ordered(text), len(text.plain_text)
    if abs(written - ordered) <= ordered * LENGTH_TOLERANCE:
        return
    over = ngettext_lazy("%(signs)s sign over what was ordered", "%(signs)s signs over what was ordered", "signs")
    under = ngettext_lazy("%(signs)s sign under what was ordered", "%(signs)s signs under what was ordered", "signs")
    message = (over if written > ordered else under) % {"signs": abs(written - ordered)}
    yield Problem("body", message, Severity.WARNS, is_todo=text.is_blank)


def _ordered(text: Text) -> int:
    return (text.story.characters_ordered if text.story else None) or 0


# --- Pictures -------------------------------------------------------------------------------------------------------


def _lead_photo(text: Text, checklist: Checklist) -> Iterator[Problem]:
    number = text.content["lead_photo"]
    if not number:
        message = _("No picture at the head: lists will have none to show.")
        yield Problem("lead_photo", message, Severity.WARNS, is_todo=True)
    elif number not in text.photos:
        yield Problem("lead_photo", _("This picture is not in the library any more. Choose another one."))
    else:
        photo = text.photos[number]
        for problem in photo_problems(photo, caption=text.content["lead_caption"]):
            yield Problem("lead_photo", problem)
        yield from _file(photo, "lead_photo", checklist)


def _body_photos(text: Text, checklist: Checklist) -> Iterator[Problem]:
    for number in text.named.images:
        photo = text.photos.get(number)
        if photo is None:
            message = _("A picture of the text is not in the library any more: remove it.")
            yield Problem("body", message, _before_readers(checklist))
            continue
        for problem in photo_problems(photo):
            yield Problem("body", _("Picture “%(photo)s”: %(problem)s") % {"photo": photo, "problem": problem})
        yield from _file(photo, "body", checklist)


def _file(photo: Photo, name: str, checklist: Checklist) -> Iterator[Problem]:
    if photo.failure:
        message = _("The sizes of “%(photo)s” could not be made: %(problem)s")
        yield Problem(name, message % {"photo": photo, "problem": photo.failure}, _before_readers(checklist))


def photo_problems(photo: Photo, *, caption: str = "") -> Iterator[str | Promise]:
    """What a picture lacks before it may be published. Nobody can override a missing credit or description.

    `caption` is the caption written for this use, if any. The law owes the photographer a name: in France CPI
    art. L121-1, in Morocco law 2-00 art. 9.
    """
    if not photo.alt.strip() and not photo.is_decorative:
        yield _("The picture has no description for those who do not see it.")
    if not (caption or photo.caption).strip():
        yield _("The picture has no caption.")
    if photo.credit is None:
        yield _("The picture has no credit.")
    elif photo.credit.kind == CreditKind.UNKNOWN and not photo.search_note.strip():
        yield _("“DR” asks for a note of where the author was looked for.")


# --- Links and other articles ---------------------------------------------------------------------------------------


def _links(text: Text, checklist: Checklist) -> Iterator[Problem]:
    for link in text.links:
        values = {"link": Truncator(link.address).chars(60)}
        match link.destination:
            case Destination.NOWHERE:
                message = _("The link “%(link)s” leads nowhere: write a whole address, from https:// on.")
                yield Problem("body", message % values)
            case Destination.MISSING:
                message = _("The link “%(link)s” leads to a page that our site does not have. Mend it or remove it.")
                yield Problem("body", message % values, _before_readers(checklist))
            case Destination.DESK:
                yield Problem("body", _("The link “%(link)s” leads to the desk, which readers cannot enter.") % values)
            case Destination.ARTICLE if not _is_live(text, link):
                message = _("The link “%(link)s” leads to an article that is not public.")
                yield Problem("body", message % values, _before_readers(checklist))


def _is_live(text: Text, link: Link) -> bool:
    target = text.targets.get(link.article)
    return target is not None and target.is_live


def _read_also(text: Text, checklist: Checklist) -> Iterator[Problem]:
    for number in text.named.articles:
        target = text.targets.get(number)
        if target is None or target.is_gone:
            message = _("Read also: article %(number)s is not there any more. Remove it or choose another one.")
            yield Problem("body", message % {"number": number}, _before_readers(checklist))
        elif not target.is_live and number != text.number:
            message = _("Read also: article %(number)s is not public yet. It will appear by itself.")
            yield Problem("body", message % {"number": number}, Severity.WARNS)


def _follows(text: Text, checklist: Checklist) -> Iterator[Problem]:
    number = text.content["follows"]
    target = text.targets.get(number)
    # an article that is live is not blocked: the one it follows may have been withdrawn since
    severity = Severity.WARNS if text.is_live else _before_readers(checklist)
    if number == text.number:
        yield Problem("follows", _("An article does not follow itself: choose another one."))
    elif "follows" in text.circles:
        yield Problem("follows", _("The article it follows already follows this one: choose another one."))
    elif target is None:
        yield Problem("follows", _("The article it follows is not there any more: choose another one."))
    elif target.is_live:
        return
    elif checklist is Checklist.PUBLICATION or target.leaves_at is None:
        message = _("The article it follows is not public: this one cannot appear before it.")
        yield Problem("follows", message, severity)
    elif text.appears_at is not None and target.leaves_at >= text.appears_at:
        message = _("The article it follows appears on %(when)s: schedule this one after it.")
        yield Problem("follows", message % {"when": spoken(target.leaves_at)}, severity)


def _replies_to(text: Text, checklist: Checklist) -> Iterator[Problem]:
    number = text.content["replies_to"]
    target = text.targets.get(number)
    if number == text.number:
        yield Problem("replies_to", _("An article does not answer itself: choose another one."))
    elif "replies_to" in text.circles:
        yield Problem("replies_to", _("The article it answers already answers this one: choose another one."))
    elif target is None:
        yield Problem("replies_to", _("The article it answers is not there any more: choose another one."))
    elif not target.is_live:
        message = _("The article it answers is not public: readers would not know what this one answers.")
        yield Problem("replies_to", message, Severity.WARNS if text.is_live else _before_readers(checklist))


# --- Checks and notes of colleagues ---------------------------------------------------------------------------------


def _checks(text: Text, checklist: Checklist) -> Iterator[Problem]:
    for check in text.checks:
        kind = {"kind": check.get_kind_display()}
        if not check.outcome:
            message = _("Check asked for, not given yet: %(kind)s")
            yield Problem("checks", message % kind, _before_readers(checklist))
        elif check.outcome == Check.Outcome.GIVEN and (older := _version_checked(check)) < text.version:
            message = _("Check “%(kind)s”: given on version %(number)s; the text has changed since")
            yield Problem("checks", message % {**kind, "number": older}, Severity.WARNS)


def _version_checked(check: Check) -> int:
    return check.revision.number if check.revision else 0


def _missed_correction(_text: Text, _checklist: Checklist) -> Iterator[Problem]:
    message = _("A correction that readers have is not in this text: carry it over first, at the top of the page.")
    yield Problem("correction", message)


def _questions(text: Text, _checklist: Checklist) -> Iterator[Problem]:
    message = ngettext_lazy(
        "%(notes)s note asks somebody something and has no answer yet",
        "%(notes)s notes ask somebody something and have no answer yet",
        "notes",
    )
    yield Problem("notes", message % {"notes": text.questions}, Severity.WARNS)


def _sensitive(_text: Text, _checklist: Checklist) -> Iterator[Problem]:
    message = _("Sensitive case: names, faces, presumption of innocence. Its page has no automatic neighbours.")
    yield Problem("sensitive", message, Severity.REMINDS)


RULES: tuple[Rule, ...] = (
    Rule(_("Headline"), "headline", _headline),
    Rule(_("Standfirst"), "standfirst", _standfirst),
    Rule(_("Text"), "body", _body),
    Rule(_("Section"), "section", _section),
    Rule(_("Bylines"), "bylines", _bylines),
    Rule(_("Picture, credit and description"), "lead_photo", _lead_photo),
    Rule(_("Pictures of the text"), "body", _body_photos, lambda text: bool(text.named.images)),
    Rule(_("Crossheads"), "body", _crossheads, lambda text: not text.is_blank or bool(text.crossheads)),
    Rule(_("Links"), "body", _links, lambda text: bool(text.links)),
    Rule(_("Read also"), "body", _read_also, lambda text: bool(text.named.articles)),
    Rule(_("Topics"), "topics", _topics),
    Rule(_("Length ordered"), "body", _length, lambda text: _ordered(text) > 0),
    Rule(_("Follow-up"), "follows", _follows, lambda text: bool(text.content["follows"])),
    Rule(_("Right of reply"), "replies_to", _replies_to, lambda text: bool(text.content["replies_to"])),
    Rule(
        _("Correction of the live article"),
        "correction",
        _missed_correction,
        lambda text: text.story is not None and text.story.missed_correction is not None,
    ),
    Rule(_("Checks"), "checks", _checks, lambda text: bool(text.checks)),
    Rule(_("Notes"), "notes", _questions, lambda text: text.questions > 0),
    Rule(_("Sensitive case"), "sensitive", _sensitive, lambda text: text.story is not None and text.story.is_sensitive),
)
