"""The desk's home."""

from django.test import Client

from newsroom.models import Story

HOME = "/redaction/"


def queues(client: Client, address: str = HOME) -> dict[str, list[Story]]:
    """The stories of each queue, by its code."""
    return {queue.code: queue.stories for queue in client.get(address).context["queues"]}
