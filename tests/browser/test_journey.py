"""A story's whole journey in a real browser: from the first draft to publication, withdrawal and publication again."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from articles.models import Article, Author, CreditKind, ImageCredit, Section, Topic
from newsroom.clock import Clock
from newsroom.models import Photo, Story
from newsroom.workflow import Deed
from tests.browser.story_page import body_of, wait_for_editor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HEADLINE = "Au port, la criée passe à l’aube et les mareyeurs s’y font"
STANDFIRST = (
    "Depuis lundi, la vente commence à 4 heures. Les patrons de pêche y gagnent une marée, les autres une nuit."
)
SENTENCE = (
    "La cloche sonne, les caisses glissent, un crieur annonce le poids, un autre le nom du bateau, et tout va vite. "
)
CROSSHEADS = ["Une heure de moins", "Le prix du sommeil", "Et les glacières ?"]
WORDS = 900


@pytest.fixture
def others(
    make_story: Callable[..., Story], chief: User, publish_story: Callable[[Story], Story], transactional_db: None
) -> list[Story]:
    """Two published articles to link to."""
    headlines = ["La nouvelle halle ouvre en mars", "Les mareyeurs demandent une glacière"]
    return [publish_story(make_story(by=chief, headline=headline)) for headline in headlines]


@pytest.fixture
def picture(make_photo: Callable[..., Photo]) -> Photo:
    credit = ImageCredit.objects.create(name="DR", kind=CreditKind.UNKNOWN)
    photo = make_photo(
        size=(1600, 1000), caption="La criée, avant l’ouverture.", alt="Une halle vide aux portes ouvertes.",
        photographer="", credit=credit, search_note="Cherché auprès du port et de la famille, sans résultat.",
    )  # fmt: skip
    Clock().beat()
    return photo


def linking_to(story: Story) -> str:
    return f'<p>Texte.</p><aside class="lire-aussi" data-article="{story.pk}"></aside><p>Fin.</p>'


def paragraph(page: Page, words: int = 75) -> None:
    count = len(SENTENCE.split())
    page.keyboard.insert_text(SENTENCE * (words // count + 1))
    page.keyboard.press("Enter")


def crosshead(page: Page, words: str) -> None:
    page.locator("a.cke_button__intertitre").click()
    page.keyboard.insert_text(words)
    page.keyboard.press("Enter")
    if page.locator("a.cke_button__intertitre.cke_button_on").count():
        page.locator("a.cke_button__intertitre").click()


def link_to(page: Page, words: str) -> None:
    """Insert a « Lire aussi » by keyboard."""
    page.keyboard.press("Control+Shift+L")
    dialog = page.locator("dialog.redaction-search[open]")
    with page.expect_response(lambda answer: parse_qs(urlsplit(answer.url).query).get("q") == [words]):
        page.keyboard.type(words)
    # Enter chooses nothing while the list still answers to other words
    expect(dialog.get_by_role("status")).not_to_have_text(re.compile("^Recherche"))
    expect(dialog.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)


def deed(page: Page, name: str, *, note: str = "", change: str = "") -> None:
    """Do a deed by its button or on its page, with the note that it requires and the kind of change."""
    before = page.url
    dialog = page.locator(f"#rail a[href$='/{name}/']")
    if dialog.count():
        with page.expect_navigation():
            dialog.click()
        page.locator("[name=note]").fill(note)
        if change:
            page.locator(f"[name=change_kind][value={change}]").check()
        button = page.locator(".deed-foot button")
    elif note:
        panel = page.locator(f"#deed-{name}")
        panel.locator("summary").click()
        panel.locator("textarea").first.fill(note)
        button = panel.locator("[data-deed]")
    else:
        button = page.locator(f"#rail button[name=_deed][value={name}], #rail button[formaction$='/{name}/']").first
    with page.expect_navigation():
        button.click()
    page.wait_for_load_state()
    assert "/redaction/" in before


def buttons(page: Page) -> set[str]:
    names = page.locator("#rail :is(button, a)").evaluate_all(
        "all => all.map(b => b.name === '_deed' ? b.value"
        " : (b.getAttribute('formaction') ?? b.pathname ?? '').split('/').at(-2))"
    )
    return {name for name in names if name in list(Deed)}


def test_a_story_goes_from_the_first_draft_to_publication_withdrawal_and_back(
    new_page: Callable[..., Page],
    sign_in_by_form: Callable[[Page, User], None],
    journalist: User,
    sub_editor: User,
    editor: User,
    section: Section,
    topic: Topic,
    others: list[Story],
    picture: Photo,
    author: Author,
    make_story: Callable[..., Story],
    publish_story: Callable[[Story], Story],
) -> None:
    desk = {user: new_page(viewport={"width": 1280, "height": 900}) for user in (journalist, sub_editor, editor)}
    for user, window in desk.items():
        sign_in_by_form(window, user)
    reader = new_page(viewport={"width": 390, "height": 800})
    # Routing switches the browser's cache off. This reader comes back within the ten seconds that a page is fresh.
    reader.route("**/*", lambda route: route.continue_())

    # The journalist writes.
    page = desk[journalist]
    page.goto("/redaction/newsroom/story/add/")
    wait_for_editor(page)
    page.locator("#id_kicker").fill("Pêche")
    page.locator("#id_headline").fill(HEADLINE)
    page.locator("#id_standfirst").fill(STANDFIRST)
    page.locator("#id_section").select_option(str(section.pk))
    page.locator("#id_topics input").first.check()
    page.locator("#row-lead_photo [data-choose]").click()
    page.locator("#photo-search-words").fill("criee")
    page.locator("#photo-found button").click()
    body_of(page).click()
    for place, words in enumerate(CROSSHEADS):
        for _time in range(2):
            paragraph(page, 150)
        if place < 2:
            link_to(page, ["nouvelle halle", "glaciere"][place])
        crosshead(page, words)
    page.locator("a.cke_button__exergue").click()
    page.keyboard.insert_text("« À 4 heures, le poisson dort encore. »")
    page.locator("a.cke_button__undo").focus()
    with page.expect_navigation():
        page.locator("[data-save]").click()
    story = Story.objects.get(headline=HEADLINE)
    assert story.words >= WORDS
    assert story.body.count("<h2>") == 3
    assert story.body.count('class="lire-aussi"') == 2
    assert buttons(page) == {"submit"}
    deed(page, "submit")
    story.refresh_from_db()
    assert story.stage == "review"

    # She can neither publish nor see the buttons of an editor, but take her text back while nobody has opened it.
    assert buttons(page) == {"take-back"}
    refused = page.request.post(
        f"/redaction/newsroom/story/{story.pk}/publish/",
        form={
            "revision": str(story.version),
            "csrfmiddlewaretoken": page.locator("[name=csrfmiddlewaretoken]").first.input_value(),
        },
        headers={"Referer": page.url},
    )
    assert refused.status == 403
    address = f"/{section.slug}/{story.slug}-{story.pk}/"
    assert reader.goto(address).status == 404  # type: ignore[union-attr]

    # The editor sends the story back; the journalist edits it and submits it again.
    change = f"/redaction/newsroom/story/{story.pk}/change/"
    desk[editor].goto(change)
    deed(desk[editor], "send-back", note="Qui est le crieur ? Donnez son nom.")
    page.goto(change)
    expect(page.locator(".returned")).to_contain_text("Qui est le crieur")
    wait_for_editor(page)
    page.locator("#id_standfirst").fill(STANDFIRST + " Driss Aouad, lui, crie depuis trente ans.")
    deed(page, "submit")

    # The sub-editor approves and sees no button to publish; the editor publishes.
    desk[sub_editor].goto(change)
    deed(desk[sub_editor], "approve")
    assert "publish" not in buttons(desk[sub_editor])
    desk[editor].goto(change)
    deed(desk[editor], "publish")
    story.refresh_from_db()
    assert story.stage == "published"

    # The reader sees every element of the article.
    assert reader.goto(address).status == 200  # type: ignore[union-attr]
    body = reader.locator("article.article")
    expect(body.locator("h1")).to_have_text(HEADLINE)
    expect(body.locator(".standfirst")).to_contain_text("Driss Aouad")
    expect(body).to_contain_text("Nadia Berrahal")
    expect(body.locator("figcaption").first).to_contain_text("La criée, avant l’ouverture.")
    expect(body.locator("figcaption").first).to_contain_text("© DR")
    expect(body.locator(".prose h2")).to_have_text(CROSSHEADS)
    expect(body.locator(".lire-aussi a")).to_have_count(2)
    expect(body.locator(".exergue")).to_contain_text("le poisson dort encore")
    expect(body.locator(".topics")).to_contain_text(topic.name)
    expect(reader.locator("[data-sizes] button")).to_have_count(4)
    assert re.search(r"\d{1,2}(?:er)? [a-zéû]+ 20\d\d", body.inner_text().replace("\xa0", " "))
    first = Article.objects.get(pk=story.pk).first_published_at

    # The reader enlarges the text by keyboard, and the page remembers it.
    reader.locator("[data-sizes] button").nth(3).focus()
    reader.keyboard.press("Enter")
    reader.reload()
    expect(reader.locator("html")).to_have_attribute("data-taille", "4")

    # The journalist revises. The reader sees the old text until the new one is approved and published.
    page.goto(change)
    deed(page, "revise")
    wait_for_editor(page)
    page.locator("#id_headline").fill("Au port, la criée de l’aube a trouvé ses habitués")
    with page.expect_navigation():
        page.locator("[data-save]").click()
    reader.goto(address)
    expect(reader.locator("h1")).to_have_text(HEADLINE)
    deed(page, "submit")
    desk[sub_editor].goto(change)
    deed(desk[sub_editor], "approve")
    desk[editor].goto(change)
    deed(desk[editor], "publish", change="update")
    reader.goto(address)
    expect(reader.locator("h1")).to_contain_text("a trouvé ses habitués")

    withdrawn_from = Article.objects.get(pk=story.pk).get_absolute_url()

    # Another article links to it.
    source = publish_story(
        make_story(by=sub_editor, headline="La halle, un an après", authors=[author.pk], body=linking_to(story))
    )
    source_address = Article.objects.get(pk=source.pk).get_absolute_url()
    assert f"-{story.pk}/" in reader.request.get(source_address).text()

    # The editor withdraws it: the address answers 410, and no list, feed, sitemap or « Lire aussi » names it.
    deed(desk[editor], "withdraw", note="Le témoin s’est rétracté.")
    gone = reader.goto(address)
    assert gone is not None
    assert gone.status == 410
    assert "rétracté" not in gone.text()
    assert "habitués" not in gone.text()
    places = ["/", f"/{section.slug}/", f"/auteurs/{'nadia-berrahal'}/", "/flux/", f"/flux/{section.slug}/"]
    places += ["/sitemap.xml", "/sitemap/articles-0.xml"]
    places += [source_address, *(Article.objects.get(pk=other.pk).get_absolute_url() for other in others)]
    for place in places:
        response = reader.request.get(place)
        # the pages of the author and of the section stay, as they list other articles
        assert response.status == 200, place
        answer = response.text()
        assert "habitués" not in answer, place
        assert f"-{story.pk}/" not in answer, place
    assert reader.request.get(f"/sujets/{topic.slug}/").status == 404

    # It is published again, at its old address and with its first date.
    page.goto(change)
    deed(page, "submit")
    desk[sub_editor].goto(change)
    deed(desk[sub_editor], "approve")
    desk[editor].goto(change)
    deed(desk[editor], "publish")
    assert Article.objects.get(pk=story.pk).get_absolute_url() == withdrawn_from
    back = reader.goto(withdrawn_from)
    assert back is not None
    assert back.status == 200
    assert Article.objects.get(pk=story.pk).first_published_at == first
