"""Where a page sends its unsaved text, and where that text is read or discarded."""

from newsroom.models import Story

NEW = "/redaction/sauvegarde/"
THE_TEXT = "<p>Trois heures de travail, sans un seul enregistrement.</p>"


def keeping(story: Story) -> str:
    return f"/redaction/sauvegarde/{story.pk}/"


def reading(page: str) -> str:
    return f"/redaction/texte-garde/lire/{page}/"


def discarding(page: str) -> str:
    return f"/redaction/texte-garde/jeter/{page}/"
