"""Deleting a row of the desk reads as much whatever uses it, and the refusal says how much does."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection
from django.db.models import Model
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Article, Author, Image, ImageCredit, Page, Section, Topic
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.admin.protected import COUNTED_AT_MOST
from newsroom.models import Photo, SectionDesk, StaffProfile, Story, StoryByline
from tests.conftest import hire
from tests.page_text import plain

from .archive import publish_many, reading, rows_read
from .desk import messages_of

Use = Callable[[int], None]
FEW = 10  # the rights of a login are read from all sections, of which a newspaper has a few dozen
EVERY_ROLE = (Role.CHIEF, Role.EDITOR, Role.PHOTO_EDITOR, Role.SUB_EDITOR)

# What points at the rows that may be deleted, as `Model.field`, and is made many times below.
USES: dict[type[Model], set[str]] = {
    Section: {
        "Section.parent",
        "Article.section",
        "Story.section",
        "StaffProfile_sections.section",
        "StaffProfile.sections",
    },
    Author: {"Byline.author", "Article.authors", "StoryByline.author", "Story.authors", "StaffProfile.author"},
    Topic: {"Article_topics.topic", "Article.topics", "Story_topics.topic", "Story.topics"},
    ImageCredit: {"Image.credit", "Photo.credit"},
    Photo: {"Story.lead_photo", "Story_body_photos.photo", "Story.body_photos", "SectionDesk.photo"},
    Page: set(),
}
# Of these there is one at most, which goes with it.
ONE_AT_MOST = {"SectionDesk.section", "CreditChange.credit"}


def registered() -> list[type[Model]]:
    return sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.fixture
def everybody(db: None) -> User:
    """A login with all roles that may delete anything."""
    login = hire("tous")
    set_standing(login, roles=EVERY_ROLE, sections=[])
    return login


@pytest.fixture
def rows(
    section: Section, author: Author, topic: Topic, credit: ImageCredit, make_photo: Any
) -> dict[type[Model], Any]:
    page = Page.objects.create(title="Contact", slug="contact", body="<p>Ici.</p>")
    return {Section: section, Author: author, Topic: topic, ImageCredit: credit, Photo: make_photo(), Page: page}


@pytest.fixture
def use(rows: dict[type[Model], Any], journalist: User) -> Use:
    """Uses each of the rows many times more, in every way."""

    def use_more(number: int) -> None:
        before = set(Story.objects.values_list("pk", flat=True))
        publish_many(journalist, rows[Section], rows[Author], rows[Topic], number)
        stories = Story.objects.exclude(pk__in=before)
        stories.update(lead_photo=rows[Photo])
        in_body = Story.body_photos.through
        in_body.objects.bulk_create(in_body(story=story, photo=rows[Photo]) for story in stories)
        owed = {"credit": rows[ImageCredit], "credit_line": "© Agence"}
        photos = Photo.objects.bulk_create(
            Photo(sha256=f"{story.pk}", width=9, height=9, credit=rows[ImageCredit], added_by=journalist)
            for story in stories
        )
        Image.objects.bulk_create(Image(pk=photo.pk, **owed) for photo in photos)
        logins = User.objects.bulk_create(User(username=f"u{story.pk}") for story in stories)
        profiles = StaffProfile.objects.bulk_create(StaffProfile(user=login, author=rows[Author]) for login in logins)
        tied = StaffProfile.sections.through
        tied.objects.bulk_create(tied(staffprofile=profile, section=rows[Section]) for profile in profiles)
        children = Section.objects.bulk_create(
            Section(name=f"S{story.pk}", slug=f"s-{story.pk}", parent=rows[Section]) for story in stories[:FEW]
        )
        SectionDesk.objects.bulk_create(SectionDesk(section=child, photo=rows[Photo]) for child in children)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    return use_more


def deletion_of(row: Model) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_delete", args=[row.pk])


@pytest.mark.parametrize("model", registered(), ids=str)
def test_no_list_deletes_what_was_ticked(model: type[Model], rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = AnonymousUser()
    assert admin.site._registry[model].get_actions(request) == {}


@pytest.mark.parametrize("model", registered(), ids=str)
def test_every_row_that_may_be_deleted_is_tried_below(model: type[Model], rf: RequestFactory, everybody: User) -> None:
    request = rf.get("/")
    request.user = everybody
    assert admin.site._registry[model].has_delete_permission(request) == (model in USES)


@pytest.mark.parametrize("model", USES, ids=str)
def test_everything_that_points_at_such_a_row_is_tried_below(model: type[Model]) -> None:
    pointing = {
        f"{field.related_model.__name__}.{field.field.name}"
        for field in model._meta.get_fields(include_hidden=True)
        if field.is_relation and field.auto_created and not field.concrete
    }
    assert pointing - ONE_AT_MOST == USES[model]


@pytest.mark.django_db
@pytest.mark.parametrize("model", USES, ids=str)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_deletion_reads_as_much_for_10_uses_as_for_500(
    model: type[Model],
    method: str,
    rows: Any,
    use: Use,
    everybody: User,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    client.force_login(everybody)
    client.get("/redaction/")
    address = deletion_of(rows[model])
    costs = []
    for more in (10, 490) if USES[model] else (0,):
        use(more)
        with rows_read(monkeypatch) as so_far, CaptureQueriesContext(connection) as queries:
            response = getattr(client, method)(address, {"post": "yes"} if method == "post" else {})
        assert (response.status_code == 302) == (bool(USES[model]) or method == "post")
        costs.append((len(queries), so_far()))

    assert len(set(costs)) == 1
    assert costs[0][1] < 60
    assert model.objects.filter(pk=rows[model].pk).exists() == (bool(USES[model]) or method == "get")  # type: ignore[attr-defined]


@pytest.mark.django_db
@pytest.mark.parametrize("model", [model for model, uses in USES.items() if uses], ids=str)
def test_the_database_itself_reads_as_much_for_400_uses_as_for_2000(
    model: type[Model], rows: Any, use: Use, everybody: User, client: Client
) -> None:
    client.force_login(everybody)
    client.get("/redaction/")
    read = []
    for more in (400, 1600):
        use(more)
        with reading() as so_far:
            client.post(deletion_of(rows[model]), {"post": "yes"})
        read.append(so_far())

    assert read[1] <= read[0] * 1.5


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "query"),
    [(Section, "rubrique={0.slug}"), (Author, "signature={0.pk}"), (Topic, "sujet={0.pk}"), (Photo, "photo={0.pk}")],
)
def test_the_refusal_says_how_many_articles_use_it_and_leads_to_their_list(
    model: type[Model], query: str, rows: Any, use: Use, everybody: User, client: Client, story: Story
) -> None:
    Story.objects.filter(pk=story.pk).update(section=Section.objects.create(name="Ailleurs", slug="ailleurs"))
    StoryByline.objects.all().delete()
    client.force_login(everybody)
    use(12)

    said = " ".join(messages_of(client.post(deletion_of(rows[model]), {"post": "yes"}, follow=True)))

    assert "Employé par 12 articles, dont « Paru" in plain(said)
    link = f"{reverse('admin:newsroom_story_changelist')}?{query.format(rows[model])}"
    assert f'<a href="{link}">Voir la liste</a>' in said
    changes = client.get(link).context["cl"]
    assert changes.result_count == 12
    use(COUNTED_AT_MOST)
    said = " ".join(messages_of(client.post(deletion_of(rows[model]), {"post": "yes"}, follow=True)))
    assert "Employé par plus de 100 articles, dont" in plain(said)


@pytest.mark.django_db
def test_the_refusal_to_delete_a_credit_says_how_many_photos_owe_it_and_leads_to_them(
    rows: Any, use: Use, everybody: User, client: Client
) -> None:
    client.force_login(everybody)
    Photo.objects.create(sha256="x", width=9, height=9, added_by=everybody)
    use(12)

    said = " ".join(messages_of(client.post(deletion_of(rows[ImageCredit]), {"post": "yes"}, follow=True)))

    assert "Photos de la photothèque qui lui sont dues : 13." in plain(said)  # with the one that articles show
    link = f"{reverse('admin:newsroom_photo_changelist')}?credit={rows[ImageCredit].pk}"
    assert f'<a href="{link}">' in said
    assert client.get(link).context["cl"].result_count == 13


@pytest.mark.django_db
def test_a_name_in_a_refusal_is_no_html(rows: Any, use: Use, everybody: User, client: Client) -> None:
    Topic.objects.filter(pk=rows[Topic].pk).update(name="<b>Pêche</b>")
    Story.objects.all().delete()
    client.force_login(everybody)
    use(6)
    Story.objects.update(headline="<i>Paru</i>")

    page = client.post(deletion_of(rows[Topic]), {"post": "yes"}, follow=True).content.decode()

    assert "<b>Pêche" not in page
    assert "<i>Paru" not in page
    assert Article.objects.exists()
