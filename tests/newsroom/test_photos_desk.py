"""The photo library on the desk, over HTTP: uploading, correcting and deleting photos."""

from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image as Picture

from articles.models import CreditKind, Image, ImageCredit, Section
from newsroom import deeds
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.models import Photo
from newsroom.models.photo import originals
from newsroom.photos import intake, renditions

from .desk import messages_of

ADD = "admin:newsroom_photo_add"


def jpeg(colour: tuple[int, int, int] = (10, 120, 90), size: tuple[int, int] = (640, 480)) -> bytes:
    out = BytesIO()
    Picture.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def upload(content: bytes, name: str = "IMG_0002.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")


def words(**fields: Any) -> dict[str, Any]:
    return {
        "caption": "Le phare d’El Hank, mardi.",
        "alt": "Un phare blanc.",
        "photographer": "",
        "search_note": "",
        "credit": "",
        "focal_x": "0.5",
        "focal_y": "0.5",
        **fields,
    }


def change(photo: Photo) -> str:
    return reverse("admin:newsroom_photo_change", args=[photo.pk])


def as_written(photo: Photo, **fields: Any) -> dict[str, Any]:
    known = {"caption": photo.caption, "alt": photo.alt, "photographer": photo.photographer, "credit": photo.credit_id}
    return words(**known, focal_x=photo.focal_x, focal_y=photo.focal_y) | fields


@pytest.fixture
def live_photo(make_photo: Any, make_story: Any, publish_story: Any, journalist: User) -> Photo:
    photo: Photo = make_photo()
    publish_story(make_story(by=journalist, lead_photo=photo))
    photo.refresh_from_db()
    return photo


# --- Sending ------------------------------------------------------------------------------------------------------


def test_a_journalist_adds_a_photo_with_its_caption_credit_and_rights(
    client: Client, journalist: User, credit: ImageCredit
) -> None:
    client.force_login(journalist)
    answer = client.post(reverse(ADD), words(file=upload(jpeg()), credit=credit.pk, photographer="Salma Idrissi"))
    assert answer.status_code == 302
    photo = Photo.objects.get()
    assert (photo.caption, photo.added_by, photo.credit) == ("Le phare d’El Hank, mardi.", journalist, credit)
    assert "salma idrissi" in photo.folded


def of_90_million_pixels() -> bytes:
    out = BytesIO()
    Picture.new("1", (10_000, 9_000)).save(out, "PNG")
    return out.getvalue()


UNFIT = {
    "empty": b"",
    "cut": jpeg(size=(2000, 1500))[:9000],
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"></svg>',
    "EPS named .jpg": b"%!PS-Adobe-3.0 EPSF-3.0",
    "90 million pixels": of_90_million_pixels(),
}


@pytest.mark.parametrize("what", UNFIT)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_refused_file_gives_the_typed_caption_back(what: str, client: Client, journalist: User) -> None:
    content = UNFIT[what]
    client.force_login(journalist)
    answer = client.post(reverse(ADD), words(file=upload(content)))
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["file"]
    assert "Le phare d’El Hank, mardi." in answer.content.decode()
    assert not Photo.objects.exists()


def test_an_upload_of_41_mb_is_refused_and_the_typed_caption_comes_back(client: Client, journalist: User) -> None:
    client.force_login(journalist)
    answer = client.post(reverse(ADD), words(file=upload(jpeg() + bytes(41 * 1024 * 1024))))
    assert answer.context["adminform"].form.errors["file"] == [str(intake.TOO_HEAVY)]
    assert "Le phare d’El Hank, mardi." in answer.content.decode()


def test_an_upload_is_not_written_to_disk_beyond_the_limit(
    monkeypatch: pytest.MonkeyPatch, client: Client, journalist: User
) -> None:
    written = []
    base = intake.TemporaryFileUploadHandler
    keep = base.receive_data_chunk
    monkeypatch.setattr(
        base, "receive_data_chunk", lambda self, data, start: written.append(len(data)) or keep(self, data, start)
    )
    client.force_login(journalist)
    client.post(reverse(ADD), words(file=upload(bytes(60 * 1024 * 1024))))
    assert 0 < sum(written) <= intake.MAX_BYTES


def test_the_credit_dr_without_a_note_of_the_search_is_refused(client: Client, journalist: User) -> None:
    dr = ImageCredit.objects.create(name="DR", kind=CreditKind.UNKNOWN)
    client.force_login(journalist)
    answer = client.post(reverse(ADD), words(file=upload(jpeg()), credit=dr.pk))
    assert answer.context["adminform"].form.errors["search_note"]
    answer = client.post(
        reverse(ADD), words(file=upload(jpeg()), credit=dr.pk, search_note="Archives, agence, famille.")
    )
    assert answer.status_code == 302
    assert Photo.objects.get().credit_line == "© DR"


