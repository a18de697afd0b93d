"""Signing in to the desk, the frame of its pages, and its lists."""

import gc
import weakref
from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client, RequestFactory
from django.utils.functional import SimpleLazyObject
from pytest_django import DjangoAssertNumQueries

from articles.models import Section
from newsroom import deeds
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.models import Story

from .story_post import ADD, address

pytestmark = pytest.mark.django_db
LIST = "/redaction/newsroom/story/"


def test_a_login_with_a_role_enters_the_desk_without_is_staff(client: Client, journalist: User, password: str) -> None:
    page = client.get("/redaction/login/")
    form = {"username": journalist.username, "password": password, "next": page.context["next"]}
    response = client.post("/redaction/login/", form)

    assert (response.status_code, response["Location"]) == (302, "/redaction/")


@pytest.mark.parametrize("login", ["passant", "admin"])
def test_a_login_without_a_role_is_refused_with_an_explanation(
    client: Client, outsider: User, superuser: User, login: str, password: str
) -> None:
    response = client.post("/redaction/login/", {"username": login, "password": password})

    assert response.status_code == 200
    assert response.context["form"].non_field_errors().as_data()[0].code == "no_role"
    assert client.get("/redaction/").status_code == 302


def test_a_closed_login_cannot_sign_in(client: Client, journalist: User, password: str) -> None:
    User.objects.filter(pk=journalist.pk).update(is_active=False)

    response = client.post("/redaction/login/", {"username": journalist.username, "password": password})

    assert response.context["form"].non_field_errors().as_data()[0].code == "invalid_login"


def test_djangos_redirection_to_any_row_by_number_answers_404(client: Client, chief: User) -> None:
    client.force_login(chief)

    assert client.get("/redaction/r/1/1/").status_code == 404


@pytest.mark.parametrize("page", ["/redaction/", LIST, "/redaction/password_change/", "/redaction/nulle-part/"])
def test_every_page_of_the_desk_has_the_strict_policy_and_is_not_cached(client: Client, chief: User, page: str) -> None:
    client.force_login(chief)

    response = client.get(page)

    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    if response.status_code == 200:
        assert "no-store" in response["Cache-Control"]


def test_only_the_page_with_the_editor_has_the_wider_policy(
    client: Client, journalist: User, make_story: Callable[..., Story]
) -> None:
    client.force_login(journalist)
    story = make_story(by=journalist)

    for page in (ADD, address(story)):
        assert "script-src 'self' 'unsafe-inline'" in client.get(page)["Content-Security-Policy"]
    deeds.submit(story, revision=1, by=journalist)

    assert "unsafe" not in client.get(address(story))["Content-Security-Policy"]


