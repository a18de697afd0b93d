"""The preview shows an unpublished text as readers would see it, to those who may read it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from articles.models import Article, Author, Byline, Image, Section, Topic
from newsroom import deeds
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.clock import Clock
from newsroom.models import Photo, Story
from newsroom.stories import saving
from tests.page_text import on_one_line

pytestmark = pytest.mark.django_db

MakeStory = Callable[..., Story]
Publish = Callable[[Story], Story]
BLANK, NEW = "/redaction/newsroom/story/add/preview/", "/redaction/newsroom/story/add/preview/draft/"


def address(story: Story, version: int | None = None) -> str:
    return f"/redaction/newsroom/story/{story.pk}/{f'version/{version}/' if version else ''}preview/"


def page_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()[:400]
    return response.content.decode()


def change(story: Story, by: User, **fields: Any) -> Story:
    """Save `story` with other fields, as its page does."""
    story.refresh_from_db()
    for name, value in fields.items():
        setattr(story, name, value)
    story.save()
    saving.record_text(story, by=by)
    story.refresh_from_db()
    return story


@pytest.fixture
def elsewhere(section: Section) -> User:
    """A chief tied to another section, who may read no draft of this one."""
    other = Section.objects.create(name="Culture", slug="culture", accent="#8f3550")
    user = User.objects.create_user("culture", "culture@fanal.example", "x")
    set_standing(user, roles=[Role.CHIEF], sections=[other])
    return user


def test_the_preview_of_a_draft_prints_all_its_elements_on_the_readers_page(
    client: Client, journalist: User, make_story: MakeStory, make_photo: Callable[..., Photo], topic: Topic
) -> None:
    photo, inside = make_photo(caption="Le phare"), make_photo(caption="La jetée", alt="Une jetée.")
    story = make_story(
        by=journalist, kicker="Commune", lead_photo=photo, topics=[topic.pk],
        body=f'<p>Un texte.</p><figure class="image" data-image="{inside.pk}"></figure>',
    )  # fmt: skip
    client.force_login(journalist)

    page = page_of(client, address(story))

    for words in (
        story.headline,
        story.standfirst,
        "Commune",
        "Nadia Berrahal",
        "Sécheresse",
        "Le phare.",
        "La jetée.",
    ):
        assert words in page
    assert '<article class="article wrap grid' in page
    assert f'src="/redaction/newsroom/photo/{photo.pk}/size/lead/"' in page
    assert f'src="/redaction/newsroom/photo/{inside.pk}/size/full/"' in page
    assert "version 1, brouillon" in page


def test_the_preview_and_the_published_page_have_the_same_article(
    client: Client, editor: User, journalist: User, make_story: MakeStory, publish_story: Publish
) -> None:
    live = publish_story(make_story(by=journalist, kicker="Commune"))
    client.force_login(editor)

    def shown(page: str) -> str:
        return page[page.index("<article") : page.index("</article>")]

    assert shown(page_of(client, address(live))) == shown(page_of(client, Article.objects.get().get_absolute_url()))


def test_a_picture_without_sizes_has_a_placeholder_in_the_preview(
    client: Client, journalist: User, make_story: MakeStory, make_photo: Callable[..., Photo]
) -> None:
    story = make_story(by=journalist, lead_photo=make_photo(size=(1600, 1200)))
    client.force_login(journalist)

    before = page_of(client, address(story))
    Clock().beat()
    after = page_of(client, address(story))

    assert 'width="1280" height="720"' in before or 'width="480" height="270"' in before
    assert 'width="960" height="540"' in after


def test_the_preview_marks_a_missing_credit(
    client: Client, journalist: User, make_story: MakeStory, make_photo: Callable[..., Photo]
) -> None:
    story = make_story(by=journalist, lead_photo=make_photo(credit=None))
    client.force_login(journalist)
    assert "crédit à ajouter" in page_of(client, address(story))


def test_the_preview_of_the_saved_text_reads_no_version(
    client: Client, journalist: User, make_story: MakeStory, publish_story: Publish
) -> None:
    story = publish_story(make_story(by=journalist))
    client.force_login(journalist)

    with CaptureQueriesContext(connection) as queries:
        page_of(client, address(story))
    assert not [query for query in queries if '"newsroom_revision"."content"' in query["sql"]]

    with CaptureQueriesContext(connection) as queries:
        page_of(client, address(story, version=1))
    assert [query for query in queries if "newsroom_revision" in query["sql"]], "the control"


@pytest.mark.parametrize(("field", "prefix"), [("follows", "Précédemment"), ("replies_to", "Droit de réponse à")])
def test_the_preview_marks_an_unpublished_story_that_it_follows_or_answers(
    client: Client,
    journalist: User,
    chief: User,
    make_story: MakeStory,
    publish_story: Publish,
    field: str,
    prefix: str,
) -> None:
    waits = make_story(by=journalist, headline="La halle ferme")
    hidden = make_story(by=chief, section=Section.objects.create(name="Culture", slug="culture"), headline="Le secret")
    live = publish_story(make_story(by=journalist, headline="La halle brûle"))
    set_standing(journalist, roles=[Role.JOURNALIST], sections=[waits.section])
    client.force_login(journalist)

    def head(target: Story) -> str:
        page = page_of(client, address(make_story(by=journalist, **{field: target})))
        return page.split("<h1>")[1].split("</header>")[0]

    for target, named in ((waits, "La halle ferme"), (hidden, "un article qui n’est pas encore public")):
        marked = on_one_line(head(target).split("thread--waits")[1])
        assert f"{prefix}\N{NO-BREAK SPACE}:</span> {named} <small>" in marked
        assert "pas encore sur le site" in marked.lower()
        assert "<a " not in marked
        assert "Le secret" not in marked
    assert "thread--waits" not in head(live)
    assert "La halle brûle</a>" in head(live)


def test_the_preview_marks_a_read_also_of_an_unpublished_story(
    client: Client, journalist: User, make_story: MakeStory, publish_story: Publish
) -> None:
    live = publish_story(make_story(by=journalist, headline="La halle ouvre"))
    waits = make_story(by=journalist, headline="La halle ferme")
    body = "".join(f'<aside class="lire-aussi" data-article="{each}"></aside>' for each in (live.pk, waits.pk, 99999))
    story = make_story(by=journalist, body=f"<p>Un texte.</p>{body}")
    client.force_login(journalist)

    page = page_of(client, address(story))

    assert f'<a href="{Article.objects.get(pk=live.pk).get_absolute_url()}"><span>Lire aussi' in page
    assert "La halle ferme <small>Pas encore sur le site" in page
    assert "un article qui n’est pas encore public <small>" in page


def test_the_preview_does_not_reveal_the_headline_of_a_draft_of_another_section(
    client: Client, elsewhere: User, journalist: User, make_story: MakeStory
) -> None:
    secret = make_story(by=journalist, headline="Confidentiel")
    theirs = Section.objects.get(slug="culture")
    story = make_story(
        by=elsewhere, section=theirs, body=f'<aside class="lire-aussi" data-article="{secret.pk}"></aside>'
    )
    client.force_login(elsewhere)
    assert "Confidentiel" not in page_of(client, address(story))
    client.force_login(journalist)
    assert "Confidentiel" in page_of(client, address(story))


def test_the_preview_of_an_older_version_shows_its_text(
    client: Client, journalist: User, make_story: MakeStory
) -> None:
    story = change(make_story(by=journalist, headline="Premier titre"), journalist, headline="Second titre")
    client.force_login(journalist)

    page = page_of(client, address(story, 1))

    assert "<h1>Premier titre</h1>" in page
    assert "version 1\xa0; le texte en est à la version 2" in page or "le texte en est à la version 2" in page
    assert "Second titre" not in page
    assert "<h1>Second titre</h1>" in page_of(client, address(story))
    assert client.get(address(story, 3)).status_code == 404


def test_the_preview_of_the_typed_text_saves_nothing(client: Client, journalist: User, make_story: MakeStory) -> None:
    story = make_story(by=journalist, headline="Titre enregistré")
    client.force_login(journalist)
    typed = {"headline": "Titre tapé", "body": "<p>Un mot.</p>", "standfirst": "", "section": story.section_id}

    page = client.post(f"{address(story)}draft/", typed).content.decode()

    assert "<h1>Titre tapé</h1>" in page
    assert "Un mot." in page
    assert "tel qu’il est écrit, pas encore enregistré" in page
    story.refresh_from_db()
    assert (story.headline, story.version, story.revisions.count()) == ("Titre enregistré", 1, 1)


def test_somebody_who_may_not_edit_the_text_gets_no_preview_of_typed_text(
    client: Client, journalist: User, editor: User, sub_editor: User, make_story: MakeStory, publish_story: Publish
) -> None:
    draft, live = make_story(by=journalist), publish_story(make_story(by=journalist))
    answers = {}
    for user in (journalist, sub_editor, editor):
        client.force_login(user)
        for story in (draft, live):
            answers[user, story] = client.post(f"{address(story)}draft/", {"headline": "x"}).status_code
    # an editor corrects a live article at once, in the same form
    assert list(answers.values()) == [200, 403, 403, 403, 200, 200]


def test_the_preview_of_a_new_story_shows_its_first_words(client: Client, journalist: User, author: Author) -> None:
    client.force_login(journalist)
    assert "Rubrique à choisir" in page_of(client, BLANK)
    bylines = {"bylines-TOTAL_FORMS": "1", "bylines-0-author": author.pk, "bylines-0-order": "0"}

    page = client.post(NEW, {"headline": "Tout neuf", "body": "<p>Un</p>", **bylines}).content.decode()

    assert "<h1>Tout neuf</h1>" in page
    assert author.name in page
    assert not Story.objects.exists()


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"headline": "x" * 5000, "label": "nothing", "section": "9" * 30, "topics": "9" * 18, "lead_photo": "-1"},
        {"headline": "a\x00b", "slug": "../..", "body": "\x00<p>", "follows": "1", "replies_to": "9" * 18},
        {"body": "<p>" * 200_000},
        {"bylines-TOTAL_FORMS": "9" * 30, "bylines-0-author": "9" * 18},
    ],
)
def test_any_typed_text_gets_a_preview_without_an_error(
    client: Client, journalist: User, make_story: MakeStory, typed: dict[str, str]
) -> None:
    story = make_story(by=journalist)
    client.force_login(journalist)
    for door in (f"{address(story)}draft/", NEW):
        assert client.post(door, typed).status_code == 200


def test_a_typed_script_does_not_run_in_the_preview(client: Client, journalist: User, make_story: MakeStory) -> None:
    client.force_login(journalist)
    typed = {"headline": "<script>alert(1)</script>", "body": "<p onclick='x()'>a</p><script>alert(1)</script>"}

    response = client.post(f"{address(make_story(by=journalist))}draft/", typed)
    page = response.content.decode()

    assert "alert(1)</script>" not in page
    assert "onclick" not in page
    assert "unsafe" not in response.headers["Content-Security-Policy"]


def test_a_preview_writes_no_row_at_all(
    client: Client, journalist: User, make_story: MakeStory, make_photo: Callable[..., Photo], topic: Topic
) -> None:
    story = make_story(by=journalist, lead_photo=make_photo(), topics=[topic.pk])
    client.force_login(journalist)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page_of(client, address(story))
        page_of(client, address(story, 1))
        client.post(f"{address(story)}draft/", {"headline": "Autre"})

    written = [query["sql"] for query in asked if query["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]
    assert not written
    for model in (Article, Byline, Image):
        assert not model._default_manager.exists()


def test_a_preview_is_not_cached_counts_no_view_and_refuses_foreign_frames(
    client: Client, journalist: User, make_story: MakeStory
) -> None:
    story = make_story(by=journalist)
    client.force_login(journalist)

    response = client.get(address(story))
    page = on_one_line(response)

    assert "no-store" in response.headers["Cache-Control"]
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert '<meta name="robots" content="noindex">' in page
    assert "data-beacon" not in page
    assert "ld+json" not in page
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]


def test_only_the_pages_with_the_preview_allow_a_frame(client: Client, journalist: User, make_story: MakeStory) -> None:
    story = make_story(by=journalist)
    client.force_login(journalist)
    policy = {
        page: client.get(page).headers["Content-Security-Policy"]
        for page in (f"/redaction/newsroom/story/{story.pk}/change/", "/redaction/newsroom/story/add/", "/redaction/")
    }
    assert [("frame-src 'self'" in rules) for rules in policy.values()] == [True, True, False]
    assert all("frame-ancestors 'none'" in rules for rules in policy.values())


def test_the_preview_of_a_story_of_another_section_answers_404(
    client: Client, journalist: User, elsewhere: User, outsider: User, superuser: User, make_story: MakeStory
) -> None:
    story = make_story(by=journalist)
    doors = [address(story), address(story, 1), address(story).replace(str(story.pk), "9" * 30)]
    client.force_login(elsewhere)
    for door in doors:
        assert client.get(door).status_code == 404
    assert client.post(f"{address(story)}draft/", {"headline": "x"}).status_code == 404
    for nobody in (None, outsider, superuser):
        client.logout()
        if nobody:
            client.force_login(nobody)
        for door in [*doors, BLANK]:
            assert client.get(door).status_code == 302
        assert client.post(NEW, {"headline": "x"}).status_code in (302, 403)


def test_somebody_who_may_not_write_gets_no_preview_of_a_new_story(client: Client, photo_editor: User) -> None:
    client.force_login(photo_editor)
    assert client.get(BLANK).status_code == 403
    assert client.post(NEW, {"headline": "x"}).status_code == 403


def test_the_queries_of_a_preview_do_not_grow_with_its_links_and_pictures(
    client: Client, journalist: User, make_story: MakeStory, make_photo: Callable[..., Photo],
    publish_story: Publish, django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    live = [publish_story(make_story(by=journalist, headline=f"Paru {each}")).pk for each in range(3)]
    waiting = [make_story(by=journalist, headline=f"Attend {each}").pk for each in range(3)]
    links = "".join(f'<aside class="lire-aussi" data-article="{each}"></aside>' for each in [*live, *waiting])
    pictures = "".join(f'<figure class="image" data-image="{make_photo().pk}"></figure>' for _each in range(4))
    story = make_story(by=journalist, body=f"<p>Texte.</p>{links}{pictures}")
    client.force_login(journalist)
    with django_assert_max_num_queries(19):
        page_of(client, address(story))


def test_the_preview_of_a_new_version_shows_its_new_text_and_that_it_is_not_the_published_one(
    client: Client, journalist: User, make_story: MakeStory, publish_story: Publish
) -> None:
    live = publish_story(make_story(by=journalist))
    deeds.revise(live, revision=live.version, by=journalist)
    change(live, journalist, headline="Nouveau titre")
    client.force_login(journalist)

    page = page_of(client, address(live))

    assert "<h1>Nouveau titre</h1>" in page
    assert "pas publiée. Les lecteurs voient la version 1" in page
    assert "Nouveau titre" not in page_of(client, Article.objects.get().get_absolute_url())