def test_a_refused_file_does_not_stop_the_others_of_the_upload(
    client: Client, photo_editor: User, credit: ImageCredit
) -> None:
    client.force_login(photo_editor)
    files = [upload(jpeg((1, 1, 1)), "a.jpg"), upload(b"<svg/>", "b.svg"), upload(jpeg((200, 1, 1)), "c.jpg")]
    answer = client.post(
        reverse("admin:newsroom_photo_receive"),
        {"files": files, "credit": credit.pk, "photographer": "Salma Idrissi"},
        headers={"accept": "application/json"},
    )
    assert [file["state"] for file in answer.json()["files"]] == ["done", "failed", "done"]
    assert {photo.credit for photo in Photo.objects.all()} == {credit}


def test_a_file_sent_twice_is_reported_with_a_link_to_its_photo(
    client: Client, photo_editor: User, make_photo: Any
) -> None:
    photo = make_photo()
    with photo.original.open() as kept:
        content = kept.read()
    client.force_login(photo_editor)
    answer = client.post(
        reverse("admin:newsroom_photo_receive"), {"files": upload(content)}, headers={"accept": "application/json"}
    )
    assert answer.json()["files"][0] | {"message": ""} == {
        "name": "IMG_0002.jpg", "state": "twin", "url": change(photo), "message": "",
    }  # fmt: skip


def test_without_javascript_the_library_reports_the_outcome_of_each_file(client: Client, photo_editor: User) -> None:
    client.force_login(photo_editor)
    answer = client.post(
        reverse("admin:newsroom_photo_receive"), {"files": [upload(jpeg()), upload(b"", "vide.jpg")]}, follow=True
    )
    messages = messages_of(answer)
    assert len(messages) == 2
    assert messages[1].startswith("vide.jpg")


# --- The library --------------------------------------------------------------------------------------------------


def test_the_search_of_the_library_ignores_accents(client: Client, journalist: User, make_photo: Any) -> None:
    make_photo(caption="L’école de Salé, à la rentrée.")
    make_photo(caption="Le port.")
    client.force_login(journalist)
    answer = client.get(reverse("admin:newsroom_photo_changelist"), {"q": "ECOLE sale"})
    assert [photo.caption for photo in answer.context["cl"].result_list] == ["L’école de Salé, à la rentrée."]


def test_the_library_marks_photos_with_missing_fields(client: Client, journalist: User, make_photo: Any) -> None:
    make_photo()
    lacking = make_photo(credit=None)
    client.force_login(journalist)
    answer = client.get(reverse("admin:newsroom_photo_changelist"), {"etat": "a-completer"})
    assert list(answer.context["cl"].result_list) == [lacking]


def test_a_size_is_served_to_staff_only_and_not_cached(client: Client, journalist: User, make_photo: Any) -> None:
    photo = make_photo()
    address = reverse("admin:newsroom_photo_size", args=[photo.pk, "card"])
    assert client.get(address).status_code == 302
    client.force_login(journalist)
    assert client.get(address)["Content-Type"] == "image/svg+xml"
    renditions.make_missing(photo)
    answer = client.get(address)
    assert answer["Content-Type"] == "image/webp"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert Picture.open(BytesIO(b"".join(answer.streaming_content))).width == 320  # type: ignore[attr-defined]


def test_an_unknown_size_and_somebody_without_a_role_get_nothing(
    client: Client, journalist: User, outsider: User, make_photo: Any
) -> None:
    photo = make_photo()
    client.force_login(journalist)
    assert client.get(reverse("admin:newsroom_photo_size", args=[photo.pk, "original"])).status_code == 404
    client.force_login(outsider)
    assert client.get(reverse("admin:newsroom_photo_size", args=[photo.pk, "card"])).status_code == 302


# --- Correcting ---------------------------------------------------------------------------------------------------


def test_a_journalist_may_edit_only_their_own_photos(client: Client, journalist: User, make_photo: Any) -> None:
    own, other = make_photo(by=journalist), make_photo()
    client.force_login(journalist)
    assert client.post(change(own), as_written(own, caption="Corrigée.")).status_code == 302
    assert client.post(change(other), as_written(other, caption="Corrigée.")).status_code == 403
    assert client.get(change(other)).status_code == 200
    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.caption, other.caption) == ("Corrigée.", "Le phare, mardi.")


def test_a_photo_of_a_story_in_review_may_not_be_edited_by_its_sender(
    client: Client, journalist: User, make_photo: Any, make_story: Any
) -> None:
    own = make_photo(by=journalist)
    story = make_story(by=journalist, lead_photo=own)
    deeds.submit(story, revision=story.version, by=journalist)
    client.force_login(journalist)

    response = client.post(change(own), as_written(own, caption="Glissée après la relecture."))

    own.refresh_from_db()
    assert (response.status_code, own.caption) == (403, "Le phare, mardi.")
    assert "Glissée après la relecture." in response.content.decode()


