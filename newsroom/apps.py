import pkgutil
from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class NewsroomConfig(AppConfig):
    name = "newsroom"
    verbose_name = _("The desk")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Roles are groups. A migration cannot make them: its rows vanish in transactional tests.
        post_migrate.connect(make_roles, sender=self)


class DeskConfig(AdminConfig):
    """Django's admin, with our own site as its only one."""

    default = False  # otherwise Django would take this for the configuration of `newsroom`
    default_site = "newsroom.admin.site.Desk"

    def ready(self) -> None:
        """Make the site, then let each module of `newsroom.admin` register on it.

        `newsroom.admin` must not import them itself: the site lies in that package, and a module that registered
        before the site exists would be lost.
        """
        super().ready()
        package = import_module("newsroom.admin")
        for module in pkgutil.walk_packages(package.__path__, "newsroom.admin."):
            import_module(module.name)


def make_roles(**_kwargs: object) -> None:
    from django.contrib.auth.models import Group

    from .access import Role

    for role in Role:
        Group.objects.get_or_create(name=role.value)
