"""The checklist and the fields that it links to, over HTTP: on the page of a story, and while one types."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from articles.models import Section
from newsroom import access, deeds, publishing
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.models import Story
from newsroom.refusals import Refused
from newsroom.stories.content import content_of
from tests.page_text import on_one_line

from .bodies import read_also

pytestmark = pytest.mark.django_db

ADD = "/redaction/newsroom/story/checklist/"


def linked(address: str) -> str:
    return f'<p>Voir <a href="{address}">ici</a>.</p>'


def typed(**fields: Any) -> dict[str, Any]:
    return {"headline": "", "standfirst": "", "body": "", "section": "", "bylines-TOTAL_FORMS": "0", **fields}


def test_the_checklist_of_a_new_story_reports_no_fault_yet(client: Client, journalist: User) -> None:
    client.force_login(journalist)

    panel = client.get("/redaction/newsroom/story/add/").content.decode()

    assert panel.count('data-state="todo"') == 7
    assert 'data-state="block"' not in panel


def test_the_typed_text_is_checked_and_not_saved(client: Client, journalist: User, section: Section) -> None:
    client.force_login(journalist)

    response = client.post(ADD, typed(headline="Un titre " * 15, section=section.pk))
    answer = on_one_line(response)

    assert 'data-state="block"><a href="#row-headline"' in answer
    assert 'data-state="ok"><a href="#row-section"' in answer
    assert Story.objects.count() == 0


def test_the_checklist_judges_the_typed_text_and_not_the_stored_one(
    client: Client, journalist: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    Story.objects.filter(pk=story.pk).update(characters_ordered=3500)
    client.force_login(journalist)
    address = f"/redaction/newsroom/story/{story.pk}/checklist/"

    answer = client.post(address, typed(body="<p>Douze signes</p>")).content.decode()

    story.refresh_from_db()
    assert "12" in answer.split('data-length="')[1].split('"')[0]
    assert "3 500" in answer.replace("\u202f", " ").replace("\u00a0", " ")
    assert story.version == 1


def test_a_refused_deed_turns_missing_fields_into_faults(
    client: Client, journalist: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist, standfirst="")
    client.force_login(journalist)
    address = f"/redaction/newsroom/story/{story.pk}/"
    before = on_one_line(client.get(f"{address}change/"))

    client.post(f"{address}submit/", {"revision": story.version})

    after = on_one_line(client.get(f"{address}change/"))
    assert 'data-state="todo"><a href="#row-standfirst"' in before
    assert 'data-state="block"><a href="#row-standfirst"' in after


@pytest.mark.parametrize("body", ["\x00<p>a</p>", "<p>" * 5000, "é" * 400_000, f'<a href="{"x" * 9000}">a</a>'])
def test_a_malformed_text_gets_an_answer(client: Client, journalist: User, body: str) -> None:
    client.force_login(journalist)

    answer = client.post(
        ADD, typed(body=body, lead_photo="9" * 30, follows="abc", section="-1", topics=["x", "9" * 30])
    )

    assert answer.status_code == 200


def test_the_checklist_answers_only_those_who_may_edit_the_text(
    client: Client,
    make_story: Callable[..., Story],
    journalist: User,
    sub_editor: User,
    editor: User,
    photo_editor: User,
    outsider: User,
) -> None:
    story = make_story(by=journalist)
    elsewhere = User.objects.create_user("ailleurs")
    set_standing(elsewhere, roles=[Role.EDITOR], sections=[Section.objects.create(name="Sports", slug="sports")])
    expected = {journalist: 200, editor: 200, sub_editor: 403, photo_editor: 403, elsewhere: 404, outsider: 302}
    answers = {}
    for user in expected:
        client.force_login(user)
        answers[user] = client.post(f"/redaction/newsroom/story/{story.pk}/checklist/", typed()).status_code

    assert answers == expected


def test_guessed_numbers_reveal_no_draft_of_another_section(
    client: Client, journalist: User, editor: User, make_story: Callable[..., Story]
) -> None:
    sports = Section.objects.create(name="Sports", slug="sports")
    hidden = make_story(by=editor, section=sports, pk=987654)
    set_standing(journalist, roles=[Role.JOURNALIST], sections=[Section.objects.get(slug="politique")])
    client.force_login(journalist)

    def answer(number: int) -> str:
        posted = typed(body=read_also(number) + linked(f"/a/{number}/"), follows=str(number), replies_to=str(number))
        return client.post(ADD, posted).content.decode().replace(str(number), "N")

    assert not access.may_view_story(User.objects.get(pk=journalist.pk), hidden)
    assert answer(hidden.pk) == answer(hidden.pk + 1)


def test_a_guessed_number_that_is_saved_reveals_no_draft_either(
    client: Client, journalist: User, sub_editor: User, editor: User, chief: User, make_story: Callable[..., Story]
) -> None:
    hidden = make_story(by=chief, section=Section.objects.create(name="Sports", slug="sports"), pk=987654)
    nobodys = 876543
    ours = Section.objects.get(slug="politique")
    for person, role in ((journalist, Role.JOURNALIST), (editor, Role.EDITOR)):
        set_standing(person, roles=[role], sections=[ours])

    def read_by_journalist_and_editor(number: int) -> str:
        named = read_also(number) + linked(f"/a/{number}/")
        story = make_story(by=journalist, body=f"<p>Un texte.</p>{named}", standfirst="")
        address = f"/redaction/newsroom/story/{story.pk}/"
        client.force_login(journalist)
        panels = [client.get(f"{address}change/").content.decode()]
        client.post(f"{address}submit/", {"revision": story.version})
        panels.append(client.get(f"{address}change/").content.decode())
        put = {"standfirst": "Réuni mardi, le conseil a voté sans débat ; la trésorière, elle, a tout compté."}
        Story.objects.filter(pk=story.pk).update(**put)
        deeds.submit(story, revision=story.version, by=journalist)
        deeds.approve(story, revision=story.version, by=sub_editor)
        client.force_login(editor)
        panels.append(client.get(f"{address}change/").content.decode())
        dialog = client.get(f"{address}publish/").content.decode().split("deed-part")[1].split("</fieldset>")[0]
        shown = [panel.split('id="checklist"')[1].split("</section>")[0] for panel in panels]
        return "".join([*shown, dialog]).replace(str(number), "N").replace(str(story.pk), "S")

    assert not access.may_view_story(User.objects.get(pk=journalist.pk), hidden)
    assert read_by_journalist_and_editor(hidden.pk) == read_by_journalist_and_editor(nobodys)


def test_the_refusal_of_a_deed_reveals_no_draft_of_another_section(
    journalist: User, sub_editor: User, editor: User, chief: User, make_story: Callable[..., Story]
) -> None:
    hidden = make_story(by=chief, section=Section.objects.create(name="Sports", slug="sports"))
    story = make_story(by=journalist, follows=hidden)
    deeds.submit(story, revision=1, by=journalist)
    deeds.approve(story, revision=1, by=sub_editor)
    set_standing(editor, roles=[Role.EDITOR], sections=[story.section])

    def refusal_for(who: User) -> str:
        with pytest.raises(Refused) as refusal:
            publishing.publish(story, revision=1, by=who)
        return " ".join(str(problem.message) for problem in refusal.value.problems)

    assert "n’est pas public" in refusal_for(chief)
    assert "n’est plus là" in refusal_for(User.objects.get(pk=editor.pk))


# --- The fields of the form ---------------------------------------------------------------------------------------


def form_of(story: Story, **fields: Any) -> dict[str, Any]:
    content = content_of(story)
    posted = {name: "" if value is None else value for name, value in content.items() if name != "authors"}
    rows = {
        "bylines-TOTAL_FORMS": 0, "bylines-INITIAL_FORMS": 0, "bylines-MIN_NUM_FORMS": 0, "bylines-MAX_NUM_FORMS": 9,
    }  # fmt: skip
    return {**posted, **rows, "based_on": story.version, **fields}


def test_a_writer_chooses_the_articles_that_a_text_follows_and_answers(
    client: Client, journalist: User, make_story: Callable[..., Story], publish_story: Callable[..., Story]
) -> None:
    live = publish_story(make_story(by=journalist))
    own, story = make_story(by=journalist), make_story(by=journalist)
    client.force_login(journalist)

    client.post(f"/redaction/newsroom/story/{story.pk}/change/", form_of(story, follows=live.pk, replies_to=own.pk))

    story.refresh_from_db()
    assert (story.follows_id, story.replies_to_id) == (live.pk, own.pk)
    assert story.revisions.first().content["follows"] == live.pk  # type: ignore[union-attr]


@pytest.mark.parametrize("number", ["hidden", "9" * 30, "abc", "-1"])
def test_a_forged_article_number_is_refused_and_the_text_comes_back(
    client: Client, journalist: User, editor: User, make_story: Callable[..., Story], number: str
) -> None:
    hidden = make_story(by=editor)  # they may read it, and not name it
    story = make_story(by=journalist)
    client.force_login(journalist)
    posted = form_of(story, follows=str(hidden.pk) if number == "hidden" else number, headline="Un autre titre, tapé")

    page = client.post(f"/redaction/newsroom/story/{story.pk}/change/", posted)

    story.refresh_from_db()
    assert page.status_code == 200
    assert "errorlist" in page.content.decode()
    assert "Un autre titre, tapé" in page.content.decode()
    assert (story.follows_id, story.version) == (None, 1)


def test_an_article_that_a_colleague_chose_stays_without_its_headline_for_somebody_who_may_not_read_it(
    client: Client, journalist: User, editor: User, make_story: Callable[..., Story]
) -> None:
    sports = Section.objects.create(name="Sports", slug="sports")
    hidden = make_story(by=editor, section=sports, headline="Ce que personne ne sait encore")
    story = make_story(by=journalist, follows=hidden)
    set_standing(journalist, roles=[Role.JOURNALIST], sections=[Section.objects.get(slug="politique")])
    client.force_login(journalist)
    address = f"/redaction/newsroom/story/{story.pk}/change/"

    shown = client.get(address).content.decode()
    client.post(address, form_of(story, follows=hidden.pk, headline="Le budget tient en quatre lignes, tout compté"))

    story.refresh_from_db()
    assert "Ce que personne ne sait encore" not in shown
    assert (story.follows_id, story.version) == (hidden.pk, 2)


def test_a_live_article_is_named_by_its_published_headline(
    client: Client, journalist: User, make_story: Callable[..., Story], publish_story: Callable[..., Story]
) -> None:
    live = publish_story(make_story(by=journalist))
    Story.objects.filter(pk=live.pk).update(headline="Un titre qui n’est pas sorti")
    story = make_story(by=journalist, follows=live)
    client.force_login(journalist)

    page = client.get(f"/redaction/newsroom/story/{story.pk}/change/").content.decode()

    assert "Le budget de la commune tient en trois lignes" in page.split("id_follows_named")[1][:400]
    assert "Un titre qui n’est pas sorti" not in page
