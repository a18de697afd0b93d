"""The open version of a live article: laid aside while what readers see is corrected, then taken up again.

A story has one row. While its article is corrected, that row has the live text, as if no version were open: so one set
of rules decides, checks, records and publishes a correction at every stage. The correction is then joined into the open
version. What clashes there stays as it was: the story remembers which correction it lacks, and cannot go to readers
before somebody has carried it over.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from articles.models import Topic
from newsroom import access, body, notifications
from newsroom.checklist import problems
from newsroom.deeds import CLEARED_NOTICE, CLEARED_SCHEDULE, NOTHING_MISSED, decide, mark
from newsroom.editing.merge import Clash, FieldClash, Merge, body_of, merge_contents
from newsroom.models import Check, Milestone, Move, Revision, Story, StoryByline
from newsroom.stories import saving
from newsroom.stories.content import ContentDict, complete, content_of, surviving
from newsroom.versions.desk_changes import PUBLISHING_DEEDS
from newsroom.workflow import IN_WORK, Checklist, Deed, Stage

# What belongs to the open version, and what a published text without one has in its place.
WITHOUT_ONE: dict[str, Any] = {
    **CLEARED_SCHEDULE,
    **CLEARED_NOTICE,
    **NOTHING_MISSED,
    "stage": Stage.PUBLISHED,
    "approved_revision": None,
    "embargo_until": None,
    "embargo_wall": "",
}
# The checklist that a joined text must pass at its stage, to stay approved.
STILL_APPROVED = {Stage.READY: Checklist.REVIEW, Stage.SCHEDULED: Checklist.SCHEDULE}


@dataclass(frozen=True)
class OpenVersion:
    """The next version of a live article: its text, and what the row of its story has of it.

    `live` is the version that readers see, and `since` the one that the text was last joined with: an older one when it
    lacks a correction.
    """

    story: int
    number: int
    content: ContentDict
    fields: dict[str, Any]
    live: Revision
    since: Revision

    @property
    def stage(self) -> Stage:
        return Stage(self.fields["stage"])

    def checks(self) -> list[Check]:
        """The checks that were asked of the live text. Those asked since the version was begun are about that one."""
        begun = Move.objects.filter(story=self.story, deed=Deed.REVISE)
        begun_at = begun.values_list("at", flat=True).first()
        asked = Check.objects.filter(story=self.story).select_related("revision").defer("revision__content")
        return list(asked.filter(asked_at__lt=begun_at) if begun_at is not None else asked)


def has_open_version(story: Story) -> bool:
    """Whether the text of `story` is the next version of what readers see."""
    return story.is_live and story.stage in IN_WORK


def open_version_of(story: Story) -> OpenVersion | None:
    """The next version of `story`, when one is open."""
    if not has_open_version(story) or story.live_revision is None:
        return None
    live = story.live_revision
    since = live if story.missed_since is None else story.revisions.get(number=story.missed_since)
    fields = {name: getattr(story, name) for name in WITHOUT_ONE}
    return OpenVersion(story.pk, story.version, content_of(story), fields, live, since)


def show_live(story: Story) -> OpenVersion | None:
    """Make `story`, in memory alone, what readers see of it: published, in its live version. Return the open version.

    Returns None, and changes nothing, when no version is open.
    """
    open_version = open_version_of(story)
    if open_version is None:
        return None
    content = live_content(open_version, story)
    saving.put_fields(story, content)
    for name, value in {**WITHOUT_ONE, "version": open_version.live.number}.items():
        setattr(story, name, value)
    bylines = [StoryByline(story=story, author_id=each, order=place) for place, each in enumerate(content["authors"])]
    topics = Topic.objects.filter(pk__in=content["topics"])
    prefetched = getattr(story, "_prefetched_objects_cache", {})
    story._prefetched_objects_cache = {  # type: ignore[attr-defined]
        **prefetched, "topics": topics, "bylines": _read(StoryByline.objects.none(), bylines),
    }  # fmt: skip
    return open_version


def _read(rows: QuerySet[Any], read: list[Any]) -> QuerySet[Any]:
    """`rows` as if `read` had been read from the database, as a prefetch does it."""
    rows._result_cache = read
    return rows


def live_content(open_version: OpenVersion, story: Story) -> ContentDict:
    """What readers see, as a text, without the rows that were deleted since."""
    return surviving(open_version.live.content, story)[0]


def lay_aside(number: int) -> OpenVersion | None:
    """Give the held story its live text, as if no version were open, and return the open version: None when none is.

    To be called in the transaction that ends with `take_up`.
    """
    story = Story.objects.get(pk=number)
    open_version = show_live(story)
    if open_version is not None:
        content = content_of(story)
        story._prefetched_objects_cache = {}  # type: ignore[attr-defined]
        saving.write_rows(story, content)
    return open_version


# --- Joining ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class JoinedBody:
    """The body of an open version with the changes of a correction. `has_clash`: some of it is left as it was there."""

    texts: tuple[str, str, str]
    html: str
    has_clash: bool


def join_bodies(before: str, after: str, in_work: str) -> JoinedBody:
    """Join what a correction changed, `before` into `after`, with the body `in_work`. It takes time: hold nothing."""
    merge = merge_contents({"body": before}, {"body": after}, {"body": in_work})
    html = _as_opened(merge)["body"]
    return JoinedBody((before, after, in_work), html, bool(merge.clashes))


def join(
    before: ContentDict, after: ContentDict, in_work: ContentDict, bodies: JoinedBody | None = None
) -> tuple[ContentDict, list[str]]:
    """The text `in_work` with what a correction changed, and the fields where the two clash: those keep its words.

    `bodies` are the three bodies joined beforehand, if somebody did.
    """
    texts = (before["body"], after["body"], in_work["body"])
    if bodies is None or bodies.texts != texts:
        bodies = join_bodies(*texts)
    rest = [{name: value for name, value in text.items() if name != "body"} for text in (before, after, in_work)]
    merge = merge_contents(*rest)
    clashing = [*merge.clashes, *(["body"] if bodies.has_clash else [])]
    return {**_as_opened(merge), "body": bodies.html}, clashing


def _as_opened(merge: Merge) -> ContentDict:
    return merge.content | {name: _kept(clash) for name, clash in merge.clashes.items()}


def _kept(clash: FieldClash) -> Any:
    """The value that the open version keeps: of a body, its own words where the two clash, else those of both."""
    if not clash.passages:
        return clash.theirs
    joined = body.clean(body_of([each.theirs if isinstance(each, Clash) else each for each in clash.passages]))
    return joined if body.fits(joined) else clash.theirs


# --- Taking it up again ----------------------------------------------------------------------------------------------


@transaction.atomic
def take_up(open_version: OpenVersion, *, by: User, bodies: JoinedBody | None = None) -> None:
    """Make the open version the text of its story again, joined with what `by` just corrected before readers.

    What was approved stays so only when all of the correction went in and `by` may approve it. Else it goes back to
    review, off its schedule, and its writers and the desk get mail.
    """
    story = Story.objects.get(pk=open_version.story)
    corrected = story.live_revision or open_version.live
    content = open_version.content
    clashing: list[str] = []
    if corrected != open_version.live:
        before, after = complete(open_version.since.content), complete(corrected.content)
        content, clashing = join(before, after, open_version.content, bodies)
    for name, value in open_version.fields.items():
        setattr(story, name, value)
    if corrected != open_version.live:
        missed = (open_version.since.number, corrected.number) if clashing else (None, None)
        story.missed_since, story.missed_correction = missed
    latest = story.revisions.order_by("-number")[0]
    story.version = latest.number
    revision = saving.replace_text(story, surviving(content, story)[0], by=by) or latest
    if corrected != open_version.live:
        _settle(story, open_version, revision, clashing, by)


def _settle(story: Story, open_version: OpenVersion, revision: Revision, clashing: list[str], by: User) -> None:
    """Keep the approval of a joined text, or ask for another one; tell those who have something to do."""
    checklist = STILL_APPROVED.get(open_version.stage)
    why = _why_not_approved(story, checklist, clashing, by) if checklist else ""
    if why:
        leaves_at = story.publish_at
        decision = decide(story, Deed.REOPEN, revision=story.version, by=by, note=str(why))
        move = decision.carry_out(approved_revision=None)
        notifications.announce_reopened(move, leaves_at)
    elif checklist:
        story.approved_revision = revision
        story.save(update_fields=["approved_revision"])
        if not revision.milestone:
            mark(revision, Milestone.APPROVED)
    elif clashing:
        notifications.announce_missed_correction(story, revision, by=by)


def _why_not_approved(story: Story, checklist: Checklist, clashing: list[str], by: User) -> str | Promise:
    rights = access.rights_on(by, story)
    if clashing:
        return _("The live article was corrected where this version was changed too: carry the correction over.")
    if not rights.may_do(Deed.APPROVE) or rights.lacks_second_eyes(Deed.APPROVE):
        return _("The live article was corrected by somebody who may not approve this version alone: read it again.")
    if problems(story, checklist):
        return _("With the correction of the live article, this version has something to mend.")
    return ""


# --- Carrying a correction over --------------------------------------------------------------------------------------


def missed_texts(story: Story) -> tuple[ContentDict, ContentDict] | None:
    """The text that readers had before the correction that this text lacks, and after it. None when it lacks none."""
    if story.missed_since is None or story.missed_correction is None:
        return None
    numbers = [story.missed_since, story.missed_correction]
    texts = {each.number: complete(each.content) for each in story.revisions.filter(number__in=numbers)}
    return texts[story.missed_since], texts[story.missed_correction]


def forget_missed(story: Story) -> None:
    """Record that the held story has the correction that it lacked, or was decided to do without."""
    for name, value in NOTHING_MISSED.items():
        setattr(story, name, value)
    story.save(update_fields=list(NOTHING_MISSED))


def remember_missed(story: Story, restored: Revision) -> None:
    """Record what the held story lacks once its text is that of `restored`, if it lacks a correction."""
    live = story.live_revision
    if live is None or not has_open_version(story):
        return
    since = _lacked_since(story, restored, live)
    if since is not None:
        story.missed_since, story.missed_correction = since.number, live.number
        story.save(update_fields=list(NOTHING_MISSED))


def _lacked_since(story: Story, restored: Revision, live: Revision) -> Revision | None:
    """What readers had before the corrections that `restored` lacks. None when it lacks none.

    A version from before a correction lacks it. A later one was joined with it, and lacks what clashes.
    """
    published = story.moves.filter(deed__in=PUBLISHING_DEEDS).select_related("revision").order_by("revision__number")
    corrections = published.filter(deed=Deed.CORRECT)
    if corrections.filter(revision__number__gt=restored.number).exists():
        before = published.filter(revision__number__lte=restored.number).last()
        return before.revision if before is not None else None
    begun = story.moves.filter(deed=Deed.REVISE).first()
    if begun is None or not corrections.filter(pk__gt=begun.pk).exists():
        return None
    before = published.filter(pk__lt=begun.pk).last()
    if before is None or before.revision == live:
        return None
    _joined, clashing = join(complete(before.revision.content), complete(live.content), complete(restored.content))
    return before.revision if clashing else None
