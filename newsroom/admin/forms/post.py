"""What the page of a story sends, read once as a text; and a text written as the page would send it."""

import re
from dataclasses import dataclass
from html import escape, unescape
from typing import Any

from django.http import QueryDict

from newsroom import body
from newsroom.editing.autosave import is_page
from newsroom.models import PlanChange, Story
from newsroom.stories.content import ContentDict, content_of
from newsroom.workflow import Deed

from .parsing import row_number, version_number
from .story import one_line

BYLINES = "bylines"
PLAN = "plan"  # before the names of the fields of the plan; what each showed is posted as `…-was`
# The fields of the plan, each with the subject that it changes.
PLAN_FIELDS: dict[str, PlanChange.Subject] = {
    "assignee": PlanChange.Subject.ASSIGNEE,
    "deadline": PlanChange.Subject.DEADLINE,
    "characters": PlanChange.Subject.CHARACTERS,
    "embargo": PlanChange.Subject.EMBARGO,
    "sensitive": PlanChange.Subject.SENSITIVE,
}
MOST_AUTHORS = 100
# The fields that belong to one post and not to the text.
OF_ONE_POST = ("csrfmiddlewaretoken", "based_on", "revision", "_deed", "_continue", "_save", "_later")
MARKED_UP = re.compile(r"</?(?:a|strong|em|su[bp]|br)\b[^<>]*>")
BLOCK = ("<h2", "<h3", "<ul", "<ol", "<blockquote", "<aside", "<figure", "<table", "<p>")


@dataclass(frozen=True)
class StoryPost:
    """What the page of a story sent, read once.

    `based_on` is the version that its text was opened on, 0 for none; `page` the name that we gave the page of the
    browser, empty for none; `turn` the number that this page gave to what it sends; `deed` what the button asks for.
    """

    fields: QueryDict
    based_on: int
    page: str
    turn: int
    deed: Deed | None

    @classmethod
    def read(cls, posted: QueryDict) -> "StoryPost":
        page, asked = posted.get("page", ""), posted.get("_deed")
        return cls(
            fields=posted,
            based_on=version_number(posted.get("based_on")),
            page=page if is_page(page) else "",
            turn=version_number(posted.get("turn")),
            deed=Deed(asked) if asked in Deed.values else None,
        )

    @property
    def has_choices(self) -> bool:
        """Whether it comes from a page that showed two texts to choose from."""
        return "_choices" in self.fields

    @property
    def is_put_aside(self) -> bool:
        """Whether its text is to be kept and not saved."""
        return bool(self.fields.get("_later"))

    def text(self, stored: ContentDict) -> ContentDict:
        """The text that was typed, field for field as `stored` has them, without those that the page did not hold."""
        return typed_content(self.fields, stored)

    def with_text(self, content: ContentDict, story: Story) -> "StoryPost":
        """The post that saves `content` over the stored version of `story`, with the same notes and no deed."""
        return StoryPost.read(make_post(content, self.fields, story))

    def with_choices_made(self, story: Story) -> "StoryPost":
        """The post that comes of a page with two texts to choose from."""
        return StoryPost.read(choose(self.fields, story))

    def with_bylines_anew(self, story: Story) -> "StoryPost":
        """The same post with its bylines as new lines: those that the page showed have no rows of their own."""
        if f"{BYLINES}-TOTAL_FORMS" not in self.fields:
            return self
        made = self.fields.copy()
        for name in [name for name in made if name.startswith(f"{BYLINES}-")]:
            del made[name]
        for name, value in _byline_rows(story, typed_authors(self.fields)):
            made[name] = str(value)
        return StoryPost.read(made)

    def under(self, page: str, **fields: str) -> "StoryPost":
        """The same post from the page of that name, with these fields changed."""
        posted = self.fields.copy()
        for name, value in {"page": page, **fields}.items():
            posted[name] = value
        return StoryPost.read(posted)


def typed_content(posted: QueryDict, stored: ContentDict) -> ContentDict:
    """The text that was posted, field for field as `stored` has them, without those that the page did not hold."""
    typed: ContentDict = {}
    for name, value in stored.items():
        if name == "authors":
            if f"{BYLINES}-TOTAL_FORMS" in posted:
                typed[name] = typed_authors(posted)
        elif isinstance(value, list):  # boxes: none ticked, none posted
            typed[name] = sorted(number for each in posted.getlist(name) if (number := row_number(each)))
        elif name in posted:
            text = posted.get(name, "")
            typed[name] = _words(name, text) if isinstance(value, str) else row_number(text)
    return typed


def _words(name: str, typed: str) -> str:
    text = "\n".join(typed.strip().splitlines())
    if name == "body":
        return body.clean(text) if body.fits(text) else text  # the form will refuse it
    return one_line(text) if name == "headline" else text


def typed_authors(posted: QueryDict) -> list[int]:
    """The numbers of the authors as posted, in order, each once, those removed left out."""
    rows = []
    for row in range(min(row_number(posted.get(f"{BYLINES}-TOTAL_FORMS")) or 0, MOST_AUTHORS)):
        author = row_number(posted.get(f"{BYLINES}-{row}-author"))
        if author and not posted.get(f"{BYLINES}-{row}-DELETE"):
            rows.append((row_number(posted.get(f"{BYLINES}-{row}-order")) or 0, row, author))
    return list(dict.fromkeys(author for _order, _row, author in sorted(rows)))