def test_a_corrected_caption_reaches_readers_at_once(client: Client, photo_editor: User, live_photo: Photo) -> None:
    client.force_login(photo_editor)
    client.post(change(live_photo), as_written(live_photo, caption="Le phare, mercredi.", photographer="Omar Tazi"))
    image = Image.objects.get(pk=live_photo.pk)
    assert (image.caption, image.photographer) == ("Le phare, mercredi.", "Omar Tazi")
    assert "Omar Tazi" in image.credit_line


@pytest.mark.parametrize("field", ["alt", "caption", "credit"])
def test_a_published_photo_cannot_lose_its_description_or_credit(
    field: str, client: Client, photo_editor: User, live_photo: Photo
) -> None:
    client.force_login(photo_editor)
    answer = client.post(change(live_photo), as_written(live_photo, **{field: "", "photographer": "Écrit entre-temps"}))
    assert answer.status_code == 200
    assert "Écrit entre-temps" in answer.content.decode()
    live_photo.refresh_from_db()
    assert getattr(live_photo, field)


def test_moving_the_focal_point_of_a_published_photo_replaces_all_its_sizes_at_once(
    client: Client, photo_editor: User, live_photo: Photo
) -> None:
    before = {r["name"] for r in live_photo.renditions}
    client.force_login(photo_editor)
    client.post(change(live_photo), as_written(live_photo, focal_y="0.1"))
    live_photo.refresh_from_db()
    image = Image.objects.get(pk=live_photo.pk)
    assert image.renditions == live_photo.renditions
    assert before.isdisjoint(r["name"] for r in image.renditions)
    assert image.focal_y == 0.1


def test_a_moved_focal_point_of_an_unpublished_photo_waits_for_the_clock(
    client: Client, photo_editor: User, make_photo: Any, django_capture_on_commit_callbacks: Any
) -> None:
    photo = make_photo()
    renditions.make_missing(photo)
    old = photo.renditions[0]["name"]
    client.force_login(photo_editor)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(change(photo), as_written(photo, focal_x="0.9"))
    assert photo in renditions.waiting()
    assert not originals().exists(old)


@pytest.mark.parametrize("share", ["-0.1", "1.2", "nan"])
def test_a_focal_point_outside_the_picture_is_refused(
    share: str, client: Client, photo_editor: User, make_photo: Any
) -> None:
    photo = make_photo()
    client.force_login(photo_editor)
    answer = client.post(change(photo), as_written(photo, focal_x=share))
    assert answer.context["adminform"].form.errors["focal_x"]


# --- Deleting -----------------------------------------------------------------------------------------------------


def delete(client: Client, photo: Photo) -> Any:
    return client.post(reverse("admin:newsroom_photo_delete", args=[photo.pk]), {"post": "yes"}, follow=True)


def test_deleting_a_photo_deletes_its_files(
    client: Client, photo_editor: User, make_photo: Any, django_capture_on_commit_callbacks: Any
) -> None:
    photo = make_photo()
    renditions.make_missing(photo)
    names = [photo.original.name, *(r["name"] for r in photo.renditions)]
    client.force_login(photo_editor)
    with django_capture_on_commit_callbacks(execute=True):
        delete(client, photo)
    assert not Photo.objects.exists()
    assert not any(originals().exists(name) for name in names)


def test_deleting_a_photo_in_use_is_refused_and_names_the_article(
    client: Client, photo_editor: User, journalist: User, make_photo: Any, make_story: Any
) -> None:
    photo = make_photo()
    make_story(by=journalist, headline="Le phare rouvre", lead_photo=photo)
    client.force_login(photo_editor)
    answer = delete(client, photo)
    assert Photo.objects.filter(pk=photo.pk).exists()
    assert "Le phare rouvre" in " ".join(messages_of(answer))


def test_the_refusal_to_delete_a_photo_does_not_name_a_draft_of_another_section(
    client: Client, photo_editor: User, journalist: User, make_photo: Any, make_story: Any
) -> None:
    photo = make_photo()
    make_story(by=journalist, headline="Le phare rouvre", lead_photo=photo)
    elsewhere = Section.objects.create(name="Sports", slug="sports")
    set_standing(photo_editor, roles=[Role.PHOTO_EDITOR], sections=[elsewhere])
    client.force_login(photo_editor)
    for answer in (
        delete(client, photo),
        client.get(change(photo)),
        client.get(reverse("admin:newsroom_photo_delete", args=[photo.pk]), follow=True),
    ):
        assert "Le phare rouvre" not in answer.content.decode()
    assert Photo.objects.filter(pk=photo.pk).exists()


def test_a_deleted_photo_can_be_uploaded_again(client: Client, photo_editor: User, make_photo: Any) -> None:
    photo = make_photo()
    with photo.original.open() as kept:
        content = kept.read()
    client.force_login(photo_editor)
    delete(client, photo)
    client.post(reverse(ADD), words(file=upload(content)))
    assert Photo.objects.count() == 1


def test_a_journalist_may_not_delete_a_photo(client: Client, journalist: User, make_photo: Any) -> None:
    photo = make_photo(by=journalist)
    client.force_login(journalist)
    assert delete(client, photo).status_code == 403
