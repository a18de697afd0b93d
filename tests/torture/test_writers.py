"""Several people edit one story at the same time, each on a page older than the stored text: no line is lost.

The short form has 4 writers and 6 saves each; with NEWSROOM_TORTURE=full, 8 writers save 40 times each.
"""

import os
import random
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from html5lib import parse

from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.models import Story

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS, SAVES = (8, 40) if os.environ.get("NEWSROOM_TORTURE") == "full" else (4, 6)
WHOLE_LINE = re.compile(r"ligne-\d+-\d+\b")
TRIES = 60  # of one save, each after another conflict


@pytest.fixture
def writers(story: Story) -> list[User]:
    people = [User.objects.create_user(f"plume{number}") for number in range(WRITERS)]
    for person in people:
        set_standing(person, roles=[Role.JOURNALIST], sections=[])
        story.writers.add(person)
    return people


@pytest.fixture
def story(make_story: Callable[..., Story], journalist: User) -> Story:
    """A story in which each writer has a passage, below a crosshead that nobody edits."""
    passages = [
        f"<h2>Chapitre {number}</h2>\n<p>Plume{number} commence ici, et raconte.</p>" for number in range(WRITERS)
    ]
    return make_story(by=journalist, body="\n".join(passages))


@dataclass
class Writer:
    """Somebody at a browser, with the form of the page they opened and the lines they have typed."""

    number: int
    story: Story
    client: Client
    chance: random.Random
    form: dict[str, Any] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    settled: int = 0  # conflicts that this writer settled by hand
    turned_away: int = 0  # answers 503, which give the text back to be sent again

    def address(self) -> str:
        return f"/redaction/newsroom/story/{self.story.pk}/change/"

    def open(self) -> None:
        """Load the page of the story as it is stored now."""
        response = self.client.get(self.address())
        assert response.status_code == 200, response.status_code
        tree = parse(response.content.decode(), namespaceHTMLElements=False)
        self.form = posted_from(tree.find(".//form[@id='story_form']"))

    def write(self, round_: int) -> None:
        """Add a line: mostly in the writer's own passage, else at the end of the text, where others add theirs."""
        line = f"ligne-{self.number}-{round_}"
        own = f"Plume{self.number} commence ici"
        body = self.form["body"][0]
        if self.chance.random() < 0.75:
            body = body.replace(own, f"{line} puis {own}" if self.chance.random() < 0.5 else f"{own}, {line}")
        else:
            body = f"{body}\n<p>{line}, dit Plume{self.number}.</p>"
        self.form["body"] = [body]
        self.typed.append(line)

    def save(self) -> None:
        """Save as often as it takes. Where the texts conflict, keep both, as a careful person would."""
        posted = self.form
        for _try in range(TRIES):
            response = self.client.post(self.address(), posted)
            if response.status_code == 302:
                return
            tree = parse(response.content.decode(), namespaceHTMLElements=False)
            if response.status_code == 503:
                self.turned_away += 1
                posted = posted_from(tree.find(f".//form[@action='{self.address()}']"))
                continue
            assert response.status_code == 409, response.status_code
            self.settled += 1
            posted = both_kept(posted_from(tree.find(".//form[@class='clash']")))
        raise AssertionError("never saved")


def posted_from(form: Any) -> dict[str, list[str]]:
    """The fields that a browser without JavaScript would post from an untouched form, without any button."""
    fields: dict[str, list[str]] = {}
    for element in form.iter():
        name, input_type = element.get("name"), element.get("type")
        if not name or element.tag not in ("input", "textarea", "select"):
            continue
        if input_type in ("radio", "checkbox") and element.get("checked") is None:
            continue
        match element.tag:
            case "textarea":
                values = [(element.text or "").removeprefix("\n")]
            case "select":
                values = [
                    option.get("value") for option in element.iter("option") if option.get("selected") is not None
                ]
            case _:
                values = [element.get("value") or ""]
        fields.setdefault(name, []).extend(value for value in values if value is not None)
    return fields


def both_kept(form: dict[str, list[str]]) -> dict[str, list[str]]:
    """The form of a conflict, settled so that nothing is lost: each place gets one's own text and then the other's."""
    settled = dict(form)
    for name in [name for name in form if name.startswith("choice-body")]:
        place = name.removeprefix("choice-")
        mine, theirs = form[f"mine-{place}"][0], form[f"theirs-{place}"][0]
        settled |= {name: ["hand"], f"hand-{place}": [f"{mine}\n{theirs}"]}
    return settled


def lost_lines(story: Story, writers: list[Writer]) -> list[str]:
    story.refresh_from_db()
    stored = set(WHOLE_LINE.findall(story.body))
    return [line for writer in writers for line in writer.typed if line not in stored]


def report(name: str, story: Story, writers: list[Writer]) -> None:
    counts = {
        "writers": len(writers),
        "lines": sum(len(writer.typed) for writer in writers),
        "lost": len(lost_lines(story, writers)),
        "versions": story.version,
        "settled by hand": sum(writer.settled for writer in writers),
        "turned away": sum(writer.turned_away for writer in writers),
    }
    print(f"\nwriters, {name}:", counts)


def writers_at_browsers(story: Story, writers: list[User]) -> Iterator[Writer]:
    for number, person in enumerate(writers):
        client = Client(raise_request_exception=False)
        client.force_login(person)
        yield Writer(number, story, client, random.Random(number))


def test_writers_whose_pages_are_always_stale_lose_no_line(story: Story, writers: list[User]) -> None:
    """Everybody opens the page before anybody saves, so in each round all saves but one are stale."""
    people = list(writers_at_browsers(story, writers))
    for round_ in range(SAVES):
        for writer in people:
            writer.open()
            writer.write(round_)
        for writer in people:
            writer.save()

    report("always stale", story, people)
    assert len([line for writer in people for line in writer.typed]) == WRITERS * SAVES
    assert lost_lines(story, people) == []
    assert story.revisions.count() > WRITERS * SAVES / 2
    assert sum(writer.settled for writer in people) < WRITERS * SAVES / 2  # most were merged without a conflict


def test_writers_who_save_at_the_same_moment_lose_no_line(story: Story, writers: list[User]) -> None:
    """Each writer has a database connection of their own and opens the page before each save."""
    people = list(writers_at_browsers(story, writers))
    start = Barrier(len(people))

    def work(writer: Writer) -> None:
        try:
            start.wait(timeout=60)
            for round_ in range(SAVES):
                writer.open()
                writer.write(round_)
                writer.save()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as threads:
        list(threads.map(work, people))

    report("at the same moment", story, people)
    assert lost_lines(story, people) == []
    assert story.revisions.count() == story.version


def test_a_line_that_begins_a_longer_one_still_counts_as_lost(story: Story) -> None:
    """The control of the count: of `ligne-3-1` and `ligne-3-10`, only the first is lost."""
    writer = Writer(3, story, Client(), random.Random(3), typed=["ligne-3-1", "ligne-3-10"])
    Story.objects.filter(pk=story.pk).update(body="<p>ligne-3-10, dit Plume3.</p>")

    assert lost_lines(story, [writer]) == ["ligne-3-1"]


def test_saves_that_overwrite_one_another_lose_lines(story: Story, writers: list[User]) -> None:
    """The control: each save claims the newest version and so overwrites what the others saved."""
    people = list(writers_at_browsers(story, writers))
    for round_ in range(SAVES):
        for writer in people:
            writer.open()
            writer.write(round_)
        for writer in people:
            story.refresh_from_db()
            writer.form["based_on"] = [str(story.version)]
            writer.save()

    assert len(lost_lines(story, people)) > WRITERS * SAVES / 2
