import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from articles.models import Image
from newsroom import publishing

logger = logging.getLogger(__name__)

MOST_NAMED = 20  # pictures that could not be copied


class Command(BaseCommand):
    help = "Copies the sizes of published pictures that are missing in public storage: after a restore, for example."

    def handle(self, *args: Any, **options: Any) -> None:
        """Copy them one by one: a picture whose files cannot be read keeps no other from its place."""
        failed: list[int] = []
        for number in Image.objects.order_by("pk").values_list("pk", flat=True).iterator():
            try:
                with transaction.atomic(durable=True):
                    publishing.lock_photos([number])
                    publishing.copy_sizes(Image.objects.filter(pk=number))
            except Exception:
                if not connection.is_usable():
                    raise
                logger.exception("picture %s was not copied", number)
                failed.append(number)
        if failed:
            named = ", ".join(map(str, failed[:MOST_NAMED])) + (", …" if len(failed) > MOST_NAMED else "")
            raise CommandError(
                f"{len(failed)} pictures could not be copied (see above), the others have their files. Numbers: {named}"
            )
        self.stdout.write("Every published picture has its files.")
