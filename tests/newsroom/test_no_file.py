"""What is no file stands under the name of one: whoever opens it is refused at once, and keeps no other waiting."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from newsroom.clock.beat import Clock
from newsroom.models import Photo
from newsroom.models.photo import originals

Make: TypeAlias = Callable[..., Any]

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def a_pipe(path: Path) -> Iterator[None]:
    os.mkfifo(path)
    other_end = os.open(path, os.O_RDWR)  # so that whoever opens it by mistake does not keep these tests waiting
    yield
    os.close(other_end)


@contextmanager
def a_folder(path: Path) -> Iterator[None]:
    path.mkdir()
    yield


@contextmanager
def a_link_to_a_pipe(path: Path) -> Iterator[None]:
    pipe = path.with_suffix(".pipe")
    with a_pipe(pipe):
        path.symlink_to(pipe)
        yield


@pytest.mark.parametrize("no_file", [a_pipe, a_folder, a_link_to_a_pipe])
def test_an_original_that_is_no_file_is_told_on_its_photo_and_keeps_no_other_waiting(
    no_file: Make, make_photo: Make
) -> None:
    bad, good = make_photo(), make_photo()
    Photo.objects.filter(pk__in=[bad.pk, good.pk]).update(renditions=[], failure="")
    path = Path(bad.original.path)
    path.unlink()

    with no_file(path):
        with pytest.raises(FileNotFoundError):
            originals().open(bad.original.name)
        Clock().beat()

    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.renditions, good.failure) == ([], "")
    assert "n’est plus là" in bad.failure
    assert good.renditions


def test_a_file_is_opened_as_ever(make_photo: Make) -> None:
    photo = make_photo()

    with photo.original.open() as file:
        assert file.read(2) == b"\xff\xd8"
