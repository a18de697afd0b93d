"""Photos sent from the library in a real browser."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from PIL import Image as Picture
from playwright.sync_api import Page, expect

from newsroom.models import Photo
from newsroom.photos import workshop
from tests.newsroom.pictures import encoded


@pytest.mark.django_db(transaction=True)
def test_a_photo_whose_turn_does_not_come_waits_in_the_list_and_is_sent_again(
    page: Page, sign_in: Callable[[Page, User], None], photo_editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workshop, "LONGEST_WAIT_TO_SEND", 0.0)
    sign_in(page, photo_editor)
    page.goto(reverse("admin:newsroom_photo_changelist"))
    sent: Any = {"name": "phare.jpg", "mimeType": "image/jpeg", "buffer": encoded(Picture.new("RGB", (640, 480)))}
    with workshop._turn(5.0):
        page.locator("#upload-files").set_input_files([sent])
        page.locator("#upload button[type=submit]").click()
        expect(page.locator("#uploads .up-state")).to_contain_text("tour")
    expect(page.locator("#uploads li.done .up-state")).to_contain_text("Reçue")
    assert Photo.objects.count() == 1
