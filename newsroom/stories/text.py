"""A text as the checklist examines it, whether typed, imported or stored, with the rows that it refers to.

It is made from a content dict (`newsroom.stories.content`) in a handful of queries, however long the text is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from articles.body import References, references, text_of
from newsroom import access
from newsroom.body.links import Link, links_of
from newsroom.body.tree import Node, every_element, parse
from newsroom.models import Check, Note, Photo, Story
from newsroom.workflow import Stage

from . import attached
from .content import ContentDict, complete, content_of

LONGEST_CHAIN = 30  # follow-ups of follow-ups that are searched for a circle
HEADINGS = ("h2", "h3")
HIGHEST_NUMBER = 2**63 - 1  # the highest primary key


@dataclass(frozen=True)
class Target:
    """Another story that a text refers to. `leaves_at` is the hour it is scheduled for, if it is scheduled."""

    is_live: bool
    is_gone: bool  # spiked or withdrawn: it will not appear by itself
    leaves_at: datetime | None


@dataclass(frozen=True)
class Text:
    """A text with the rows that it refers to. `story` is its stored story, if there is one; the checks, the notes and
    the plan come from there even when `content` is typed. `appears_at` is the hour meant for it, None means now.
    """

    content: ContentDict
    story: Story | None = None
    appears_at: datetime | None = None
    plain_text: str = ""
    named: References = field(default_factory=lambda: References([], []))
    links: tuple[Link, ...] = ()
    crossheads: tuple[str, ...] = ()
    photos: Mapping[int, Photo] = field(default_factory=dict)
    targets: Mapping[int, Target] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()  # the latest of each kind
    questions: int = 0  # open notes that ask somebody something
    circles: frozenset[str] = frozenset()  # those of `follows` and `replies_to` that lead back to the story

    @property
    def number(self) -> int | None:
        return self.story.pk if self.story else None

    @property
    def version(self) -> int:
        return self.story.version if self.story else 0

    @property
    def is_blank(self) -> bool:
        return not self.plain_text

    @property
    def is_live(self) -> bool:
        return self.story is not None and self.story.is_live


def stored_text(
    story: Story,
    *,
    seen_by: access.Login | None,
    appears_at: datetime | None = None,
    checks: Sequence[Check] | None = None,
) -> Text:
    """The stored text of `story`. `seen_by` and `checks` are those of `read_text`."""
    when = appears_at or story.publish_at
    return read_text(content_of(story), story=story, seen_by=seen_by, appears_at=when, checks=checks)


def read_text(
    content: ContentDict,
    *,
    story: Story | None = None,
    seen_by: access.Login | None = None,
    appears_at: datetime | None = None,
    checks: Sequence[Check] | None = None,
) -> Text:
    """`content` with the rows that it refers to. `checks` are all checks of `story`, if the caller has read them.

    `seen_by` is the person who sees the result. An article that they may not see then counts as missing, so that
    nobody finds hidden articles by typing numbers at random. None looks at all articles, as a decision must.
    """
    content = complete(content)
    html: str = content["body"]
    elements = list(every_element(parse(html)))
    named = references(html)
    links = tuple(links_of(elements))
    pictures = {*named.images, content["lead_photo"]} - {None}
    others = {*named.articles, *(link.article for link in links), content["follows"], content["replies_to"]}
    targets = _targets(_possible(others), seen_by)
    return Text(
        content=content,
        story=story,
        appears_at=appears_at,
        plain_text=text_of(html),
        named=named,
        links=links,
        crossheads=tuple(_words(each.children).strip() for each in elements if each.tag in HEADINGS),
        photos=_photos(pictures, story),
        targets=targets,
        checks=_last_of_each_kind(_checks_of(story) if checks is None else checks),
        questions=_open_questions(story),
        circles=frozenset(
            tie
            for tie in ("follows", "replies_to")
            if content[tie] in targets and _comes_back(story, tie, content[tie])
        ),
    )


# --- Rows it refers to --------------------------------------------------------------------------------------------


def _photos(numbers: Iterable[int | None], story: Story | None) -> dict[int, Photo]:
    wanted = _possible(numbers)
    lead = (
        story.lead_photo if story is not None and story.lead_photo_id in wanted else None
    )  # it was usually read with the story
    known = {lead.pk: lead} if lead is not None else {}
    others = wanted - known.keys()
    return known | (Photo.objects.select_related("credit").in_bulk(others) if others else {})


def _possible(numbers: Iterable[int | None]) -> set[int]:
    """The numbers that a row can have. An imported text may contain any number."""
    return {number for number in numbers if number and number <= HIGHEST_NUMBER}


def _targets(numbers: set[int], seen_by: access.Login | None) -> dict[int, Target]:
    if not numbers:
        return {}
    stories = Story.objects.filter(pk__in=numbers)
    if seen_by is not None:
        stories = stories.filter(pk__in=access.visible_stories(seen_by).values("pk")) | stories.filter(
            live_revision__isnull=False
        )
    columns = ("pk", "stage", "live_revision_id", "first_published_at", "publish_at")
    return {
        number: Target(
            is_live=live is not None,
            is_gone=live is None and (stage == Stage.SPIKED or first is not None),
            leaves_at=leaves_at if stage == Stage.SCHEDULED else None,
        )
        for number, stage, live, first, leaves_at in stories.values_list(*columns)
    }


def _checks_of(story: Story | None) -> Sequence[Check]:
    if story is None or not attached.may_have_attached(story, "checks"):
        return ()
    return list(Check.objects.filter(story=story).select_related("revision").defer("revision__content"))


def _last_of_each_kind(checks: Sequence[Check]) -> tuple[Check, ...]:
    in_order = sorted(checks, key=lambda check: (check.asked_at, check.pk))
    return tuple({check.kind: check for check in in_order}.values())


def _open_questions(story: Story | None) -> int:
    if story is None or not attached.may_have_attached(story, "questions"):
        return 0
    return Note.objects.filter(story=story, resolved_at=None, mentions__isnull=False).values("pk").distinct().count()


def _comes_back(story: Story | None, tie: str, named: int | None) -> bool:
    """Whether a chain of stories, each following (or answering) the next, leads back to `story`."""
    if story is None or not named or not attached.may_have_attached(story, f"named_{tie}"):
        return False
    if not Story.objects.filter(**{tie: story}).exists():
        return False
    visited: set[int] = set()
    while named and named not in visited and len(visited) < LONGEST_CHAIN:
        if named == story.pk:
            return True
        visited.add(named)
        named = Story.objects.filter(pk=named).values_list(tie, flat=True).first()
    return False


# --- Its words ----------------------------------------------------------------------------------------------------


def _words(nodes: Iterable[Node]) -> str:
    return "".join(node if isinstance(node, str) else _words(node.children) for node in nodes)
