"""Sends a reader who comes by a former address to the present one, once."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from articles.delivery import stamp

REDIRECT = "public, max-age=3600"  # an hour: a chief may give the address to something else


def to_present(request: HttpRequest, address: str) -> HttpResponse:
    """Redirect for good to `address`, at the same place of its list. Raises Http404 when that is where they are."""
    if request.path == address:
        raise Http404
    place = request.META.get("QUERY_STRING", "")
    return stamp(HttpResponsePermanentRedirect(f"{address}?{place}" if place else address), policy=REDIRECT)
