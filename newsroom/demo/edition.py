"""Puts the demo newspaper together: people first, then pictures, then each text by the deeds that lead to its stage.

Each step leaves alone what is there already, so that it can be run again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files import File
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.text import slugify

from articles.models import Article, Author, ImageCredit, Page, Section, Topic, ViewCount
from articles.readership import refresh_top_reads
from newsroom import body, deeds, publishing
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.models import Move, Photo, Revision, Story
from newsroom.photos import intake, renditions
from newsroom.review import notes
from newsroom.stories import saving
from newsroom.workflow import Deed

from . import at_work
from .files import DemoText, cast, photo_files, photographs, texts

# login → first name, last name, role, the author it signs as
LOGINS = {
    "journaliste": ("Nadia", "Berrahal", Role.JOURNALIST, "nadia-berrahal"),
    "secretaire": ("Samira", "Bouazzaoui", Role.SUB_EDITOR, "redaction"),
    "editeur": ("Yassine", "Benkirat", Role.EDITOR, "yassine-benkirat"),
    "iconographe": ("Idriss", "Kabbaj", Role.PHOTO_EDITOR, None),
    "chef": ("Inès", "Tahiri-Lahlou", Role.CHIEF, None),
    "admin": ("Othman", "Raji", Role.CHIEF, None),
}


def stage_edition(say: Callable[[str], None]) -> None:
    """Make everything, from logins to the last draft. `say` gets a line for each step."""
    say("Sections, authors, topics, pages…")
    set_reference()
    people = set_people()
    say("Photographs and their sizes…")
    photos = set_photos(people["iconographe"])
    say("Articles…")
    numbers = set_articles(people, photos)
    say("Drafts in every stage…")
    set_drafts(people, photos, numbers)
    set_readership(numbers)


def set_reference() -> None:
    order = 0
    for root in cast()["section"]:
        parent = _keep(
            Section, root["slug"], order=(order := order + 1), **_only(root, "name", "description", "accent")
        )
        for child in root.get("child", []):
            fields = _only(child, "name", "description")
            _keep(Section, child["slug"], parent=parent, accent=root["accent"], order=(order := order + 1), **fields)
    for author in cast()["author"]:
        fields = _only(author, "name", "role", "biography")
        _keep(Author, author["slug"], is_collective=author.get("collective", False), **fields)
    for topic in cast()["topic"]:
        _keep(Topic, topic["slug"], name=topic["name"])
    for page in texts("pages"):
        _keep(Page, page.slug, body=body.clean(page.body), **_only(page.head, "title", "order"))
    for credit in photographs()["credit"]:
        fields = {"kind": credit["kind"], "licence": credit.get("licence", ""), "url": credit.get("licence_url", "")}
        ImageCredit.objects.get_or_create(name=credit["name"], defaults=fields)


def _keep(model: type[Model], slug: str, **fields: Any) -> Any:
    return model._default_manager.get_or_create(slug=slug, defaults=fields)[0]


def _only(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names if name in row}


def set_people() -> dict[str, User]:
    """Make the six logins, and one that nobody can enter for every other author. Returns them by login and by slug."""
    people: dict[str, User] = {}
    for login, (first, last, role, author) in LOGINS.items():
        people[login] = _person(login, first, last, role, author, password=settings.DEMO_PASSWORD)
        if author:
            people[author] = people[login]
    for person in Author.objects.filter(is_collective=False).exclude(slug__in=people):
        first, _space, last = person.name.partition(" ")
        people[person.slug] = _person(person.slug, first, last, Role.JOURNALIST, person.slug, password=None)
    return people


def _person(login: str, first: str, last: str, role: Role, author: str | None, *, password: str | None) -> User:
    user, created = User.objects.get_or_create(
        username=login,
        defaults={"first_name": first, "last_name": last, "email": f"{slugify(f'{first} {last}')}@fanal.example"},
    )
    if created:
        user.set_password(password)
        user.is_superuser = user.is_staff = login == "admin"
        user.save()
        number = Author.objects.filter(slug=author).values_list("pk", flat=True).first()
        set_standing(user, roles=[role], sections=[], author_id=number)
    return user


def set_photos(by: User) -> dict[str, int]:
    """Take every photograph into the library and make its sizes. Returns their numbers by key."""
    numbers = {}
    for row, path in photo_files():
        photo = Photo.objects.filter(original_name=path.name).first()
        if photo is None:
            with path.open("rb") as file:
                photo = intake.take_in(
                    File(file, name=path.name),
                    by=by,
                    credit=ImageCredit.objects.get(name=row["credit"]),
                    **_only(row, "alt", "caption", "photographer", "focal_x", "focal_y"),
                )
        renditions.make_missing(photo)
        numbers[row["key"]] = photo.pk
    return numbers


def set_articles(people: dict[str, User], photos: dict[str, int]) -> dict[str, int]:
    """Publish the articles by the deeds that any article needs. Returns their numbers by slug."""
    files = texts("articles")
    known = numbers_of(files)
    for text in files:
        if text.slug not in known:
            start(text, people, photos, {})
    numbers = numbers_of(files)
    for text in files:
        story = Story.objects.get(pk=numbers[text.slug])
        if not story.moves.exists():
            put_on_air(story, text, people, photos, numbers)
    return numbers


def numbers_of(files: list[DemoText]) -> dict[str, int]:
    """The numbers of the stories made from these files, by slug. The first version tells: no form changes it."""
    first = Revision.objects.filter(number=1, content__slug__in=[text.slug for text in files])
    return dict(first.values_list("content__slug", "story"))


def start(text: DemoText, people: dict[str, User], photos: dict[str, int], numbers: dict[str, int]) -> Story:
    head = text.head
    return saving.start_story(
        by=people[head["authors"][0]],
        authors=[Author.objects.get(slug=slug).pk for slug in head["authors"]],
        topics=list(Topic.objects.filter(slug__in=head["topics"]).values_list("pk", flat=True)),
        slug=text.slug,
        body=body.clean(text.body_with(articles=numbers, photos=photos)),
        section=Section.objects.get(slug=head["section"]),
        lead_photo_id=photos[head["photo"]] if "photo" in head else None,
        **_only(head, "kicker", "headline", "standfirst", "label", "lead_caption"),
    )


def put_on_air(
    story: Story, text: DemoText, people: dict[str, User], photos: dict[str, int], numbers: dict[str, int]
) -> None:
    """Write the links, then submit, approve and publish. All of it gets the dates of the file."""
    with publishing.with_pictures(story.pk), transaction.atomic(durable=True):
        _put_on_air(story, text, people, photos, numbers)


def _put_on_air(
    story: Story, text: DemoText, people: dict[str, User], photos: dict[str, int], numbers: dict[str, int]
) -> None:
    writer = people[text.head["authors"][0]]
    at = timezone.make_aware(text.head["published"])
    story.body = body.clean(text.body_with(articles=numbers, photos=photos))
    story.first_published_at = at
    story.save(update_fields=["body", "first_published_at"])
    saving.record_text(story, by=writer)
    deeds.submit(story, revision=story.version, by=writer)
    deeds.approve(story, revision=story.version, by=at_work.second_eyes(writer, people))
    publishing.publish(story, revision=story.version, by=people["chef"])
    backdate(story, at, updated=timezone.make_aware(text.head["updated"]) if "updated" in text.head else at)


def backdate(story: Story, at: datetime, *, updated: datetime | None = None) -> None:
    """Give versions, moves and article the dates of the file, not the moment of the set-up."""
    Revision.objects.filter(story=story).update(at=at - timedelta(hours=3))
    for hours, move in enumerate(Move.objects.filter(story=story).order_by("-pk")):
        Move.objects.filter(pk=move.pk).update(at=at - timedelta(hours=hours))
    Story.objects.filter(pk=story.pk).update(saved_at=at - timedelta(hours=3))
    Article.objects.filter(pk=story.pk).update(updated_at=updated or at)


def set_drafts(people: dict[str, User], photos: dict[str, int], numbers: dict[str, int]) -> None:
    drafts = texts("drafts")
    known = numbers_of(drafts)
    for text in drafts:
        if text.head["stage"] == "revised":
            _rewrite(text, people, photos, numbers)
        elif text.slug not in known:
            with publishing.with_pictures(photos=photos.values()), transaction.atomic(durable=True):
                story = start(text.begun(), people, photos, {**numbers, **known})
                at_work.finish(story, text.body_with(articles={**numbers, **known}, photos=photos))
                _bring_to(text.head["stage"], story, text, people)
                at_work.bring(story, text, people, numbers)
                at_work.spread(story)
            known[text.slug] = story.pk
    at_work.correct_a_price(people, numbers)
    at_work.mend_a_text(people, known)
    at_work.give_sections_their_picture(photos)


def _bring_to(stage: str, story: Story, text: DemoText, people: dict[str, User]) -> None:
    writer = people[text.head["authors"][0]]
    desk = people["chef"] if writer == people["editeur"] else people["editeur"]
    if stage in ("review", "returned", "ready"):
        deeds.submit(story, by=writer, revision=story.version)
    match stage:
        case "returned":
            deeds.send_back(story, by=people["secretaire"], note=text.head["note"], revision=story.version)
        case "ready":
            deeds.approve(story, by=people["secretaire"], revision=story.version)
        case "spiked":
            notes.write_note(story, by=desk, text=text.head["note"])
            deeds.spike(story, by=desk, revision=story.version)


def _rewrite(text: DemoText, people: dict[str, User], photos: dict[str, int], numbers: dict[str, int]) -> None:
    """Write the next version of a live article, which stays a draft."""
    story = Story.objects.get(pk=numbers[text.head["of"]])
    if story.moves.filter(deed=Deed.REVISE).exists():
        return
    writer = people[text.head["authors"][0]]
    deeds.revise(story, revision=story.version, by=writer)
    story.refresh_from_db()
    story.body = body.clean(text.body_with(articles=numbers, photos=photos))
    for name, value in _only(text.head, "headline", "standfirst", "kicker").items():
        setattr(story, name, value)
    story.save()
    saving.record_text(story, by=writer)


def set_readership(numbers: dict[str, int]) -> None:
    """Count some views in the last hours, so that « Les plus lus » and the curves of the desk are not empty."""
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    today = Article.objects.exclude(pk__in=numbers.values()).values_list("pk", flat=True)
    if not ViewCount.objects.exists():
        ViewCount.objects.bulk_create(
            ViewCount(article_id=number, hour=hour, views=17 + (number * 7919) % 500) for number in numbers.values()
        )
        ViewCount.objects.bulk_create(
            ViewCount(article_id=number, hour=hour - timedelta(hours=ago), views=9 + (number * 7919 * ago) % 300)
            for number in today
            for ago in range(1, 6)
        )
    refresh_top_reads()
