"""The letters that show a writer what the desk changed, in few short lines and without a secret."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.contrib.auth.models import User

from articles.models import Section, Topic
from newsroom import deeds, publishing
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.deeds import ChangeNotice
from newsroom.models import Story
from newsroom.notifications import WIDTH
from newsroom.scheduling.wall_time import wall_time
from newsroom.versions import desk_changes
from newsroom.versions.comparison import BlockKind
from newsroom.workflow import ChangeKind

from .mails import mailed, mails
from .rewriting import rewrite
from .stages import submitted

pytestmark = pytest.mark.django_db


def test_the_letter_shows_what_the_desk_changed_in_short_lines(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    paragraph = " ".join(f"mot{number}" for number in range(60))
    story = submitted(make_story(by=journalist, body=f"<p>{paragraph}</p>\n<p>Une phrase à retirer.</p>"))
    mails()
    body = f"<p>{paragraph.replace('mot30', 'parole')}</p>\n<h2>Un intertitre</h2>"
    rewrite(story, by=sub_editor, headline="Le budget communal tient en trois lignes", body=body)
    deeds.send_back(story, revision=story.version, by=sub_editor, note="Voyez.")
    (letter,) = mails()
    lines = letter["text"].splitlines()

    removed = " ".join(line for line in lines if line.startswith("− "))
    added = " ".join(line for line in lines if line.startswith("+ "))
    assert "mot30" in removed
    assert "parole" in added
    assert "communal" in added
    assert "Une phrase à retirer." in removed
    assert "Un intertitre" in added
    assert "mot5 " not in letter["text"]  # far from the change
    assert all(len(line) <= WIDTH for line in lines if "://" not in line)
    assert f"/{story.pk}/desk-changes/" in letter["text"]


def test_a_letter_names_changed_blocks_by_kind_and_choices_by_name(
    journalist: User, sub_editor: User, make_story: Callable[..., Story], topic: Topic
) -> None:
    first, second, named = "<p>Un premier.</p>", "<p>Un second.</p>", make_story(by=journalist, headline="La suite")
    story = submitted(make_story(by=journalist, body=f"{first}\n{second}", topics=[topic.pk]))
    mails()
    link = f'<aside class="lire-aussi" data-article="{named.pk}"></aside>'
    story.topics.clear()
    rewrite(story, by=sub_editor, body=f"{first}\n<h2>Un second.</h2>\n{link}")
    deeds.approve(story, revision=story.version, by=sub_editor)
    lines = mails()[0]["text"].splitlines()

    assert f"~ [{BlockKind.PARAGRAPH.label} → {BlockKind.CROSSHEAD.label}] Un second." in lines
    assert f"+ [{BlockKind.READ_ALSO.label}] La suite" in lines
    assert "− Sécheresse" in lines


def test_a_letter_about_a_text_changed_everywhere_stays_short(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    def text(word: str) -> str:
        return "\n".join(f"<p>{word} {number} {' '.join(word * 3 for _ in range(9))}</p>" for number in range(200))

    story = submitted(make_story(by=journalist, body=text("avant")))
    mails()
    rewrite(story, by=sub_editor, body=text("autre"))
    deeds.approve(story, revision=story.version, by=sub_editor)

    (letter,) = mails()
    assert len(letter["text"].splitlines()) < 120


def test_a_letter_about_a_long_text_changed_everywhere_is_written_no_further_than_it_is_sent(
    journalist: User, sub_editor: User, make_story: Callable[..., Story], monkeypatch: pytest.MonkeyPatch
) -> None:
    def body(word: str) -> str:
        return "\n".join(f"<p>{word} le paragraphe {number}.</p>" for number in range(2_000))

    written: list[str] = []
    wrap = desk_changes.textwrap.wrap
    monkeypatch.setattr(
        desk_changes.textwrap, "wrap", lambda text, *a, **k: written.append(text) or wrap(text, *a, **k)
    )
    story = submitted(make_story(by=journalist, body=body("Voici")))
    rewrite(story, by=sub_editor, body=body("Voilà"))

    deeds.send_back(story, revision=story.version, by=sub_editor, note="Voyez.")

    assert mails()
    assert 0 < len(written) <= 2 * desk_changes.MOST_LINES


def test_changes_that_were_mailed_are_not_mailed_again(
    journalist: User, sub_editor: User, editor: User, make_story: Callable[..., Story]
) -> None:
    story = submitted(make_story(by=journalist))
    mails()
    rewrite(story, by=sub_editor, headline="Le budget communal tient en trois lignes")
    deeds.approve(story, revision=story.version, by=sub_editor)
    assert "communal" in "".join(line for line in mails()[0]["text"].splitlines() if line.startswith("+"))
    publishing.publish(story, revision=story.version, by=editor)

    assert "desk-changes" not in mails()[0]["text"]


def test_the_control_a_text_nobody_touched_has_no_differences(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = submitted(make_story(by=journalist))
    mails()
    deeds.approve(story, revision=story.version, by=sub_editor)

    assert "desk-changes" not in mails()[0]["text"]


def test_a_text_changed_and_changed_back_has_no_differences(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = submitted(make_story(by=journalist))
    mails()
    headline = story.headline
    rewrite(story, by=sub_editor, headline="Un autre titre")
    rewrite(story, by=sub_editor, headline=headline)
    deeds.approve(story, revision=story.version, by=sub_editor)

    assert "desk-changes" not in mails()[0]["text"]


def test_a_correction_at_once_is_mailed_with_its_differences(
    journalist: User, editor: User, make_story: Callable[..., Story], publish_story: Callable[..., Story]
) -> None:
    story = publish_story(make_story(by=journalist))
    mails()
    rewrite(story, by=editor, headline="Le budget communal tient en quatre lignes")
    publishing.correct(
        story,
        revision=story.version,
        by=editor,
        change=ChangeNotice(ChangeKind.CORRECTION, "Quatre lignes, et non trois."),
    )
    (letter,) = mails()

    assert "quatre" in "".join(line for line in letter["text"].splitlines() if line.startswith("+"))


def test_a_change_of_spaces_only_is_described_as_such(
    journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = submitted(make_story(by=journalist, headline="Où va le budget ?"))
    mails()
    rewrite(story, by=sub_editor, headline="Où va le budget\u202f?")
    deeds.approve(story, revision=story.version, by=sub_editor)
    (letter,) = mails()

    assert any(line.startswith("~ ") for line in letter["text"].splitlines())


def test_a_link_to_a_draft_the_reader_may_not_see_has_no_headline_in_the_letter(
    journalist: User, sub_editor: User, section: Section, make_story: Callable[..., Story]
) -> None:
    elsewhere = Section.objects.create(name="Sport", slug="sport")
    secret = make_story(by=sub_editor, section=elsewhere, headline="Un mystère bien gardé")
    set_standing(journalist, roles=[Role.JOURNALIST], sections=[section])
    story = submitted(make_story(by=journalist))
    mails()
    link = f'\n<aside class="lire-aussi" data-article="{secret.pk}"></aside>'
    rewrite(story, by=sub_editor, body=story.body + link)
    deeds.approve(story, revision=story.version, by=sub_editor)
    (letter,) = mails()

    assert "+ " in letter["text"]
    assert "mystère" not in letter["text"]


def test_an_abandoned_version_is_not_mailed_as_a_change_by_the_desk(
    journalist: User, editor: User, make_story: Callable[..., Story], publish_story: Callable[..., Story]
) -> None:
    story = publish_story(make_story(by=journalist))
    deeds.revise(story, revision=story.version, by=journalist)
    rewrite(story, by=journalist, headline="Un titre abandonné plus tard")
    deeds.abandon(story, revision=story.version, by=editor)
    story.refresh_from_db()
    mails()
    rewrite(
        story, by=editor, standfirst="Un chapô corrigé, avec le bon chiffre dedans et tout ce qu’il faut pour tenir."
    )
    publishing.correct(story, revision=story.version, by=editor, change=ChangeNotice(ChangeKind.TYPO))
    (letter,) = mails()

    assert "corrigé" in letter["text"]
    assert "abandonné" not in letter["text"]


def test_a_publication_by_the_clock_is_mailed_to_the_editor_who_scheduled_their_own_story(
    editor: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = submitted(make_story(by=editor))
    deeds.approve(story, revision=story.version, by=sub_editor)
    when = wall_time(datetime(2099, 1, 4, 8, 0))
    deeds.schedule(story, revision=story.version, by=editor, when=when)
    mails()
    publishing.publish(story, revision=story.version, by=editor, by_clock=True)

    assert mailed() == {"editeur"}
