"""The pages of the deeds, whichever the deed: a stale or forged version, and how a story leads to them."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from newsroom import publishing
from newsroom.deeds import ChangeNotice
from newsroom.models import Change, Story
from newsroom.workflow import ChangeKind

from .desk import NINES, at_the_desk, deed_address, post_deed, read_page
from .story_post import address, typed

pytestmark = pytest.mark.django_db
Make = Callable[..., Story]


# --- Any dialog ---------------------------------------------------------------------------------------------------


def test_a_deed_on_a_story_that_changed_meanwhile_is_refused_with_an_explanation(
    editor: User, approve_story: Make
) -> None:
    story = approve_story()

    response = at_the_desk(editor).post(deed_address("schedule", story), {"revision": 7, "when": "2027-06-01T20:30"})

    story.refresh_from_db()
    assert response.status_code == 409
    assert 'value="2027-06-01T20:30"' in response.content.decode()
    assert story.stage == "ready"


@pytest.mark.parametrize("revision", ["", "abc", "-1", NINES])
def test_a_deed_on_a_forged_version_is_refused(revision: str, editor: User, live: Story) -> None:
    response = at_the_desk(editor).post(deed_address("withdraw", live), {"revision": revision, "note": "Parce que."})

    live.refresh_from_db()
    assert response.status_code == 409
    assert live.is_live


def test_an_overlong_note_comes_back_with_a_sentence(editor: User, live: Story) -> None:
    response = post_deed(editor, live, "withdraw", note="x" * 5000)

    assert response.status_code == 409
    assert "x" * 5000 in response.content.decode()
    assert live.is_live


# --- From the page of the story -----------------------------------------------------------------------------------


def test_the_read_only_page_of_a_story_links_to_the_dialogs(editor: User, live: Story) -> None:
    page = at_the_desk(editor).get(address(live)).content.decode()

    for deed in ("withdraw", "correct"):
        assert f'href="{deed_address(deed, live)}"' in page


def test_a_story_without_companions_is_published_from_its_own_page(editor: User, approve_story: Make) -> None:
    story = approve_story()

    page = at_the_desk(editor).get(address(story)).content.decode()

    assert f'formaction="{deed_address("publish", story)}"' in page
    assert f'href="{deed_address("publish", story)}"' not in page


def test_the_typed_text_is_saved_before_the_dialog_opens(editor: User, live: Story) -> None:
    post_deed(editor, live, "revise")
    fields = typed(live, headline="Un mot de plus", _deed="withdraw", note_submit="Presque prêt.")

    response = at_the_desk(editor).post(address(live), fields)

    live.refresh_from_db()
    assert response["Location"] == deed_address("withdraw", live)
    assert live.headline == "Un mot de plus"
    assert live.is_live


def test_a_screen_has_one_filled_button(
    chief: User, sub_editor: User, editor: User, journalist: User, make_story: Make, live: Story, approve_story: Make
) -> None:
    flashed = make_story(by=journalist)
    publishing.flash(flashed, revision=1, by=chief, note="La digue cède.")

    for user, story in ((editor, live), (editor, flashed), (sub_editor, flashed), (editor, approve_story())):
        page = at_the_desk(user).get(address(story)).content.decode()
        assert page.count("data-primary") == 1, (user, story)


def test_a_second_look_is_given_on_the_page_of_the_flash(
    chief: User, sub_editor: User, journalist: User, make_story: Make
) -> None:
    story = make_story(by=journalist)
    publishing.flash(story, revision=1, by=chief, note="La digue cède.")

    page = at_the_desk(chief).get(address(story)).content.decode()
    assert "Flash" in page[page.index('class="deeds-now"') :]
    assert 'look/"' not in page
    assert f'formaction="{deed_address("look", story)}"' in at_the_desk(sub_editor).get(address(story)).content.decode()
    post_deed(sub_editor, story, "look")

    assert not story.awaits_second_look


def test_the_change_notice_of_a_scheduled_version_is_filled_in_when_it_is_published_by_hand(
    editor: User, next_version: Story
) -> None:
    post_deed(
        editor,
        next_version,
        "schedule",
        when="2027-06-01T20:30",
        **{"when-sure_of": "2027-06-01 20:30 Africa/Casablanca"},
        change_kind="clarification",
        change_text="Du quai.",
    )

    assert "Du quai.</textarea>" in read_page(editor, next_version, "publish")
    post_deed(editor, next_version, "publish")
    assert Change.objects.get(story=next_version).kind == ChangeNotice(ChangeKind.CLARIFICATION).kind
