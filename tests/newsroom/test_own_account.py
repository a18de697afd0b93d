"""One's own account: which mail one wants, and nothing that a forged form adds."""

import pytest
from django.contrib.auth.models import User

from articles.models import Section
from newsroom import access
from newsroom.access import Role
from newsroom.models import StaffProfile

from .desk import at_the_desk

pytestmark = pytest.mark.django_db


def choices_of(user: User) -> tuple[bool, ...]:
    profile = StaffProfile.objects.get(user=user)
    return (profile.wants_mail, profile.mail_asked, profile.mail_texts, profile.mail_desk)


def test_mail_is_switched_off_by_kind(sub_editor: User) -> None:
    at_the_desk(sub_editor).post("/redaction/mon-compte/", {"wants_mail": "on", "mail_asked": "on"})

    assert choices_of(sub_editor) == (True, True, False, False)


def test_mail_is_switched_off_as_a_whole(sub_editor: User) -> None:
    form = {"mail_asked": "on", "mail_texts": "on", "mail_desk": "on"}
    at_the_desk(sub_editor).post("/redaction/mon-compte/", form)

    assert choices_of(sub_editor) == (False, True, True, True)


def test_a_login_without_a_profile_can_choose_its_mail(journalist: User) -> None:
    StaffProfile.objects.all().delete()
    client = at_the_desk(journalist)

    assert client.get("/redaction/mon-compte/").status_code == 200
    client.post("/redaction/mon-compte/", {"mail_asked": "on"})
    assert choices_of(journalist) == (False, True, False, True)


def test_a_journalist_is_not_offered_the_mail_of_the_desk(journalist: User) -> None:
    client = at_the_desk(journalist)
    client.post("/redaction/mon-compte/", {"wants_mail": "on"})

    assert choices_of(journalist) == (True, False, False, True)
    assert "mail_desk" not in client.get("/redaction/mon-compte/").content.decode()


def test_ones_account_is_linked_from_the_menu_and_names_the_author_one_signs_as(journalist: User) -> None:
    client = at_the_desk(journalist)

    assert 'href="/redaction/mon-compte/"' in client.get("/redaction/").content.decode()
    assert "Nadia Berrahal" in client.get("/redaction/mon-compte/").content.decode()


def test_a_forged_post_to_ones_account_changes_no_standing(journalist: User, section: Section) -> None:
    form = {"wants_mail": "on", "sections": section.pk, "author": "", "user": "1", "roles": Role.CHIEF}
    at_the_desk(journalist).post("/redaction/mon-compte/", form)

    journalist = User.objects.get(pk=journalist.pk)
    assert access.standing_of(journalist).roles == {Role.JOURNALIST}
    assert journalist.staff_profile.author is not None
    assert not journalist.staff_profile.sections.exists()


def test_a_login_without_a_role_has_no_account_page(outsider: User) -> None:
    assert "/login/" in at_the_desk(outsider).get("/redaction/mon-compte/").url
