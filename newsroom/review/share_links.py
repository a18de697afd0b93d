"""Review links: somebody without an account reads one version of a text for a while, and answers.

The address of a link ends with a signed number. Whoever has it reads that version and no other text, until the link
expires or is revoked.
"""

from datetime import timedelta

from django.contrib.auth.models import User
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.wording import one_spaced, thousands
from newsroom import access, notifications
from newsroom.models import GuestAnswer, Revision, ShareLink, Story, lock_story
from newsroom.models.review import LONGEST_COMMENT, LONGEST_NAME
from newsroom.refusals import NotAllowed, Refused
from newsroom.workflow import Stage

from . import preview

MOST_OPEN = 20  # of one story: somebody has to watch over each
LONGEST_LIFE = timedelta(days=30)
MOST_ANSWERS = 20  # to one link

# An address may hold this separator, mail programs do not break lines at it, and no number contains it.
_signer = Signer(sep="~", salt="newsroom.sharing")


def token_of(link: ShareLink) -> str:
    """The end of the address of `link`. Its signature is the only secret in it."""
    return _signer.sign(_dated_number(link))


def _dated_number(link: ShareLink) -> str:
    # The number alone is not enough: a restored database gives the same number to another link.
    return f"{link.pk}-{int(link.made_at.timestamp())}"


def address_of(link: ShareLink) -> str:
    """The whole address of `link`, to be sent to its reader."""
    return notifications.address_of("admin:shared", token_of(link))


def link_opened_by(token: str) -> ShareLink | None:
    """The link that `token` opens now.

    None when it is forged, unknown, revoked or expired, or when the login of its maker was switched off. The caller
    cannot tell these cases apart, and so neither can somebody who tries addresses.
    """
    try:
        dated_number = _signer.unsign(token)
    except BadSignature:
        return None
    links = ShareLink.objects.select_related("story", "revision", "made_by")
    link = links.filter(pk=int(dated_number.partition("-")[0])).first()
    return link if link is not None and _dated_number(link) == dated_number and is_open(link) else None


def is_open(link: ShareLink) -> bool:
    """Whether the link opens its version now.

    It does not when the story is spiked, nor when the login of its maker, who answers for it, is off.
    """
    is_current = link.revoked_at is None and timezone.now() < link.expires_at
    return is_current and link.made_by.is_active and link.story.stage != Stage.SPIKED


@transaction.atomic
def make_link(story: Story, *, revision: int, reader: str, lasts: timedelta, by: User) -> ShareLink:
    """Make a link to one version of `story` for `reader`. Raises NotAllowed, or Refused when a value cannot be used.

    The story is held, so that no link is made while somebody spikes or withdraws it.
    """
    lock_story(story.pk)
    story = Story.objects.select_related("section").get(pk=story.pk)
    rights = access.rights_on(by, story)
    if not (rights.may_view and rights.may_share):
        raise NotAllowed(_("Showing this text to somebody outside is the desk’s to decide."))
    if story.stage == Stage.SPIKED:
        raise Refused(_("This article is spiked: nobody outside is shown it. Revive it first."))
    reader = one_spaced(reader)
    if not reader:
        raise Refused(_("Write for whom the link is: it is how you will know who answered."))
    if len(reader) > LONGEST_NAME:
        raise Refused(_("“For whom” is too long: a name and what they are will do."))
    if not timedelta() < lasts <= LONGEST_LIFE:
        raise Refused(_("A link lasts from one hour to thirty days. Choose how long."))
    version = Revision.objects.filter(story=story, number=revision).first()
    if version is None:
        raise Refused(_("This article has no such version. Choose one of those it has."))
    now = timezone.now()
    if ShareLink.objects.filter(story=story, revoked_at=None, expires_at__gt=now).count() >= MOST_OPEN:
        raise Refused(_("This article is open to %(most)s people already. Close a link first.") % {"most": MOST_OPEN})
    return ShareLink.objects.create(
        story=story,
        revision=version,
        reader=reader,
        made_by=by,
        made_at=now,
        expires_at=now + lasts,
        pictures=preview.words_of_pictures(version.content),
    )


@transaction.atomic
def revoke(link: ShareLink, *, by: User) -> None:
    """Close a link at once. A closed link keeps the date of its closing. Raises NotAllowed."""
    rights = access.rights_on(by, link.story)
    if not (rights.may_view and rights.may_share):
        raise NotAllowed(_("Closing this link is the desk’s to decide."))
    ShareLink.objects.filter(pk=link.pk).revoke(by=by)


def record_opening(link: ShareLink) -> None:
    """Record that the link was opened, once a minute at most: a page may be reloaded often."""
    now = timezone.now()
    if link.opened_at is None or now - link.opened_at > timedelta(minutes=1):
        ShareLink.objects.filter(pk=link.pk).update(opened_at=now)


@transaction.atomic
def answer(link: ShareLink, *, verdict: str, name: str, text: str) -> GuestAnswer:
    """Keep somebody's answer about the version of the link, and queue mail to the maker of the link.

    Raises Refused with a sentence for the guest, and then keeps nothing.
    """
    held = ShareLink.objects.select_for_update().get(pk=link.pk)
    name, text = one_spaced(name), text.strip()
    if not is_open(held):
        raise Refused(_("This link closed meanwhile: your answer was not sent."))
    if verdict not in GuestAnswer.Verdict.values:
        raise Refused(_("Say whether you approve this version or have something to say about it."))
    if not name:
        raise Refused(_("Write your name: it is how the newsroom knows who answers."))
    if len(name) > LONGEST_NAME:
        raise Refused(_("This name is too long: %(most)s signs at most.") % {"most": LONGEST_NAME})
    if verdict == GuestAnswer.Verdict.COMMENT and not text:
        raise Refused(_("Write what you have to say about it."))
    if len(text) > LONGEST_COMMENT:
        too_long = _("Your comment is too long: %(most)s signs at most. Shorten it, or send it in two answers.")
        raise Refused(too_long % {"most": thousands(LONGEST_COMMENT)})
    if same := held.answers.filter(verdict=verdict, name=name, text=text).first():
        return same  # the form was sent twice
    if held.answers.count() >= MOST_ANSWERS:
        raise Refused(_("This link has had as many answers as it takes. Write to who sent it to you."))
    guest_answer = GuestAnswer.objects.create(link=held, verdict=verdict, name=name, text=text, at=timezone.now())
    _queue_mail(link, guest_answer)
    return guest_answer


APPROVED = gettext_lazy("%(who)s approves version %(number)s.")
COMMENTED = gettext_lazy("%(who)s comments on version %(number)s.")


def _queue_mail(link: ShareLink, guest_answer: GuestAnswer) -> None:
    number = link.revision.number
    lines = [
        (APPROVED if guest_answer.verdict == GuestAnswer.Verdict.APPROVED else COMMENTED)
        % {"who": guest_answer.name, "number": number},
        _("By the link made for %(reader)s.") % {"reader": link.reader} if guest_answer.name != link.reader else "",
        guest_answer.text,
        _("The text has changed since: it is now at version %(number)s.") % {"number": link.story.version}
        if has_changed(link)
        else "",
    ]
    subject = _("An answer about: %(headline)s") % {"headline": link.story.headline}
    notifications.queue(f"answer-{guest_answer.pk}", [link.made_by], subject, lines, link.story)


def has_changed(link: ShareLink) -> bool:
    """Whether the text has a newer version than the one that the link shows."""
    return link.revision.number != link.story.version
