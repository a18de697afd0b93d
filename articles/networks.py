"""Where a request comes from: the network, which stands for whoever shares it, and the page that made it."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = ""
ONE_HOME = 64  # bits of an IPv6 address: one home or one office has them in common, and as many addresses as it likes


def network_of(request: HttpRequest) -> str:
    """« 203.0.113.7 », or of an IPv6 address its /64: « 2001:db8:1:2::/64 ». `UNKNOWN` when there is no address."""
    text = _address_of(request).partition("%")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return UNKNOWN
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is None:
            return str(ip_network((address, ONE_HOME), strict=False))
        address = address.ipv4_mapped
    return str(address)


def is_from_our_pages(request: HttpRequest) -> bool:
    """Whether a browser says that a page of this site made the request. One that names no page was made by none."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is None and origin is None:
        return False
    return site in (None, "same-origin") and origin in (
        None,
        settings.SITE_URL,
        f"{request.scheme}://{request.get_host()}",
    )


def is_from_another_site(request: HttpRequest) -> bool:
    """Whether a browser says that a page of another site made the request. An old browser says nothing."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site not in ("same-origin", "none")
    return origin not in (None, "null", settings.SITE_URL, f"{request.scheme}://{request.get_host()}")


def _address_of(request: HttpRequest) -> str:
    """The address that the web server saw. Anybody may write this header, so only the last word of it is read, and
    only where a web server of ours stands in front and writes that word.
    """
    if settings.IS_BEHIND_A_PROXY and (forwarded := request.headers.get("X-Forwarded-For")):
        return forwarded.rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
