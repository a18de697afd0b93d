"""The structured data of an article, its pictures and its authors (schema.org)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from articles.models import Article, Author, Correction, CreditKind, Image, ImageCredit, Section

from .conftest import NOON
from .reading import json_ld, page

pytestmark = pytest.mark.django_db
PutLive = Callable[..., Article]
PutPicture = Callable[..., Image]


def news_of(client: Client, article: Article) -> dict[str, Any]:
    return json_ld(page(client, article.get_absolute_url()))["NewsArticle"]


# --- The article --------------------------------------------------------------------------------------------------


def test_an_updated_article_gives_its_first_publication_and_its_update(client: Client, put_live: PutLive) -> None:
    later = NOON + timedelta(hours=3)
    news = news_of(client, put_live(first_published_at=NOON, updated_at=later))

    assert (news["datePublished"], news["dateModified"]) == (NOON.isoformat(), later.isoformat())


def test_an_article_gives_its_publisher_its_free_access_and_the_page_of_corrections(
    client: Client, put_live: PutLive
) -> None:
    things = json_ld(page(client, put_live().get_absolute_url()))

    publisher = things["NewsMediaOrganization"]
    assert things["NewsArticle"]["publisher"] == {"@id": publisher["@id"]}
    assert things["NewsArticle"]["isAccessibleForFree"] is True
    assert publisher["name"] == settings.NEWSPAPER_NAME
    assert publisher["correctionsPolicy"] == f"{settings.SITE_URL}/corrections/"


def test_a_right_of_reply_without_a_note_does_not_become_an_empty_correction(client: Client, put_live: PutLive) -> None:
    article = put_live(has_corrections=True)
    reply = put_live(replies_to_id=article.pk)
    Correction.objects.create(article=article, kind="reply", at=NOON, reply_id=reply.pk)
    assert "correction" not in news_of(client, article)

    Correction.objects.create(article=article, kind="correction", at=NOON, text="Le vote était mardi.")

    assert [note["text"] for note in news_of(client, article)["correction"]] == ["Le vote était mardi."]


def test_a_byline_is_a_person_or_for_a_collective_an_organization(
    client: Client, put_live: PutLive, writers: list[Author]
) -> None:
    desk = Author.objects.create(name="La rédaction", slug="la-redaction", is_collective=True)

    news = news_of(client, put_live(authors=[writers[0], desk]))

    assert [author["@type"] for author in news["author"]] == ["Person", "Organization"]


def test_the_page_of_an_author_gives_their_role_and_that_of_a_collective_gives_none(
    client: Client, put_live: PutLive, writers: list[Author]
) -> None:
    Author.objects.filter(pk=writers[0].pk).update(role="Grand reporter")
    desk = Author.objects.create(name="La rédaction", slug="la-redaction", is_collective=True, role="Service")
    put_live(authors=[writers[0], desk])

    person, collective = (
        json_ld(page(client, path))["ProfilePage"]["mainEntity"]
        for path in ("/auteurs/auteur-0/", "/auteurs/la-redaction/")
    )

    assert (person["@type"], person["jobTitle"]) == ("Person", "Grand reporter")
    assert collective["@type"] == "Organization"
    assert "jobTitle" not in collective


def test_the_front_page_names_the_publisher_and_the_language_of_the_site(client: Client, put_live: PutLive) -> None:
    put_live()
    things = json_ld(page(client, "/"))

    assert things["WebSite"]["publisher"] == {"@id": things["NewsMediaOrganization"]["@id"]}
    assert things["WebSite"]["inLanguage"] == "fr"


# --- Its pictures -------------------------------------------------------------------------------------------------


def test_each_crop_of_a_picture_carries_its_credit_its_copyright_notice_and_its_photographer(
    client: Client, put_live: PutLive, put_picture: PutPicture
) -> None:
    picture = put_picture(credit_line="© AFP/Fadel Senna", photographer="Fadel Senna")

    images = news_of(client, put_live(lead_image=picture))["image"]

    assert {round(image["width"] / image["height"], 2) for image in images} == {1.78, 1.33, 1.0}
    for image in images:
        assert image["creditText"] == "AFP/Fadel Senna"
        assert image["copyrightNotice"] == "© AFP/Fadel Senna"
        assert image["creator"] == {"@type": "Person", "name": "Fadel Senna"}


def test_a_picture_of_an_unknown_photographer_names_no_creator(
    client: Client, put_live: PutLive, put_picture: PutPicture
) -> None:
    images = news_of(client, put_live(lead_image=put_picture()))["image"]

    assert not [image for image in images if "creator" in image]


def test_only_the_largest_file_of_a_crop_is_named(client: Client, put_live: PutLive, put_picture: PutPicture) -> None:
    sizes = [
        {"preset": "lead", "width": width, "height": height, "format": "jpeg", "name": f"lead-{width}.jpg"}
        for width, height in ((480, 270), (1280, 720), (960, 540))
    ]

    images = news_of(client, put_live(lead_image=put_picture(renditions=sizes)))["image"]

    assert [(image["url"].rpartition("/")[2], image["width"]) for image in images] == [("lead-1280.jpg", 1280)]


def test_a_picture_has_the_caption_written_for_this_article(
    client: Client, put_live: PutLive, put_picture: PutPicture
) -> None:
    picture = put_picture(caption="La rade de Tanger")
    ours, theirs = put_live(lead_image=picture, lead_caption="Le ferry de 8 heures"), put_live(lead_image=picture)

    assert {image["caption"] for image in news_of(client, ours)["image"]} == {"Le ferry de 8 heures"}
    assert {image["caption"] for image in news_of(client, theirs)["image"]} == {"La rade de Tanger"}


@pytest.mark.parametrize("kind", CreditKind.values)
def test_a_free_licence_is_linked_and_a_picture_made_by_ai_is_marked_as_such(
    kind: str, client: Client, put_live: PutLive, put_picture: PutPicture
) -> None:
    terms = "https://creativecommons.org/licenses/by/4.0/"
    credit = ImageCredit.objects.create(name="Source", kind=kind, url=terms)

    images = news_of(client, put_live(lead_image=put_picture(credit=credit)))["image"]

    assert images
    for image in images:
        assert image.get("license") == (terms if kind == CreditKind.LICENCE else None)
        assert ("digitalSourceType" in image) is (kind == CreditKind.AI)


def test_an_article_without_a_picture_names_no_image(client: Client, put_live: PutLive, politics: Section) -> None:
    assert "image" not in news_of(client, put_live(section=politics))
