"""« Nos corrections »: the corrections, clarifications and rights of reply of live articles, newest first."""

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
    """One page of the list, by keyset. Two queries at any depth."""
    try:
        older_than = Cursor.decode(request.GET["avant"]) if "avant" in request.GET else None
    except BadCursorError as error:
        raise Http404 from error
    rows = list(_public_corrections(older_than)[: PAGE_SIZE + 1])
    if older_than and not rows:
        raise Http404
    on_page = rows[:PAGE_SIZE]
    frame = load_frame()
    context = {
        "frame": frame,
        "contact": next((page for page in frame.pages if page.slug == "contact"), None),
        "months": [
            {"heading": month_heading(first), "date": f"{first:%Y-%m}", "corrections": list(of_month)}
            for first, of_month in groupby(on_page, key=lambda one: timezone.localdate(one.at).replace(day=1))
        ],
        "older": Cursor(on_page[-1].at, on_page[-1].pk).encode() if len(rows) > PAGE_SIZE else "",
        "json_ld": as_json(organisation()),
    }
    here = f"{request.path}?avant={request.GET['avant']}" if older_than else request.path
    return deliver(request, "articles/corrections.html", context, keys=["corrections"], path=here)


def _public_corrections(older_than: Cursor | None) -> QuerySet[Correction]:
    """Every correction but the rights of reply whose own text is not public."""
    rows = Correction.objects.filter(Q(reply_id=None) | Q(reply_id__in=Article.objects.values("pk")))
    rows = rows.select_related("article__section__parent", "reply__section__parent").order_by("-at", "-pk")
    if here := older_than:
        # the first condition excludes nothing more, but gives the index its range
        rows = rows.filter(at__lte=here.at).filter(Q(at__lt=here.at) | Q(pk__lt=here.number))
    return rows
