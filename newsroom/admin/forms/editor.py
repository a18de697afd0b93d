"""The editor of a body: CKEditor 4 behind one setting, `BODY_WIDGET`. The stored HTML knows nothing of it.

Its own filter is no boundary: whatever it sends is cleaned by `newsroom.body`.
"""

from typing import Any

from ckeditor.widgets import CKEditorWidget
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from newsroom.body.inline import EMBED_HOSTS

static_lazy = lazy(static, str)

REMOVED_PLUGINS = (
    "exportpdf,scayt,wsc,iframe,flash,forms,smiley,templates,newpage,save,print,preview,bidi,font,colorbutton,div,image,"
    "uploadimage,uploadwidget,about,elementspath,language,pagebreak,showblocks,stylescombo,justify,find,liststyle,"
    "sourcedialog,magicline,resize"
)

# The editor keeps what the cleaner keeps, so that nothing disappears on saving. The boundary is `newsroom.body`.
KEPT = (
    "p h2 h3 strong em sup sub ul ol li br footer figcaption table caption thead tbody tfoot tr; a[!href]; "
    "blockquote(exergue); div(!exergue-words); th[colspan,rowspan,scope]; td[colspan,rowspan]; "
    "aside(!lire-aussi)[!data-article]; figure(image,embed)[data-image,data-embed]"
)

# The plugin's words, in the language of the desk.
WORDS = {
    "crosshead": _("Crosshead"),
    "readAlso": _("Read also"),
    "readAlsoTitle": _("“Read also”: choose an article"),
    "readAlsoMissing": _("Read also: article not public or not yours to see"),
    "notPublic": _("not published yet: readers do not see this link"),
    "image": _("Image"),
    "imageTitle": _("Choose a picture from the library"),
    "imageMissing": _("This picture is no longer in the library."),
    "caption": _("Caption for this use (the library’s own when left empty)"),
    "exergue": _("Pull quote"),
    "exerguePlaceholder": _("The quotation"),
    "exergueSource": _("Who says it"),
    "annotate": _("Annotate this passage"),
    "search": _("Search"),
    "searching": _("Searching…"),
    "found": _("%(count)s found: arrows to move, Enter to choose."),
    "nothing": _("Nothing found. Try another word."),
    "offline": _("The desk does not answer. Your text is kept; try again."),
    "chooseOne": _("Choose one of the results."),
    "leftOut": _("Left out of the paste: {parts}."),
    "leftOutOne": {
        "deleted": _("{n} passage struck or deleted"),
        "comments": _("{n} comment"),
        "hidden": _("{n} hidden passage"),
        "images": _("{n} picture, which goes through the photo library"),
    },
    "leftOutMany": {
        "deleted": _("{n} passages struck or deleted"),
        "comments": _("{n} comments"),
        "hidden": _("{n} hidden passages"),
        "images": _("{n} pictures, which go through the photo library"),
    },
    "pastedPlain": _("This paste could not be read with its formatting: its words are here, without it."),
    "insert": _("Insert"),
    "cancel": _("Cancel"),
}


class BodyEditor(CKEditorWidget):  # type: ignore[misc]
    """A textarea that CKEditor takes over; without JavaScript it stays a textarea of HTML."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, template_name="newsroom/forms/body.html", **kwargs)
        # Assigned, not merged: django-ckeditor's defaults hold an uploader's addresses.
        self.config = {
            "toolbar": [
                ["Intertitre"],
                ["Bold", "Italic", "Superscript"],
                ["BulletedList", "NumberedList", "Blockquote"],
                ["Link", "Table"],
                ["LireAussi", "ImageArticle", "Exergue", "Annoter"],
                ["Undo", "Redo"],
                ["Source"],
            ],
            "skin": "moono-lisa",
            "extraPlugins": "redaction,redactionpassages,autogrow",
            "removePlugins": REMOVED_PLUGINS,
            "autoGrow_minHeight": 360,
            "autoGrow_bottomSpace": 60,
            "autoGrow_onStartup": True,
            "height": 360,
            "width": "100%",
            "language": "fr",
            "contentsLanguage": "fr",
            "contentsCss": [static_lazy("newsroom/css/contents.css")],
            "bodyClass": "desk-body",
            "customConfig": "",
            "stylesSet": False,
            "format_tags": "p;h2;h3",
            "entities": False,
            "entities_latin": False,
            "basicEntities": True,
            "fillEmptyBlocks": False,
            "disableNativeSpellChecker": False,
            "pasteFilter": None,  # Chrome's default strips our references
            "versionCheck": False,
            "removeButtons": "",
            "allowedContent": KEPT,
            "removeDialogTabs": "link:target;link:advanced;table:advanced",
            "redaction": {
                "words": WORDS,
                "articles": reverse_lazy("admin:lookup_articles"),
                "photos": reverse_lazy("admin:lookup_photos"),
                "references": reverse_lazy("admin:lookup_references"),
                "embedHosts": sorted(EMBED_HOSTS),
            },
        }
        self.external_plugin_resources = [
            ("redactionreferences", static_lazy("newsroom/js/ckeditor/references.js"), ""),
            ("redactionsearch", static_lazy("newsroom/js/ckeditor/search.js"), ""),
            ("redactionpaste", static_lazy("newsroom/js/ckeditor/paste.js"), ""),
            ("redactionshapes", static_lazy("newsroom/js/ckeditor/shapes.js"), ""),
            ("redactionwriting", static_lazy("newsroom/js/ckeditor/writing.js"), ""),
            ("redactionpassages", static_lazy("newsroom/js/ckeditor/passages.js"), ""),
            ("redaction", static_lazy("newsroom/js/ckeditor/plugin.js"), ""),
        ]
