"""A save that rests on an older text: joined with the newer one where no passage clashes, else both to choose from.

Nothing typed is thrown away: what does not go in comes back on the page, and is kept aside. Two long texts take time to
compare: they are compared before the story is locked, or after.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.html import format_html
from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from newsroom.admin.base import signed_in
from newsroom.admin.deeds.perform import already_done, was_last_done
from newsroom.admin.deeds.undone import note_for
from newsroom.admin.forms.post import StoryPost, for_hand, make_post
from newsroom.editing import autosave as autosave_rows
from newsroom.editing.merge import Clash, FieldClash, Merge, merge_contents
from newsroom.models import Revision, Story, name_of
from newsroom.stories.content import ContentDict, content_of
from newsroom.versions.comparison import Run, read_block, runs
from newsroom.versions.names import Names, label_of, model_of
from newsroom.workflow import Deed

from . import autosave

OF_THE_NOTE = ("note_key", "note_passage")  # fields of the note to colleagues, which are no words typed for a deed


@dataclass(frozen=True)
class Choice:
    """One place where two texts clash. `name` is that of its inputs; `by_hand` is None where nothing can be typed."""

    name: str
    field: str
    label: str | Promise
    mine: str
    theirs: str
    runs: list[Run]
    by_hand: str | None = None
    theirs_by_hand: str = ""

    @property
    def rows(self) -> int:
        return min(24, 2 + len(self.by_hand or "") // 70)


@dataclass(frozen=True)
class Compared:
    """What was posted, compared with the stored text of a story as it was in one version.

    `post` has its choices made, `typed` is its whole text, `merge` is None when it rests on that version.
    """

    version: int
    stored: ContentDict
    post: StoryPost
    typed: ContentDict
    base: Revision | None
    merge: Merge | None


class Outdated(Exception):  # noqa: N818 (what happened)
    """Raised when the story was saved since its text was compared with the posted one."""


def compare_with_stored(story: Story, post: StoryPost) -> Compared:
    """Compare what was posted with the stored text of `story`. It may take long, so the story is not to be locked."""
    return _compared(story, post, story.revisions.filter(number=post.based_on).first())


def _compared(story: Story, post: StoryPost, base: Revision | None) -> Compared:
    if post.has_choices:
        post = post.with_choices_made(story)
    stored = content_of(story)
    typed = {**stored, **post.text(stored)}
    is_newer = post.based_on != story.version
    merge = merge_contents(base.content if base else None, typed, stored) if is_newer else None
    return Compared(story.version, stored, post, typed, base, merge)


def needs_comparing(post: StoryPost, version: int) -> bool:
    """Whether `post` must be compared with the stored text, of that version, before it can be saved."""
    return post.has_choices or post.based_on != version


def join_with_stored(
    request: HttpRequest, story: Story, post: StoryPost, compared: Compared | None, *, waits: bool = True
) -> StoryPost | HttpResponse:
    """The post that may be saved over the stored text of `story`: as it came, or joined with what is newer there.

    Otherwise the answer: both texts, with a 409. To be called with the story under lock. `compared` is what
    `compare_with_stored` made before. Raises Outdated when the story was saved since; with `waits=False` the answer is
    what was compared, to be sent once more.
    """
    if not needs_comparing(post, story.version):
        return post
    if compared is None or compared.version != story.version:
        if waits or compared is None:
            raise Outdated
        return _overtaken(request, story, compared)
    post, merge, base = compared.post, compared.merge, compared.base
    if post.is_put_aside and keep_aside(request, story, post):
        message = gettext(
            "Your text is kept aside with what you chose; the stored one is below. Nothing was saved over it."
        )
        messages.info(request, message)
        return redirect("admin:newsroom_story_change", story.pk)
    if merge is None:
        return post.with_text(compared.typed, story)
    if merge.clashes:
        return _both_texts(request, story, post, base, merge, compared.stored)
    if merge.content != content_of(story):
        _announce_joined(request, story, post.based_on)
    if post.deed is not None and not _was_done(request, story, post, post.deed):
        undone = gettext("“%(deed)s” is not done: the text changed meanwhile. Read it again first.")
        messages.warning(request, undone % {"deed": post.deed.label})
    return post.with_text(merge.content, story)


def too_late(request: HttpRequest, story: Story, post: StoryPost) -> HttpResponse:
    """The answer to a save of a text that is not theirs to change any more: the stored text and what was typed."""
    stored = content_of(story)
    merge = merge_contents(None, post.text(stored), stored)
    if not merge.clashes and not post.fields.get("new_note", "").strip():
        if post.deed is not None and _was_done(request, story, post, post.deed):
            return already_done(request, story, post.deed)
        if "_deed" not in post.fields:
            messages.info(request, gettext("Already saved: this text and the stored one are the same."))
            return redirect("admin:newsroom_story_change", story.pk)
    if merge.clashes:
        post = keep_aside(request, story, post) or post
    return _page(request, story, post, merge, {"editable": False})


def _was_done(request: HttpRequest, story: Story, post: StoryPost, deed: Deed) -> bool:
    """Whether the deed that came with the text is done already: the same form was sent twice."""
    note = note_for(post.fields, deed)
    return was_last_done(story, deed, revision=story.version, by=request.user, note=note)


def _announce_joined(request: HttpRequest, story: Story, based_on: int) -> None:
    address = f"{reverse('admin:newsroom_story_compare', args=[story.pk])}?avant={based_on}&apres={story.version}"
    if who := _who_else_wrote(request, story, based_on):
        message = gettext("Changes by %(who)s, saved while you were writing, are joined with yours.") % {"who": who}
    else:
        message = gettext("What you saved elsewhere while you were writing here is joined with it.")
    messages.warning(request, format_html('{} <a href="{}">{}</a>', message, address, gettext("See these changes")))


def _who_else_wrote(request: HttpRequest, story: Story, since: int) -> str:
    """Who saved after version `since`, oneself left out: « Hajar Alaoui et Yassine Benkirat »."""
    by = story.revisions.filter(number__gt=since).exclude(by=request.user.pk).values("by")
    return get_text_list([name_of(user) for user in User.objects.filter(pk__in=by).order_by("pk")], gettext("and"))


def _overtaken(request: HttpRequest, story: Story, compared: Compared) -> HttpResponse:
    """Both texts as they were compared: the stored one was saved once more at each try, and has a newer version."""
    story.version = compared.version  # in memory: what is sent from the page rests on this version
    merge = compared.merge or Merge(compared.typed, {})
    return _both_texts(request, story, compared.post, compared.base, merge, compared.stored, is_overtaken=True)


def _both_texts(
    request: HttpRequest,
    story: Story,
    post: StoryPost,
    base: Revision | None,
    merge: Merge,
    stored: ContentDict,
    *,
    is_overtaken: bool = False,
) -> HttpResponse:
    kept = keep_aside(request, story, post)
    post = kept or post
    since = base.number if base else story.version - 1
    context = {
        **_to_choose(story, post, base.content if base else {}, merge, stored),
        "editable": True,
        "is_overtaken": is_overtaken,
        "is_kept": kept is not None,
        "who": _who_else_wrote(request, story, since),
    }
    return _page(request, story, post, merge, context)


def to_carry_over(request: HttpRequest, story: Story, before: ContentDict, merge: Merge) -> HttpResponse:
    """The page on which a correction, merged with the next version `story`, is carried over. `before` is its base.

    What is chosen is saved by the page of the story, as a text that was typed there.
    """
    post = StoryPost.read(make_post(merge.content, QueryDict(), story))
    context = {**_to_choose(story, post, before, merge, content_of(story)), "editable": True, "is_carrying": True}
    return _page(request, story, post, merge, context, status=200)


def _to_choose(story: Story, post: StoryPost, base: ContentDict, merge: Merge, stored: ContentDict) -> dict[str, Any]:
    fields = post.with_text(merge.content, story).fields
    return {
        "carried": [(name, value) for name, values in fields.lists() if name not in merge.clashes for value in values],
        "clashing": list(merge.clashes),
        "pieces": _pieces(merge.clashes["body"]) if "body" in merge.clashes else [],
        "joined": list(_joined(base, merge, stored)),
    }


def _page(
    request: HttpRequest, story: Story, post: StoryPost, merge: Merge, context: dict[str, Any], status: int = 409
) -> HttpResponse:
    """Answer with both texts. They are compared when the page is written: the story is not locked any more."""
    names = Names(request.user, [merge.content, content_of(story)])
    frame = {
        **admin.site.each_context(request),
        "title": gettext("Two texts"),
        "story": story,
        "last": story.revisions.select_related("by").defer("content").first(),
        "choices": SimpleLazyObject(lambda: _choices(merge, names)),
        "typed_note": post.fields.get("new_note", "").strip(),
        "typed_passage": post.fields.get("note_passage", "").strip(),
        "typed_for_deed": [
            text
            for name, text in post.fields.items()
            if (name == "note" or name.startswith(("note_", "notice", "change_text")))
            and name not in OF_THE_NOTE
            and str(text).strip()
        ],
    }
    return TemplateResponse(request, "newsroom/panels/conflict.html", {**frame, **context}, status=status)


def keep_aside(request: HttpRequest, story: Story, post: StoryPost) -> StoryPost | None:
    """Keep what was posted, to be offered again by the page of the story, so that this page may be closed. The save of
    this page forgets it.

    Returns the post under the name of the page that it is kept by; None when it is longer than anything the desk keeps.
    """
    by = signed_in(request)
    post = post if post.page else post.under(autosave_rows.new_page())
    fields = {name: values for name, values in post.fields.lists() if name not in autosave.NOT_TYPED}
    try:
        autosave_rows.keep(fields, by=by, page=post.page, story=story, based_on=post.based_on, turn=post.turn)
    except autosave_rows.TooLong:
        return None
    except autosave_rows.AlreadySaved:
        # sent a second time after it was saved: under a name of its own it is still offered
        post = post.under(autosave_rows.new_page())
        autosave_rows.keep(fields, by=by, page=post.page, story=story, based_on=post.based_on)
    autosave.let_go(request, post.page)
    return post


# --- What the page shows ------------------------------------------------------------------------------------------


def _choices(merge: Merge, names: Names) -> list[Choice]:
    choices: list[Choice] = []
    for name, clash in merge.clashes.items():
        choices += _of_body(clash, names) if clash.passages else [_of_field(name, clash, names)]
    return choices


def _of_field(name: str, clash: FieldClash, names: Names) -> Choice:
    mine, theirs = (", ".join(names.each(name, value)) for value in (clash.mine, clash.theirs))
    raw_mine, raw_theirs = (_raw(value) for value in (clash.mine, clash.theirs))
    is_words = model_of(name) is None and mine == raw_mine and theirs == raw_theirs
    by_hand = mine if is_words else None
    return Choice(name, name, label_of(name), raw_mine, raw_theirs, runs(mine, theirs), by_hand, theirs)


def _raw(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def _of_body(clash: FieldClash, names: Names) -> Iterable[Choice]:
    place = 1
    for number, passage in enumerate(clash.passages):
        if isinstance(passage, Clash):
            mine, theirs = (_read(blocks, names) for blocks in (passage.mine, passage.theirs))
            label = (
                _("text, from paragraph %(number)s on") if len(passage.mine) > 1 else _("text, paragraph %(number)s")
            )
            yield Choice(
                f"body-{number}",
                "body",
                label % {"number": place},
                "\n".join(passage.mine),
                "\n".join(passage.theirs),
                runs(mine, theirs),
                for_hand(passage.mine),
                for_hand(passage.theirs),
            )
        place += len(passage.mine if isinstance(passage, Clash) else passage)


def _read(blocks: list[str], names: Names) -> str:
    return "\n".join(read_block(block, names).text for block in blocks)


def _pieces(clash: FieldClash) -> list[str]:
    """A body in pieces, as the form carries it: the settled ones, and the names of those to choose."""
    return [
        f"?body-{number}" if isinstance(passage, Clash) else "\n".join(passage)
        for number, passage in enumerate(clash.passages)
    ]


def _joined(base: ContentDict, merge: Merge, stored: ContentDict) -> Iterable[tuple[str | Promise, str | Promise]]:
    """The fields that were joined without a choice, and whose text each now has."""
    for name, value in merge.content.items():
        if name in merge.clashes or value == base.get(name) or not base:
            continue
        if value == stored.get(name):
            yield label_of(name), _("as in the stored text")
        else:
            yield label_of(name), _("yours") if stored.get(name) == base.get(name) else _("both, joined")
