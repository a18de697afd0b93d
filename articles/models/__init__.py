"""The public record. Anyone may read every table here, so a draft is never in one.

Only `newsroom.publishing` writes texts and pictures: Article, its bylines, links and corrections, Image, Listing and
Withdrawal. The desk's forms write reference data: Section, Author, Topic, ImageCredit, Page. Import the names from this
package.
"""

from .article import Article, Byline, Correction, CrossLink, Withdrawal
from .author import Author
from .content import Content, Label
from .former import FormerAddress
from .image import CreditKind, Image, ImageCredit
from .listing import Listing, ListingKind
from .page import Page
from .readership import DaySalt, TopRead, ViewCount, ViewKey
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
    "DaySalt",
    "FormerAddress",
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
    "ViewKey",
    "Withdrawal",
]
