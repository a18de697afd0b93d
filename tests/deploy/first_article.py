"""Run by the test of the installation in the desk's shell: publishes an article with a picture, makes a review link of
its next version, and prints both addresses.
"""

from datetime import timedelta
from io import BytesIO

from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.urls import reverse
from PIL import Image as Picture

from articles.models import Article, Author, CreditKind, ImageCredit, Section
from newsroom import deeds, publishing
from newsroom.access import Role
from newsroom.accounts import set_standing
from newsroom.models import Story
from newsroom.photos import intake
from newsroom.review import share_links
from newsroom.stories import saving

writer, chief = User.objects.create(username="ines"), User.objects.get(username="your.name")
set_standing(writer, roles=[Role.JOURNALIST], sections=[])
file = BytesIO()
Picture.new("RGB", (1600, 1200), (20, 90, 140)).save(file, "JPEG")
photo = intake.take_in(
    ContentFile(file.getvalue(), name="IMG_1.jpg"),
    by=chief,
    alt="Le phare au petit matin.",
    caption="Le phare, mardi.",
    credit=ImageCredit.objects.create(name="Agence du Large", kind=CreditKind.AGENCY),
    photographer="Salma Idrissi",
)
story = saving.start_story(
    by=writer,
    headline="Le budget de la commune tient en trois lignes",
    standfirst="Réuni mardi, le conseil a voté sans débat.",
    body="<p>Le conseil s’est réuni mardi soir, portes ouvertes, devant une cinquantaine d’habitants.</p>",
    section=Section.objects.create(name="Politique", slug="politique"),
    authors=[Author.objects.create(name="Inès Delcourt", slug="ines-delcourt").pk],
    topics=[],
    lead_photo_id=photo.pk,
)
deeds.submit(story, revision=story.version, by=writer)
deeds.approve(story, revision=story.version, by=chief)
story.refresh_from_db()
publishing.publish(story, revision=story.version, by=chief)
draft = saving.start_story(
    by=writer,
    headline="Rien que pour nous",
    section=Section.objects.get(),
    authors=[Author.objects.get().pk],
    topics=[],
)
link = share_links.make_link(
    Story.objects.get(pk=draft.pk), revision=1, reader="Me Benali", lasts=timedelta(days=2), by=chief
)
print(Article.objects.get().get_absolute_url(), reverse("admin:shared", args=[share_links.token_of(link)]))
