"""The mails that wait to be sent."""

from newsroom.models import Dispatch


def mails() -> list[dict[str, str]]:
    """The mails that wait to be sent, oldest first. They are deleted from the outbox."""
    waiting = Dispatch.objects.filter(kind=Dispatch.Kind.MAIL).order_by("pk")
    found = [dispatch.payload for dispatch in waiting]
    waiting.delete()
    return found


def mailed() -> set[str]:
    """The logins to whom those mails go. They are deleted from the outbox."""
    return {letter["to"].partition("@")[0] for letter in mails()}


def words_of_mails() -> list[str]:
    """The subjects and the paragraphs of the mails that wait."""
    payloads = Dispatch.objects.filter(kind=Dispatch.Kind.MAIL).values_list("payload", flat=True)
    return [words for payload in payloads for words in (payload["subject"], *payload["text"].split("\n"))]
