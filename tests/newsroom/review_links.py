"""Review links: their addresses, at the desk and for a guest, and an answer."""

from django.urls import reverse

from newsroom.models import ShareLink, Story
from newsroom.review import share_links

APPROVAL = {"verdict": "approved", "name": "Me Salma Benali", "text": ""}


def guest_page(link: ShareLink) -> str:
    """Where a guest reads the story."""
    return reverse("admin:shared", args=[share_links.token_of(link)])


def links_page(story: Story, link: ShareLink | None = None) -> str:
    """Where the desk makes the links of a story, or revokes one of them."""
    return f"/redaction/newsroom/story/{story.pk}/share/{f'{link.pk}/revoke/' if link else ''}"
