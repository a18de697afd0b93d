"""« Nos corrections »: what the newspaper got wrong and said so, newest first."""

from itertools import groupby

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles.dates import month_heading
from articles.delivery import deliver
from articles.frame import load_frame
from articles.listings import PAGE_SIZE, BadCursorError, Cursor
from articles.models import Article, Correction
from articles.structured_data import as_json, organisation


@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """Corrections, clarifications and rights of reply of what is live. Two queries, at any depth."""
    try:
        older_than = Cursor.decode(request.GET["avant"]) if "avant" in request.GET else None
    except BadCursorError as error:
        raise Http404 from error
    found = list(_told(older_than)[: PAGE_SIZE + 1])
    if older_than and not found:
        raise Http404
    shown = found[:PAGE_SIZE]
    frame = load_frame()
    context = {
        "frame": frame,
        "contact": next((page for page in frame.pages if page.slug == "contact"), None),
        "months": [
            {"heading": month_heading(first), "date": f"{first:%Y-%m}", "corrections": list(those)}
            for first, those in groupby(shown, key=lambda one: timezone.localdate(one.at).replace(day=1))
        ],
        "older": Cursor(shown[-1].at, shown[-1].pk).encode() if len(found) > PAGE_SIZE else "",
        "json_ld": as_json(organisation()),
    }
    here = f"{request.path}?avant={request.GET['avant']}" if older_than else request.path
    return deliver(request, "articles/corrections.html", context, keys=["corrections"], path=here)


def _told(older_than: Cursor | None) -> QuerySet[Correction]:
    told = Correction.objects.filter(Q(reply_id=None) | Q(reply_id__in=Article.objects.values("pk")))
    told = told.select_related("article__section__parent", "reply__section__parent").order_by("-at", "-pk")
    if here := older_than:
        # the first condition says nothing new, but gives the index its range
        told = told.filter(at__lte=here.at).filter(Q(at__lt=here.at) | Q(pk__lt=here.article))
    return told
