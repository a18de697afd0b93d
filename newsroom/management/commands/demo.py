from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from newsroom.demo.edition import LOGINS, stage_edition


class Command(BaseCommand):
    help = "Puts the demo newspaper together, from sections to drafts and logins. Safe to run twice."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.IS_DEMO:
            raise CommandError("The demo's logins are known to everybody: it is only made where NEWSROOM_MODE=demo.")
        stage_edition(self.stdout.write)
        self.stdout.write(f"Logins: {' '.join(LOGINS)} — password: {settings.DEMO_PASSWORD}")
