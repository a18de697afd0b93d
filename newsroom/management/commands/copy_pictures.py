from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from articles.models import Image
from newsroom import publishing


class Command(BaseCommand):
    help = "Copies the sizes of published pictures that are missing in public storage: after a restore, for example."

    def handle(self, *args: Any, **options: Any) -> None:
        for number in Image.objects.order_by("pk").values_list("pk", flat=True):
            with transaction.atomic():
                publishing.lock_photos([number])
                publishing.copy_sizes(Image.objects.filter(pk=number))
        self.stdout.write("Every published picture has its files.")
