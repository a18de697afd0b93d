"""Every address of the desk: which actors get an answer there, and whose posts are carried out. Written from DESIGN."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.db.models.functions import Now

from articles.models import Topic
from newsroom.editing import autosave
from newsroom.models import (
    Autosave,
    Check,
    GuestAnswer,
    Note,
    NoteTurn,
    Photo,
    PlanChange,
    Presence,
    Revision,
    ShareLink,
    StaffProfile,
    Story,
    Takeover,
)

from .story_post import new, typed

# The story is one of the section; « elsewhere » are tied to another one.
WRITER, COLLEAGUE, SUB, EDITOR, PHOTO, CHIEF = "writer", "colleague", "sub-editor", "editor", "photo editor", "chief"
FAR_COLLEAGUE, FAR_EDITOR = "journalist elsewhere", "editor elsewhere"
READERS = {WRITER, COLLEAGUE, SUB, EDITOR, PHOTO, CHIEF}
STAFF = READERS | {FAR_COLLEAGUE, FAR_EDITOR}
NOBODY: set[str] = set()
EVERYBODY = STAFF | {"signed out", "outsider", "superuser without a role"}
TEXT = STAFF - {PHOTO}  # those who write
WRITES_IT = {WRITER, EDITOR, CHIEF}
AUTHORITY = {EDITOR, CHIEF}
DESK = {SUB, EDITOR, CHIEF}
EDITORS = {EDITOR, FAR_EDITOR, CHIEF}
LIBRARY = {PHOTO, SUB, EDITOR, FAR_EDITOR, CHIEF}

# Where a story may stand, as `bring_to` says it.
STATES = ["draft", "review", "ready", "scheduled", "spiked", "published+live", "draft+live"]
# In the states that are not named, nobody.
ByState: TypeAlias = dict[str, set[str]]
WRITES_NOW: ByState = {"draft": WRITES_IT, "draft+live": WRITES_IT, "review": DESK}
SUBMITS: ByState = {"draft": WRITES_IT, "draft+live": WRITES_IT}
CORRECTS: ByState = {"published+live": AUTHORITY, "draft+live": AUTHORITY}
ANSWERS_FOR_IT: ByState = {"published+live": AUTHORITY, "draft+live": AUTHORITY}
# a live article may be typed over to be corrected, before that is published
SEES_TYPED: ByState = {**CORRECTS, **WRITES_NOW}

World: TypeAlias = dict[str, Any]
Count: TypeAlias = Callable[[World], int]
Posted: TypeAlias = Callable[[World], dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """A request to an address of the desk, and who gets an answer. Whoever gets none learns nothing.

    `writes` counts what a request that is carried out makes one more of; without it, none writes anything. `does` are
    those for whom it is carried out, where that is not all who get an answer.
    """

    route: str
    who: set[str] | ByState
    method: str = "get"
    posted: Posted = lambda _world: {}
    writes: Count | None = None
    does: set[str] | ByState | None = None
    shows_text: bool = False  # to the desk: a submitted text is opened by it

    def answers(self, actor: str, state: str) -> bool:
        return actor in _in(self.who, state)

    def is_done(self, actor: str, state: str) -> bool:
        return self.writes is not None and actor in _in(self.who if self.does is None else self.does, state)

    def opens(self, actor: str, state: str) -> bool:
        """Whether the request goes on record as the desk's opening of a submitted text."""
        return self.shows_text and state == "review" and actor in DESK

    @property
    def is_of_a_story(self) -> bool:
        """Whether its story may stand in any state."""
        root, _slash, rest = self.route.removeprefix("^").partition("/")
        if root == "newsroom":
            return rest.startswith("story/") and any(character in rest for character in "<(")
        return root in ("sauvegarde", "presence", "texte-garde", "relecture") and "<" in rest


def _in(whose: set[str] | ByState, state: str) -> set[str]:
    return whose.get(state, NOBODY) if isinstance(whose, dict) else whose


def of_the_story(model: type[Model], **where: Any) -> Count:
    """How many rows of `model` the story has."""
    return lambda world: model._default_manager.filter(story=world["story"], **where).count()


def rows(model: type[Model], **where: Any) -> Count:
    return lambda _world: model._default_manager.filter(**where).count()


def unless_spiked(whom: set[str]) -> ByState:
    """These in every state but one: nobody outside is shown a spiked story."""
    return {state: whom for state in STATES if state != "spiked"}


def form(**fields: Any) -> Posted:
    """These fields, whatever the story."""
    return lambda _world: fields


def page(**fields: Any) -> Posted:
    """The fields that the script of a new page sends: its key, the version that it shows, and `fields`."""
    return lambda world: {"page": autosave.new_page(), "based_on": world["story"].version, **fields}


def reference(app: str, model: str, keepers: set[str]) -> list[Row]:
    """The four pages of a model that its `keepers` keep and all staff may look at; no log, as for every model."""
    root = f"{app}/{model}/"
    return [
        Row(root, STAFF),
        Row(f"{root}add/", keepers),
        Row(f"{root}<path:object_id>/change/", STAFF),
        Row(f"{root}<path:object_id>/delete/", keepers),
        Row(f"{root}<path:object_id>/history/", NOBODY),
        Row(f"{root}<path:object_id>/", STAFF),
    ]


