"""Keys of forms that make something new: sent twice, by a double click or after a lost connection, they make it once.

Such a form carries a random name, `page`, as the page of a story does.
"""

from uuid import UUID

from django.http import HttpRequest

from newsroom.editing import autosave


def page_of(request: HttpRequest) -> str:
    """The name of the form: the one it was posted under, else a new one."""
    posted = request.POST.get("page", "")
    return posted if autosave.is_page(posted) else autosave.new_page()


def key_of(request: HttpRequest) -> UUID | None:
    """The key of the form that was posted; None when it came without."""
    return as_key(request.POST.get("page", ""))


def as_key(typed: str) -> UUID | None:
    """A key as posted; None for anything else."""
    try:
        return UUID(typed)
    except ValueError:
        return None
