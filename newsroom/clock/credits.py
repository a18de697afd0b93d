"""Brings corrected credits to the pictures that owe them."""

from django.db.models import QuerySet

from newsroom import publishing
from newsroom.models import CreditChange, Fault, Photo

from . import faults

CREDITS, CREDIT_WORDS = "credits", "credit_words"


def waiting_credits() -> QuerySet[CreditChange]:
    return CreditChange.objects.order_by("asked_at", "pk")


def bring_credit(number: int) -> int:
    """Bring one corrected credit to its next pictures. Those that cannot have it are tried again by themselves."""
    done, failed = publishing.bring_next(number)
    for photo, error in failed:
        faults.record(CREDIT_WORDS, photo, error)
    return done


def waiting_photos() -> QuerySet[Photo]:
    """The photos that could not be given their corrected credit."""
    return Photo.objects.filter(pk__in=Fault.objects.filter(job=CREDIT_WORDS).values("ref")).order_by("pk")


def bring_to_photo(number: int) -> int:
    publishing.refresh_words([number])
    return 1