STORY = "newsroom/story/<int:number>/"
DEED = r"^newsroom/story/(?P<number>\d{1,18})/"
CHECKS = f"{STORY}checks/"
TEXTS = {"headline": "Tapé", "body": "<p>Tapé.</p>"}

TABLE = [
    # what each has: home, board, calendar, clock, account
    Row("", STAFF),
    Row("tableau/", STAFF),
    Row("calendrier/", STAFF),
    Row("horloge/", STAFF),
    Row("mon-compte/", STAFF),
    Row("mon-compte/", STAFF, "post", form(mail_asked="on"), rows(StaffProfile, wants_mail=False)),
    Row("password_change/", STAFF),
    Row("password_change/done/", STAFF),
    Row("jsi18n/", STAFF),
    Row("login/", EVERYBODY),
    Row("^(?P<app_label>)/$", STAFF),
    Row(r"(?P<url>.*)$", NOBODY),
    # what begins a story
    Row("newsroom/story/add/", TEXT),
    Row(
        "newsroom/story/add/", TEXT, "post", lambda world: new(world["section"]), rows(Story), does=TEXT & READERS
    ),  # nobody under a section that is not theirs
    Row("commande/", DESK | {FAR_EDITOR}),
    Row(
        "commande/",
        DESK | {FAR_EDITOR},
        "post",
        lambda world: {"headline": "À écrire", "section": world["section"].pk},
        rows(Story),
        does=DESK,
    ),
    Row("flash/", {CHIEF}),
    # what the editor asks
    Row("recherche/articles/", STAFF),
    Row("recherche/photos/", STAFF),
    Row("references/", STAFF),
    # a story, its versions, its preview
    Row("newsroom/story/", STAFF),
    Row("newsroom/story/<path:object_id>/change/", READERS, shows_text=True),
    Row(
        "newsroom/story/<path:object_id>/change/",
        READERS,  # who comes too late is answered with both texts
        "post",
        lambda world: typed(world["story"], headline="Le mot juste"),
        of_the_story(Revision),
        does=WRITES_NOW,
    ),
    Row("newsroom/story/<path:object_id>/", STAFF),
    Row("newsroom/story/<path:object_id>/delete/", NOBODY),
    Row("newsroom/story/<path:object_id>/history/", NOBODY),
    Row(f"{STORY}versions/", READERS),
    Row(f"{STORY}version/<int:version>/", READERS, shows_text=True),
    Row(f"{STORY}version/<int:version>/preview/", READERS, shows_text=True),
    Row(f"{STORY}version/<int:version>/restore/", WRITES_NOW),
    Row(f"{STORY}version/<int:version>/restore/", WRITES_NOW, "post", page(), of_the_story(Revision)),
    Row(f"{STORY}correction/", WRITES_NOW),
    Row(f"{STORY}correction/", WRITES_NOW, "post", form(correction="1")),
    Row(f"{STORY}compare/", READERS, shows_text=True),
    Row(f"{STORY}desk-changes/", READERS),
    Row(f"{STORY}preview/", READERS, shows_text=True),
    Row(f"{STORY}preview/draft/", SEES_TYPED, "post", form(**TEXTS)),
    Row("newsroom/story/add/preview/", TEXT),
    Row("newsroom/story/add/preview/draft/", TEXT, "post", form(**TEXTS)),
    Row(f"{STORY}checklist/", WRITES_NOW, "post", form(**TEXTS)),
    Row("newsroom/story/checklist/", TEXT, "post", form(**TEXTS)),
    # what is done to it: the deeds themselves are in test_matrix
    Row(f"{DEED}(?P<deed>)/$", SUBMITS),
    Row(r"newsroom/story/^(\d{1,18})/(correct)/$", CORRECTS),
    Row(f"{DEED}reply/$", ANSWERS_FOR_IT, "post", writes=lambda world: world["story"].replies.count()),
    Row(
        f"{DEED}retry/$",
        AUTHORITY,
        "post",
        writes=lambda world: Story.objects.filter(pk=world["story"].pk, due_at__lte=Now()).count(),
        does={"scheduled": AUTHORITY},
    ),
    Row(f"{STORY}plan/", READERS),
    Row(  # what is not theirs to plan is not in their form
        f"{STORY}plan/", READERS, "post", form(**{"plan-characters": "3500"}), of_the_story(PlanChange), does=DESK
    ),
    Row(
        f"{STORY}plan/",
        READERS,
        "post",
        form(**{"plan-sensitive": "on"}),
        of_the_story(PlanChange),
        does=DESK | {WRITER},
    ),
    Row(CHECKS, READERS),
    Row(
        CHECKS,
        READERS,
        "post",
        form(_check="ask", check_kind="source"),
        of_the_story(Check, kind="source"),
        does={state: READERS for state in STATES if state != "spiked"},
    ),
    Row(
        CHECKS,
        {CHIEF},
        "post",
        lambda world: {"_check": f"give-{world['check'].pk}", "check_version": world["story"].version},
        of_the_story(Check, outcome=Check.Outcome.GIVEN),
    ),
    Row(
        CHECKS,
        {CHIEF},
        "post",
        lambda world: {"_check": f"waive-{world['check'].pk}", f"note_check_{world['check'].pk}": "Vu au téléphone."},
        of_the_story(Check, outcome=Check.Outcome.WAIVED),
    ),
    # notes on it
    Row(f"{STORY}note/", READERS, "post", form(new_note="Un mot de plus."), of_the_story(Note)),
    Row(f"{STORY}note/<int:note>/resolve/", READERS, "post", writes=rows(NoteTurn, settles=True)),
    Row(f"{STORY}note/<int:note>/reopen/", READERS, "post", writes=rows(NoteTurn, settles=False)),
    Row(f"{STORY}colleagues/", READERS),
    Row(f"{STORY}share/", READERS),
    Row(
        f"{STORY}share/",
        DESK,
        "post",
        form(reader="Maître", revision="2", amount="2", unit="days"),
        of_the_story(ShareLink),
        does=unless_spiked(DESK),
    ),
    Row(
        f"{STORY}share/<int:link>/revoke/",
        DESK,
        "post",
        writes=of_the_story(ShareLink, revoked_at__isnull=False),
        does=unless_spiked(DESK),
    ),
    # those without an account, by their link alone
    Row("relecture/<str:token>/", unless_spiked(EVERYBODY), writes=of_the_story(ShareLink, opened_at__isnull=False)),
    Row(
        "relecture/<str:token>/",
        unless_spiked(EVERYBODY),
        "post",
        form(verdict="approved", name="Maître Laâlej"),
        rows(GuestAnswer),
    ),
    Row("relecture/<str:token>/<int:photo>/<slug:preset>/", unless_spiked(EVERYBODY)),
    Row("relecture/<path:token>", unless_spiked(EVERYBODY), writes=of_the_story(ShareLink, opened_at__isnull=False)),
    # what is being written
    Row("sauvegarde/", TEXT, "post", page(**TEXTS), rows(Autosave, story=None)),
    # who loses the right to write while writing loses no line: what is kept is their own
    Row("sauvegarde/<int:number>/", READERS - {PHOTO}, "post", page(**TEXTS), of_the_story(Autosave)),
    Row("sauvegarde/session/", STAFF),
    Row("presence/<int:number>/", READERS, "post", page(), of_the_story(Presence)),
    Row(
        "presence/<int:number>/prendre-la-main/",
        WRITES_NOW,
        "post",
        page(),
        lambda world: Takeover.objects.filter(story=world["story"]).values("by").distinct().count(),
    ),
    Row("texte-garde/", STAFF),
    Row("texte-garde/<int:number>/", READERS),
    Row("texte-garde/lire/<str:page>/", {WRITER}),
    Row(
        "texte-garde/jeter/<str:page>/",
        {WRITER},
        "post",
        writes=lambda world: -Autosave.objects.filter(page=world["kept"]).count(),
    ),
    # the photo library
    Row("newsroom/photo/", STAFF),
    Row("newsroom/photo/add/", STAFF),
    Row(
        "newsroom/photo/upload/",
        STAFF,
        "post",
        lambda world: {"files": SimpleUploadedFile("IMG_1.jpg", world["file"], "image/jpeg")},
        rows(Photo),
    ),
    Row("newsroom/photo/upload/allowed/", STAFF),
    Row("newsroom/photo/<int:number>/size/<slug:preset>/", STAFF),
    Row("newsroom/photo/<path:object_id>/change/", STAFF),
    Row("newsroom/photo/<path:object_id>/", STAFF),
    Row("newsroom/photo/<path:object_id>/delete/", LIBRARY),
    Row("newsroom/photo/<path:object_id>/history/", NOBODY),
    # what the newspaper is filed by, and the logins
    *reference("articles", "section", EDITORS),
    *reference("articles", "topic", EDITORS),
    Row("articles/topic/add/", EDITORS, "post", form(name="Pêche", slug="peche"), rows(Topic)),
    Row(
        "articles/topic/<path:object_id>/delete/",
        EDITORS,
        "post",
        form(post="yes"),
        lambda _world: -Topic.objects.count(),
    ),
    *reference("articles", "author", EDITORS),
    *reference("articles", "page", EDITORS),
    *reference("articles", "imagecredit", LIBRARY),
    Row("auth/user/", {CHIEF}),
    Row("auth/user/add/", {CHIEF}),
    Row("auth/user/<path:object_id>/change/", {CHIEF}),
    Row("auth/user/<path:object_id>/", STAFF),
    Row("auth/user/<path:object_id>/delete/", NOBODY),
    Row("auth/user/<path:object_id>/history/", NOBODY),
    # the last: the session of who asks is over
    Row("logout/", EVERYBODY, "post"),
]