def test_a_form_sent_after_the_session_ended_gives_the_text_back(journalist: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(journalist)

    response = client.post(ADD, {"headline": "Deux heures de travail", "password": "secret", "body": "<p>Tout.</p>"})

    page = response.content.decode()
    assert response.status_code == 403
    assert "Deux heures de travail" in page
    assert "&lt;p&gt;Tout.&lt;/p&gt;" in page
    assert "secret" not in page


def test_a_text_sent_after_the_session_ended_is_given_back_too(
    client: Client, journalist: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)

    typed = {"headline": "Deux heures de travail", "new_password1": "secret", "based_on": "1"}
    response = client.post(address(story), typed)

    page = response.content.decode()
    assert response.status_code == 403
    assert "Deux heures de travail" in page
    assert "secret" not in page


def test_a_filter_on_passwords_in_the_list_of_accounts_is_refused(client: Client, chief: User) -> None:
    client.force_login(chief)

    assert client.get("/redaction/auth/user/?password__startswith=md5").status_code == 400


def test_home_shows_a_journalist_the_stories_sent_back_and_no_queue_of_the_desk(
    client: Client, journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    deeds.submit(story, revision=1, by=journalist)
    deeds.send_back(story, revision=1, by=sub_editor, note="Le chapô est trop long.")
    client.force_login(journalist)

    response = client.get("/redaction/")

    assert not {"failed", "look", "review", "ready"} & {queue.code for queue in response.context["queues"]}
    assert "Le chapô est trop long." in response.content.decode()


def test_home_shows_a_sub_editor_the_stories_to_review(
    client: Client, journalist: User, sub_editor: User, make_story: Callable[..., Story]
) -> None:
    story = make_story(by=journalist)
    deeds.submit(story, revision=1, by=journalist)
    client.force_login(sub_editor)

    queues = {queue.code: queue.stories for queue in client.get("/redaction/").context["queues"]}

    assert queues["review"] == [story]
    assert "ready" not in queues


def test_the_list_shows_only_stories_one_may_read(
    client: Client, journalist: User, make_story: Callable[..., Story]
) -> None:
    elsewhere = Section.objects.create(name="Ailleurs", slug="ailleurs")
    make_story(by=journalist, headline="Ici")
    other = User.objects.create_user("autre")
    set_standing(other, roles=[Role.JOURNALIST], sections=[elsewhere])
    make_story(by=other, headline="Là-bas", section=elsewhere)
    client.force_login(other)

    page = client.get(LIST).content.decode()

    assert "Là-bas" in page
    assert "Ici" not in page


def test_the_search_ignores_accents_and_case(
    client: Client, journalist: User, make_story: Callable[..., Story]
) -> None:
    make_story(by=journalist, headline="Économie : la digue tient")
    make_story(by=journalist, headline="Le marché couvert")
    client.force_login(journalist)

    page = client.get(LIST, {"q": "DIGUE econo"}).content.decode()

    assert "la digue tient" in page
    assert "Le marché couvert" not in page


def test_the_queries_of_the_list_do_not_grow_with_its_rows(
    client: Client,
    editor: User,
    journalist: User,
    make_story: Callable[..., Story],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(12):
        make_story(by=journalist, headline=f"Le texte {number}")
    client.force_login(editor)

    with django_assert_max_num_queries(11):
        assert client.get(LIST).status_code == 200


def test_the_demo_password_is_refused_outside_the_demo(
    client: Client, journalist: User, settings: LazySettings
) -> None:
    tried = {"username": journalist.get_username(), "password": settings.DEMO_PASSWORD}
    journalist.set_password(settings.DEMO_PASSWORD)
    journalist.save()
    settings.IS_DEMO = False

    assert client.post("/redaction/login/", tried).status_code == 200
    assert "_auth_user_id" not in client.session

    settings.IS_DEMO = True
    assert client.post("/redaction/login/", tried).status_code == 302


def test_reference_data_is_reached_from_the_menu(client: Client, editor: User) -> None:
    client.force_login(editor)

    page = client.get("/redaction/articles/").content.decode()

    for model in ("section", "author", "topic", "imagecredit", "page"):
        assert f'href="/redaction/articles/{model}/"' in page


def test_an_unknown_address_of_the_desk_links_back_to_the_desk(client: Client, editor: User) -> None:
    missing = "/redaction/newsroom/story/999/change/"
    assert client.get(missing).status_code == 302
    client.force_login(editor)

    response = client.get(missing)

    assert response.status_code == 404
    assert 'href="/redaction/"' in response.content.decode()
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("address", ["/redaction/auth/user/", "/redaction/articles/section/add/"])
def test_a_page_one_may_not_see_is_refused_politely_and_not_cached(journalist: User, address: str) -> None:
    client = Client()
    client.force_login(journalist)

    response = client.get(address)

    assert response.status_code == 403
    assert "Rien n’a changé" in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]


def test_text_sent_to_a_page_one_may_not_use_is_given_back(journalist: User) -> None:
    client = Client()
    client.force_login(journalist)

    response = client.post("/redaction/articles/section/add/", {"name": "Une rubrique inventée tard le soir"})

    assert response.status_code == 403
    assert "Une rubrique inventée tard le soir" in response.content.decode()


def test_a_request_for_the_list_is_freed_once_it_is_answered(chief: User, rf: RequestFactory) -> None:
    """What a list keeps of its request would fill the memory, view by view."""
    requests = []

    def ask() -> None:
        request = rf.get(LIST, {"miens": "1"})
        request.user = SimpleLazyObject(lambda: request and chief)
        admin.site.get_model_admin(Story).changelist_view(request).render()
        requests.append(weakref.ref(request))

    ask()
    gc.collect()

    assert [request() for request in requests] == [None]
