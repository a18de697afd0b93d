from typing import TYPE_CHECKING, cast

from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:  # a second configuration here would keep Django from finding ours
    from django.contrib.staticfiles.apps import StaticFilesConfig

# What collectstatic leaves behind: the editor's plugins bring pages, whose scripts would run on the desk's origin.
PAGES = ["*.html", "*.htm", "*.xhtml", "*.xml"]


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = _("The site")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import checks  # noqa: F401  (registers the system checks)

        collecting = cast("StaticFilesConfig", apps.get_app_config("staticfiles"))
        collecting.ignore_patterns = [*collecting.ignore_patterns, *PAGES]  # Django has no setting for it
