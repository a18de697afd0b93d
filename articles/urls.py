"""The readers' addresses. `articles.models.addresses.RESERVED_SLUGS` lists the first parts that are not sections."""

from django.urls import path, register_converter

from . import feeds, sitemaps
from .views.article import article, read, short
from .views.corrections import corrections
from .views.home import home
from .views.lists import author, authors, subsection, topic
from .views.pages import colours, health, robots, top


class NumberConverter:
    """Takes a number that fits in the database. A longer one is an unknown address, not an error of the query."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(NumberConverter, "number")

app_name = "articles"
urlpatterns = [
    path("", home, name="home"),
    path("rubriques.css", colours, name="colours"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap/pages.xml", sitemaps.pages, name="sitemap_pages"),
    path("sitemap/articles-<number:chunk>.xml", sitemaps.articles, name="sitemap_articles"),
    path("sante/", health, name="health"),
    path("lu/<number:number>/", read, name="read"),
    path("a/<number:number>/", short, name="short"),
    path("flux/", feeds.everything, name="feed"),
    path("flux/<slug:slug>/", feeds.of_section, name="section_feed"),
    path("auteurs/", authors, name="authors"),
    path("auteurs/<slug:slug>/", author, name="author"),
    path("corrections/", corrections, name="corrections"),
    path("sujets/<slug:slug>/", topic, name="topic"),
    path("<slug:section>/<slug:slug>-<number:number>/", article, name="article"),
    path("<slug:slug>/", top, name="section"),
    path("<slug:slug>/", top, name="top"),
    path("<slug:parent>/<slug:slug>/", subsection, name="subsection"),
]
