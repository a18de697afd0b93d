"""What has to be registered in several places: a deed, a panel, a checklist rule, a block of the body.

Each test names what is missing, and where, as soon as one of the places is forgotten.
"""

import inspect
import pkgutil
import re
from collections.abc import Callable, Collection
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.template import Context

from articles.body import BLOCKS, render
from articles.models import Article, Image
from newsroom import body, checklist, notifications
from newsroom.access.rights import PUT_FORWARD_BY
from newsroom.admin import panels
from newsroom.admin.deeds.buttons import ICONS
from newsroom.admin.deeds.pages import DIALOGS
from newsroom.admin.deeds.perform import DEEDS
from newsroom.admin.forms.editor import KEPT
from newsroom.admin.forms.story import StoryForm
from newsroom.admin.panels.base import Moment, OpenPage, SettlingPanel
from newsroom.admin.panels.beside import PANELS
from newsroom.admin.panels.checklist import PLACES
from newsroom.models import Photo, Story
from newsroom.templatetags.desk import DONE, read_body
from newsroom.versions.comparison import BLOCK_STARTS, read_block
from newsroom.versions.names import Names
from newsroom.workflow import TRANSITIONS, Deed, OwnPage

ROOT = Path(__file__).resolve().parent.parent.parent


def source(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


# --- Deeds --------------------------------------------------------------------------------------------------------

PLACES_OF_A_DEED: dict[str, Collection[Deed]] = {
    "workflow.TRANSITIONS: its row in the table": TRANSITIONS,
    "admin.deeds.perform.DEEDS: the function that does it": DEEDS,
    "admin.deeds.buttons.ICONS: the icon of its button": ICONS,
    "templatetags.desk.DONE: its word in the history": DONE,
    "notifications.ANNOUNCEMENTS or SILENT: the mail it sends, or that it sends none": {
        *notifications.ANNOUNCEMENTS,
        *notifications.SILENT,
    },
}


@pytest.mark.parametrize("place", PLACES_OF_A_DEED)
def test_every_deed_is_registered_in_every_place_that_a_deed_needs(place: str) -> None:
    assert [deed.name for deed in Deed if deed not in PLACES_OF_A_DEED[place]] == [], f"missing in {place}"


@pytest.mark.parametrize("deed", Deed)
def test_every_deed_is_called_in_the_same_way(deed: Deed) -> None:
    parameters = inspect.signature(DEEDS[deed]).parameters

    assert next(iter(parameters)) == "story"
    assert {"revision", "by", "note"} <= {name for name, one in parameters.items() if one.kind is one.KEYWORD_ONLY}


def test_every_deed_with_a_page_of_its_own_has_a_form() -> None:
    with_a_page = {deed for deed, transition in TRANSITIONS.items() if transition.own_page is not OwnPage.NEVER}

    # an article is corrected in the form one writes in
    assert with_a_page - DIALOGS.keys() == {Deed.CORRECT}


def test_every_icon_of_a_button_exists() -> None:
    drawn = set(re.findall(r'<symbol id="i-([a-z-]+)"', source("templates/newsroom/components/icons.html")))

    assert set(ICONS.values()) <= drawn


def test_each_deed_of_four_eyes_names_the_deeds_that_put_a_text_forward_for_it() -> None:
    assert {deed for deed, row in TRANSITIONS.items() if row.four_eyes} == set(PUT_FORWARD_BY)


def test_no_deed_both_sends_a_mail_and_is_silent() -> None:
    assert notifications.ANNOUNCEMENTS.keys() & notifications.SILENT == set()


# --- Panels -------------------------------------------------------------------------------------------------------


PANEL_MODULES = [import_module(f"{panels.__name__}.{found.name}") for found in pkgutil.iter_modules(panels.__path__)]


def test_every_panel_module_is_in_the_list_of_panels() -> None:
    complete = [one for one in PANEL_MODULES if hasattr(one, "urls") and hasattr(one, "context")]

    assert {one.__name__ for one in complete} == {getattr(panel, "__name__", "") for panel in PANELS}


def test_no_panel_module_lacks_a_part_of_a_panel() -> None:
    settling = ("settle", "SETTLES_ON")
    halves = [
        one.__name__.rpartition(".")[2]
        for one in PANEL_MODULES
        if (hasattr(one, "context") and not hasattr(one, "urls"))
        or (any(hasattr(one, part) for part in settling) and not isinstance(one, SettlingPanel))
    ]

    assert halves == []


def test_no_panel_that_is_given_the_page_reads_the_post_of_the_request_instead() -> None:
    """The post of the page may have been joined with a newer text; only a view of its own address has no page."""
    given = [
        function
        for one in PANEL_MODULES
        for function in vars(one).values()
        if inspect.isfunction(function) and OpenPage in inspect.get_annotations(function).values()
    ]

    assert len(given) > len(PANELS), "the control"
    assert [function.__qualname__ for function in given if "request.POST" in inspect.getsource(function)] == []


def test_each_moment_of_a_post_is_one_of_some_panel() -> None:
    settled = {moment for panel in PANELS if isinstance(panel, SettlingPanel) for moment in panel.SETTLES_ON}

    assert settled == set(Moment)


# The templates with which a panel stands on the page, where they are not the one that has its name.
TEMPLATES_OF_PANELS = {
    "autosave": ["autosave/recover_offer.html", "autosave/recover_here.html"],
    "checks": ["checks.html", "checks_record.html"],
    "notes": ["notes/notes_panel.html"],
    "plan": ["plan/plan.html", "plan/plan_changes.html"],
    "presence": ["presence.html", "takeovers.html"],
    "share_links": ["share_links/share.html"],
    "versions": ["versions/version_brief.html"],
}


def included_from(name: str) -> set[str]:
    """The templates that a template includes, and those that they include."""
    reached: set[str] = set()
    waiting = [name]
    while waiting:
        included = set(re.findall(r'\{%\s*include\s+"([^"]+)"', source(f"templates/{waiting.pop()}"))) - reached
        reached |= included
        waiting += included
    return reached


@pytest.mark.parametrize("panel", [getattr(panel, "__name__", "").rpartition(".")[2] for panel in PANELS])
def test_every_panel_is_included_in_the_page_of_a_story(panel: str) -> None:
    page = "admin/newsroom/story/change_form.html"
    templates = [f"newsroom/panels/{name}" for name in TEMPLATES_OF_PANELS.get(panel, [f"{panel}.html"])]

    missing = [name for name in templates if name not in included_from(page)]

    assert missing == [], f"no include leads from templates/{page} to what the panel {panel} shows"


# --- Rules of the checklist ---------------------------------------------------------------------------------------


def test_every_rule_of_the_checklist_is_in_the_list_of_rules() -> None:
    written = {
        function
        for _name, function in inspect.getmembers(checklist, inspect.isfunction)
        if function.__module__ == checklist.__name__
        and list(inspect.signature(function).parameters.values())[0:1]
        and [one.annotation for one in inspect.signature(function).parameters.values()]
        == [checklist.Text, checklist.Checklist]
        and inspect.signature(function).return_annotation == checklist.Iterator[checklist.Problem]
    }

    assert {one.__name__ for one in written} == {rule.find.__name__ for rule in checklist.RULES}


def test_every_rule_links_to_a_place_on_the_page() -> None:
    places = {*StoryForm.Meta.fields, "bylines", *PLACES}

    assert {rule.field for rule in checklist.RULES} - places == set()


# --- Blocks of the body -------------------------------------------------------------------------------------------

PLUGIN = "static/newsroom/js/ckeditor/plugin.js"
STYLES_OF_A_BLOCK = ("static/articles/css/article.css", "static/newsroom/css/contents.css")


def class_of(block: str) -> str:
    found = re.search(r'class="([a-z-]+)"', block)
    assert found, block
    return found[1]


@pytest.mark.parametrize("name", BLOCKS)
def test_the_cleaner_keeps_every_block(name: str) -> None:
    assert body.clean(BLOCKS[name]) == BLOCKS[name]


@pytest.mark.parametrize("name", BLOCKS)
def test_the_editor_keeps_every_block_and_has_a_widget_for_it(name: str) -> None:
    tag, css = BLOCKS[name][1:].partition(" ")[0], class_of(BLOCKS[name])
    rules = [rule for rule in KEPT.split(";") if rule.strip().startswith(f"{tag}(")]

    assert any(css in re.split(r"[(),!]", rule) for rule in rules), f"admin.forms.editor.KEPT does not keep {tag}.{css}"
    assert f'"{tag}", "{css}")' in source(PLUGIN), f"the editor's plugin has no widget for {tag}.{css}"


@pytest.mark.parametrize("style", STYLES_OF_A_BLOCK)
@pytest.mark.parametrize("name", BLOCKS)
def test_every_block_is_styled_for_readers_and_in_the_editor(name: str, style: str) -> None:
    css = class_of(BLOCKS[name])
    # a picture of the text is a figure like any other to readers
    wanted = r"\bfigure\b" if css == "image" else rf"\.{css}\b"

    assert re.search(wanted, source(style)), f"{style} has no rule for .{css}"


@pytest.mark.django_db
@pytest.mark.parametrize("name", BLOCKS)
def test_every_block_has_a_name_when_versions_are_compared(name: str) -> None:
    names = Names(AnonymousUser(), [])
    paragraph = read_block("<p>Un mot.</p>", names).kind

    assert read_block(BLOCKS[name], names).kind is not paragraph


def test_every_block_that_the_cleaner_or_the_comparison_knows_is_in_the_list_of_blocks() -> None:
    known = {class_of(block) for block in BLOCKS.values()}
    kept = {
        css
        for rule in KEPT.split(";")
        if (found := re.match(r"\s*\w+\(([^)]*)\)", rule))
        for css in found[1].replace("!", "").split(",")
    }
    compared = {class_of(start + ">") for start in BLOCK_STARTS if "class=" in start}

    assert kept - known == {"exergue-words"}, "a part of the pull quote in the editor, and never stored"
    assert compared <= known


# What stands for each block on an article's page, and where staff read a text that they may not write.
READERS_GET = {
    "read also": '<aside class="lire-aussi"><a href="/',
    "image": "<figcaption>Le phare, mardi.",
    "embed": '<a href="https://www.youtube.com/watch?v=1"',
    "pull quote": "<p>Une phrase.</p>",
}
STAFF_READ = {
    "read also": "<strong>Le budget de la commune tient en trois lignes</strong>",
    "image": "<figcaption>Le phare, mardi.",
    "embed": '<p class="ref">https://www.youtube.com/watch?v=1</p>',
    "pull quote": "<p>Une phrase.</p>",
}


@pytest.fixture
def live(
    make_story: Callable[..., Story],
    make_photo: Callable[..., Photo],
    publish_story: Callable[[Story], Story],
    journalist: User,
) -> Article:
    """A live article with a picture, to which a block may refer."""
    publish_story(make_story(by=journalist, lead_photo=make_photo()))
    return Article.objects.get()


def stored(name: str, live: Article) -> str:
    """The block as it stands in a body. It refers to the live article, or to its picture."""
    numbered = re.sub(r'data-article="1"', f'data-article="{live.pk}"', BLOCKS[name])
    return re.sub(r'data-image="1"', f'data-image="{live.lead_image_id}"', numbered)


def references_left(name: str, html: str) -> list[str]:
    """The attributes by which the stored block refers to something, and which `html` still has."""
    return [attribute for attribute in re.findall(r"data-[a-z]+(?==)", BLOCKS[name]) if attribute in html]


@pytest.mark.django_db
@pytest.mark.parametrize("name", BLOCKS)
def test_readers_never_get_a_block_as_a_bare_reference(name: str, live: Article) -> None:
    assert name in READERS_GET, f"say in READERS_GET what articles.body.render makes of the {name}"

    html = render(stored(name, live), articles={live.pk: live}, images=Image.objects.in_bulk())

    assert READERS_GET[name] in html
    assert not references_left(name, html), f"articles.body.render leaves the {name} as it is stored"


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_that_refers_to_what_is_not_public_gives_readers_nothing_of_it(name: str) -> None:
    html = render(BLOCKS[name], articles={}, images={})

    assert not references_left(name, html)
    assert (html == "") is ("data-article" in BLOCKS[name] or "data-image" in BLOCKS[name])


@pytest.mark.django_db
@pytest.mark.parametrize("name", BLOCKS)
def test_staff_who_may_not_write_never_read_a_block_as_a_bare_reference(name: str, live: Article, editor: User) -> None:
    assert name in STAFF_READ, f"say in STAFF_READ what templatetags.desk.read_body makes of the {name}"

    html = read_body(Context({"request": SimpleNamespace(user=editor)}), stored(name, live))

    assert STAFF_READ[name] in html
    assert not references_left(name, html), f"templatetags.desk.read_body leaves the {name} as it is stored"
