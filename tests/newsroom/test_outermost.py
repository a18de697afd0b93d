"""The transactions that the desk and the clock open are the outermost ones: what is done at their end is done last."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client

from articles.models import Article
from newsroom import publishing
from newsroom.models import Dispatch, Photo, Story
from newsroom.photos import renditions

Make = Callable[..., Story]
ROOT = Path(__file__).resolve().parent.parent.parent
OPENERS = ("newsroom/admin", "newsroom/clock", "newsroom/management", "newsroom/demo")


def openings() -> Iterator[tuple[str, bool]]:
    """Where each `transaction.atomic` of the openers stands, and whether it is durable."""
    for path in sorted(path for folder in OPENERS for path in (ROOT / folder).rglob("*.py")):
        where = str(path.relative_to(ROOT))
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = {node.func: node for node in ast.walk(tree) if isinstance(node, ast.Call)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and ast.unparse(node) == "transaction.atomic":
                call = calls.get(node)
                durable = call is not None and any(each.arg == "durable" for each in call.keywords)
                yield f"{where}:{node.lineno}", durable


def test_what_the_desk_and_the_clock_open_is_durable() -> None:
    found = list(openings())
    assert len(found) > 10
    assert {where for where, durable in found if not durable} == set()


@pytest.mark.django_db(transaction=True)
def test_no_publication_begins_within_a_transaction_whose_commit_may_fail(
    editor: User, approve_story: Make, make_photo: Callable[..., Photo]
) -> None:
    photo = make_photo()
    renditions.make_missing(photo)
    story = approve_story(lead_photo=photo)

    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        publishing.publish(story, revision=story.version, by=editor)

    assert not Article.objects.exists()
    assert not any(default_storage.exists(rendition["name"]) for rendition in photo.renditions)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("deed", ["publish", "flash"])
def test_the_files_of_a_publication_from_the_desk_are_announced_and_copied_in_its_outermost_transaction(
    deed: str, chief: User, approve_story: Make, make_photo: Callable[..., Photo], monkeypatch: pytest.MonkeyPatch,
    client: Client, make_story: Make, journalist: User,
) -> None:  # fmt: skip
    photo = make_photo()
    story = approve_story(lead_photo=photo) if deed == "publish" else make_story(by=journalist, lead_photo=photo)
    seen: list[tuple[bool, int]] = []
    copy = publishing.publication.copy_files_last

    def look(numbers: set[int]) -> None:
        connection = transaction.get_connection()
        durable = [block for block in connection.atomic_blocks if block.durable]
        seen.append((len(durable) <= 1, Dispatch.objects.filter(key__startswith="copied-").count()))
        copy(numbers)

    monkeypatch.setattr(publishing.publication, "copy_files_last", look)
    client.force_login(chief)
    answer = client.post(
        f"/redaction/newsroom/story/{story.pk}/{deed}/", {"revision": story.version, "note": "Urgent."}
    )

    assert answer.status_code == 302
    assert seen == [(True, 1)]
    assert not Dispatch.objects.filter(key__startswith="copied-").exists()
