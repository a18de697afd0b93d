"""Every address of this process. The readers' addresses stand in `articles.urls`."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.static import serve

urlpatterns: list[URLPattern | URLResolver] = []
if settings.PROCESS != "reader":
    from django.contrib import admin

    urlpatterns.append(path("redaction/", admin.site.urls))
if settings.SERVES_MEDIA:
    urlpatterns.append(re_path(r"^media/(?P<path>.{1,240})$", serve, {"document_root": settings.MEDIA_ROOT}))
urlpatterns.append(path("", include("articles.urls")))

handler404 = "articles.views.errors.not_found" if settings.PROCESS == "reader" else "newsroom.admin.errors.not_found"
if settings.PROCESS != "reader":
    handler400 = "newsroom.admin.errors.bad_request"
    handler403 = "newsroom.admin.errors.forbidden"
handler500 = (
    "articles.views.errors.server_error" if settings.PROCESS == "reader" else "newsroom.admin.errors.server_error"
)