def text_over(posted: QueryDict, stored: ContentDict) -> tuple[ContentDict, bool]:
    """The stored text with the typed fields over it, to be looked at and not saved; and whether its body was too long.

    A body that is too long is replaced by the stored one.
    """
    content = {**stored, **typed_content(posted, stored)}
    is_too_long = not body.fits(content["body"])
    return ({**content, "body": stored["body"]} if is_too_long else content), is_too_long


def touched_plan(posted: QueryDict) -> list[str]:
    """The fields of the plan whose value is another one than the page showed."""
    originals = [name for name in posted if name.startswith(f"{PLAN}-") and name.endswith("-was")]
    return [
        name.removeprefix(f"{PLAN}-").removesuffix("-was")
        for name in originals
        if posted.get(name.removesuffix("-was"), "").strip() != posted.get(name)
    ]


def make_post(content: ContentDict, posted: QueryDict, story: Story) -> QueryDict:
    """The post that saves `content` over the stored version of `story`, with the notes of `posted` and no deed."""
    made = posted.copy()
    for name in [name for name in made if name in OF_ONE_POST or name.startswith(f"{BYLINES}-")]:
        del made[name]
    for name, value in content.items():
        if name != "authors":
            made.setlist(name, [str(each) for each in _as_list(value)])
    for name, value in [("based_on", story.version), *_byline_rows(story, content["authors"])]:
        made[name] = str(value)
    return made


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else ["" if value is None else value]


def _byline_rows(story: Story, authors: list[int]) -> list[tuple[str, Any]]:
    """The stored bylines removed and `authors` added: the rows that were posted may be others by now."""
    stored = [byline for byline in story.bylines.all() if byline.pk]
    rows: list[tuple[str, Any]] = [
        (f"{BYLINES}-TOTAL_FORMS", len(stored) + len(authors)),
        (f"{BYLINES}-INITIAL_FORMS", len(stored)),
        (f"{BYLINES}-MIN_NUM_FORMS", 0),
        (f"{BYLINES}-MAX_NUM_FORMS", 1000),
    ]
    for row, byline in enumerate(stored):
        line = {"id": byline.pk, "story": story.pk, "author": byline.author_id, "order": byline.order, "DELETE": "on"}
        rows += [(f"{BYLINES}-{row}-{name}", value) for name, value in line.items()]
    for row, author in enumerate(authors, start=len(stored)):
        line = {"story": story.pk, "author": author, "order": row}
        rows += [(f"{BYLINES}-{row}-{name}", value) for name, value in line.items()]
    return rows


# --- What was chosen where two texts clash ------------------------------------------------------------------------

OF_A_CHOICE = ("_choices", "piece", "choice-", "mine-", "theirs-", "hand-")


def choose(posted: QueryDict, story: Story) -> QueryDict:
    """The post that comes of a page with two texts to choose from.

    In each place the choice is mine, theirs, or what was written by hand. `_choices` names the fields in question. A
    body comes in pieces: the settled ones as they are, and the names of those to choose.
    """
    stored = content_of(story)
    content = {**stored, **typed_content(posted, stored)}
    for name in posted.getlist("_choices"):
        if name == "body":
            pieces = [_choice(posted, piece[1:]) if piece[:1] == "?" else piece for piece in posted.getlist("piece")]
            content[name] = _words(name, "\n".join(piece for piece in pieces if piece))
        elif isinstance(stored.get(name), list):
            content[name] = [number for each in _choice(posted, name).split(",") if (number := row_number(each))]
        elif name in stored:
            picked = _choice(posted, name)
            content[name] = _words(name, picked) if isinstance(stored[name], str) else row_number(picked)
    made = make_post(content, posted, story)
    for name in [name for name in made if name.startswith(OF_A_CHOICE)]:
        del made[name]
    for name in ("based_on", "_later"):
        made.setlist(name, posted.getlist(name))
    return made


def _choice(posted: QueryDict, name: str) -> str:
    picked = posted.get(f"choice-{name}")
    if picked == "hand":
        typed = posted.get(f"hand-{name}", "")
        return read_by_hand(typed) if name.startswith("body") else typed
    return posted.get(f"theirs-{name}" if picked == "theirs" else f"mine-{name}", "")


def for_hand(blocks: list[str]) -> str:
    """Blocks of a body as lines to be edited by hand: a paragraph as its words, any other block with its tags."""
    return "\n".join(_plain(block) for block in blocks)


def _plain(block: str) -> str:
    if not block.startswith("<p>"):
        return block
    inner = block.removeprefix("<p>").removesuffix("</p>")
    words = unescape(inner)
    if "<" in inner:
        return inner
    return block if MARKED_UP.search(words) or words.startswith(BLOCK) else words


def read_by_hand(typed: str) -> str:
    """The HTML of lines that `for_hand` wrote and somebody edited: a line is a paragraph. It is not cleaned yet."""
    return "\n".join(_block(line.strip()) for line in typed.splitlines() if line.strip())


def _block(line: str) -> str:
    if line.startswith(BLOCK):
        return line
    return f"<p>{line if MARKED_UP.search(line) else escape(line, quote=False)}</p>"
