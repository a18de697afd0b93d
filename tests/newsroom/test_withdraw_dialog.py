"""The dialog that withdraws: who links to the article, and what comes back when the deed is refused."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Author, Section, TopRead, Withdrawal
from newsroom.models import Story
from newsroom.stories import backlinks

from .bodies import naming
from .desk import post_deed, read_page

pytestmark = pytest.mark.django_db
Make = Callable[..., Story]


def test_withdrawing_lists_the_articles_that_link_to_it_first(
    editor: User, live: Story, journalist: User, author: Author, section: Section, make_story: Make, publish_story: Make
) -> None:
    publish_story(make_story(by=journalist, headline="Celui qui le cite", body=naming(live.pk)))
    publish_story(make_story(by=journalist, headline="Sa suite", follows=live))
    publish_story(make_story(by=journalist, headline="La réponse du port", replies_to=live))
    make_story(by=journalist, headline="Un brouillon qui le cite", body=naming(live.pk))
    make_story(by=journalist, headline="Un brouillon sans rapport", body=naming(live.pk * 10))
    TopRead.objects.create(rank=1, article_id=live.pk, views=9)

    page = read_page(editor, live, "withdraw")

    for name in ("Celui qui le cite", "Sa suite", "La réponse du port", "Un brouillon qui le cite"):
        assert page.count(name) == 1, name
    assert "Un brouillon sans rapport" not in page
    assert f"{section}, {author}" in page
    assert "<strong>" in page[page.index("<dl>") : page.index("</dl>")]


def test_plain_links_to_the_article_are_listed_in_every_form_of_its_address(
    editor: User, live: Story, journalist: User, make_story: Make, publish_story: Make
) -> None:
    whole = f"/politique/la-criee-{live.pk}/"
    ways = (f"/a/{live.pk}/", whole, whole.rstrip("/"), f"{settings.SITE_URL}{whole}?de=ici#fin")
    for number, way in enumerate(ways):
        body = f'<p>Voir <a href="{way}">ici</a>, et <a href="/a/{live.pk}/">là</a>.</p>'
        publish_story(make_story(by=journalist, headline=f"Paru {number}", body=body))
        make_story(by=journalist, headline=f"En cours {number}", body=body)
    other = f'<p><a href="https://ailleurs.example{whole}">ailleurs</a>, le covid-{live.pk}</p>'
    publish_story(make_story(by=journalist, headline="Un paru sans rapport", body=other))
    make_story(by=journalist, headline="Un brouillon sans rapport", body=other)

    page = read_page(editor, live, "withdraw")

    for number in range(len(ways)):
        assert page.count(f"Paru {number}") == page.count(f"En cours {number}") == 1
    assert "sans rapport" not in page


def test_unpublished_stories_one_may_not_read_are_not_listed(
    editor_here: User, live: Story, elsewhere: Section, journalist: User, make_story: Make
) -> None:
    make_story(by=journalist, headline="Le secret d’ailleurs", section=elsewhere, body=naming(live.pk))

    assert "Le secret d’ailleurs" not in read_page(editor_here, live, "withdraw")


def test_the_queries_do_not_grow_with_the_number_of_backlinks(
    editor: User, live: Story, journalist: User, make_story: Make, publish_story: Make
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            read_page(editor, live, "withdraw")
        return len(queries)

    for number in range(2):
        publish_story(make_story(by=journalist, headline=f"Citation {number}", body=naming(live.pk)))
        make_story(by=journalist, headline=f"Travail {number}", body=naming(live.pk))
    cost()
    few = cost()
    for number in range(6):
        publish_story(make_story(by=journalist, headline=f"Renvoi {number}", body=naming(live.pk)))
        make_story(by=journalist, headline=f"Chantier {number}", body=naming(live.pk))

    assert cost() == few


def test_a_long_list_of_backlinks_is_cut_and_says_so(
    editor: User, live: Story, journalist: User, make_story: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlinks, "MOST_ROWS", 2)
    for number in range(3):
        make_story(by=journalist, headline=f"Travail {number}", body=naming(live.pk))

    page = read_page(editor, live, "withdraw")

    assert page.count("Travail ") == 2
    assert page.count('class="quiet">') == 1


def test_withdrawing_without_a_reason_is_refused_and_the_notice_comes_back(editor: User, live: Story) -> None:
    response = post_deed(editor, live, "withdraw", note=" ", notice="Nous nous sommes trompés.")

    assert response.status_code == 409
    assert "Nous nous sommes trompés.</textarea>" in response.content.decode()
    assert live.is_live


def test_the_address_of_a_withdrawn_article_shows_its_notice(editor: User, live: Story) -> None:
    post_deed(editor, live, "withdraw", note="La source s’est dédite.", notice="Article retiré.")

    assert not live.is_live
    assert Withdrawal.objects.get(pk=live.pk).notice == "Article retiré."


def test_somebody_who_may_not_withdraw_gets_their_words_back(journalist: User, live: Story) -> None:
    response = post_deed(journalist, live, "withdraw", note="Ma raison.", notice="Mon avis.")

    assert response.status_code == 403
    assert "Ma raison.</textarea>" in response.content.decode()
    assert "Mon avis.</textarea>" in response.content.decode()
    assert live.is_live
