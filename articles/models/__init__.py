"""The public record. Every table here may be read by anyone, so nothing unpublished is ever in one.

Texts and pictures (Article and what hangs on it, Image, Listing) are written by `newsroom.publishing` alone;
reference data (Section, Author, Topic, ImageCredit, Page) by the desk's forms. Import the names from this package.
"""

from .article import Article, Byline, Correction, CrossLink, Withdrawal
from .author import Author
from .content import Content, Label
from .image import CreditKind, Image, ImageCredit
from .listing import Listing, ListingKind
from .page import Page
from .readership import TopRead, ViewCount
from .section import Section
from .topic import Topic

__all__ = [
    "Article",
    "Author",
    "Byline",
    "Content",
    "Correction",
    "CreditKind",
    "CrossLink",
    "Image",
    "ImageCredit",
    "Label",
    "Listing",
    "ListingKind",
    "Page",
    "Section",
    "TopRead",
    "Topic",
    "ViewCount",
    "Withdrawal",
]
