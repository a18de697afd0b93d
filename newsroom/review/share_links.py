"""Review links: one version of a text, shown for a while to somebody without an account, and what they say of it.

The link is a signed number. Who holds it reads that version and no other text; it ends by itself, or is revoked.
"""

from datetime import timedelta

from django.contrib.auth.models import User
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsroom import access, notifications
from newsroom.models import GuestAnswer, Revision, ShareLink, Story
from newsroom.models.review import LONGEST_COMMENT, LONGEST_NAME
from newsroom.refusals import NotAllowed, Refused

from . import preview

MOST_OPEN = 20  # of one story: each is a way in that somebody has to watch
LONGEST = timedelta(days=30)
MOST_ANSWERS = 20  # of one link

# a sign of its own that an address may hold, and that mail programs do not break at
_signer = Signer(sep="~", salt="newsroom.sharing")


def token_of(link: ShareLink) -> str:
    """What the address of `link` ends with. It holds no secret but the signature."""
    return _signer.sign(_named(link))


def _named(link: ShareLink) -> str:
    # with the moment it was made: numbers come again where a database was restored
    return f"{link.pk}-{int(link.made_at.timestamp())}"


def address_of(link: ShareLink) -> str:
    """The whole address, to be sent."""
    return notifications.address_of("admin:shared", token_of(link))


def link_opened_by(token: str) -> ShareLink | None:
    """The link that `token` opens now; None when it is forged, unknown, revoked or past its time, or when who made it
    has no login any more: all alike.
    """
    try:
        named = _signer.unsign(token)
    except BadSignature:
        return None
    links = ShareLink.objects.select_related("story", "revision", "made_by")
    link = links.filter(pk=int(named.partition("-")[0])).first()
    return link if link is not None and _named(link) == named and is_open(link) else None


def is_open(link: ShareLink) -> bool:
    """Whether it opens anything now. Who made it answers for it, and switched off can answer for nothing."""
    return link.revoked_at is None and timezone.now() < link.expires_at and link.made_by.is_active


@transaction.atomic
def make_link(story: Story, *, revision: int, reader: str, lasts: timedelta, by: User) -> ShareLink:
    """A link to one version of `story` for `reader`. Raises NotAllowed or Refused, with a sentence."""
    story = Story.objects.select_related("section").get(pk=story.pk)
    rights = access.rights_on(by, story)
    if not (rights.may_view and rights.may_share):
        raise NotAllowed(_("Showing this text to somebody outside is the desk’s to decide."))
    reader = " ".join(reader.split())
    if not reader:
        raise Refused(_("Write for whom the link is: it is how you will know who answered."))
    if len(reader) > LONGEST_NAME:
        raise Refused(_("“For whom” is too long: a name and what they are will do."))
    if not timedelta() < lasts <= LONGEST:
        raise Refused(_("A link lasts from one hour to thirty days. Choose how long."))
    shown = Revision.objects.filter(story=story, number=revision).first()
    if shown is None:
        raise Refused(_("This article has no such version. Choose one of those it has."))
    now = timezone.now()
    if ShareLink.objects.filter(story=story, revoked_at=None, expires_at__gt=now).count() >= MOST_OPEN:
        raise Refused(_("This article is open to %(most)s people already. Close a link first.") % {"most": MOST_OPEN})
    return ShareLink.objects.create(
        story=story,
        revision=shown,
        reader=reader,
        made_by=by,
        made_at=now,
        expires_at=now + lasts,
        pictures=preview.words_of_pictures(shown.content),
    )


@transaction.atomic
def revoke(link: ShareLink, *, by: User) -> None:
    """Close a link at once. One that is closed stays as it was. Raises NotAllowed."""
    rights = access.rights_on(by, link.story)
    if not (rights.may_view and rights.may_share):
        raise NotAllowed(_("Closing this link is the desk’s to decide."))
    ShareLink.objects.filter(pk=link.pk).revoke(by=by)


def record_opening(link: ShareLink) -> None:
    """Remember that it was opened: once a minute at most, for a page that is read again."""
    now = timezone.now()
    if link.opened_at is None or now - link.opened_at > timedelta(minutes=1):
        ShareLink.objects.filter(pk=link.pk).update(opened_at=now)


@transaction.atomic
def answer(link: ShareLink, *, verdict: str, name: str, text: str) -> GuestAnswer:
    """Keep what somebody says of the version they were shown, and have it mailed to who made the link.

    Raises Refused, with a sentence for them, and then keeps nothing.
    """
    held = ShareLink.objects.select_for_update().get(pk=link.pk)
    name, text = " ".join(name.split()), text.strip()
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
        raise Refused(too_long % {"most": number_format(LONGEST_COMMENT, force_grouping=True)})
    if twice := held.answers.filter(verdict=verdict, name=name, text=text).first():
        return twice  # the same form, sent again
    if held.answers.count() >= MOST_ANSWERS:
        raise Refused(_("This link has had as many answers as it takes. Write to who sent it to you."))
    said = GuestAnswer.objects.create(link=held, verdict=verdict, name=name, text=text, at=timezone.now())
    _tell(link, said)
    return said


APPROVED = gettext_lazy("%(who)s approves version %(number)s.")
COMMENTED = gettext_lazy("%(who)s comments on version %(number)s.")


def _tell(link: ShareLink, said: GuestAnswer) -> None:
    number = link.revision.number
    lines = [
        (APPROVED if said.verdict == GuestAnswer.Verdict.APPROVED else COMMENTED)
        % {"who": said.name, "number": number},
        _("By the link made for %(reader)s.") % {"reader": link.reader} if said.name != link.reader else "",
        said.text,
        _("The text has changed since: it is now at version %(number)s.") % {"number": link.story.version}
        if has_changed(link)
        else "",
    ]
    subject = _("An answer about: %(headline)s") % {"headline": link.story.headline}
    notifications.queue(f"answer-{said.pk}", [link.made_by], subject, lines, link.story)


def has_changed(link: ShareLink) -> bool:
    """Whether the text is no more the version that the link shows."""
    return link.revision.number != link.story.version
