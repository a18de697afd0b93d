"""Data migrations that a newspaper at work does not notice: batch after batch, and from where they stopped."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.migrations import RunPython
from django.db.models import Model, QuerySet

SIZE = 200  # rows held at once: some megabytes when they have a body


class InBatches(RunPython):
    """Does something to the rows of a model, in the order of their numbers, each batch in a transaction of its own.

    `rows` leaves out what is done already, so that a migration which was stopped goes on when `migrate` runs again;
    `work(apps, rows)` changes a batch of held rows, and doing it twice does no harm. Its migration has `atomic = False`
    and no other operation: whatever else it held would not be undone. There is nothing to do in the other direction.
    """

    def __init__(
        self,
        app: str,
        model: str,
        work: Callable[[Any, list[Any]], None],
        *,
        rows: Callable[[QuerySet[Any]], QuerySet[Any]],
        size: int = SIZE,
    ) -> None:
        self.app, self.model, self.work, self.rows, self.size = app, model, work, rows, size
        super().__init__(self.run, RunPython.noop, atomic=False)

    def run(self, apps: Any, schema_editor: Any) -> None:
        """Raises RuntimeError in a transaction, which would hold all rows until its end."""
        alias = schema_editor.connection.alias
        if schema_editor.connection.in_atomic_block:
            raise RuntimeError("A data migration needs `atomic = False`.")
        model: type[Model] = apps.get_model(self.app, self.model)
        last = None
        while True:
            with transaction.atomic(using=alias):
                rows = self.rows(model._default_manager.using(alias)).order_by("pk")
                rows = rows if last is None else rows.filter(pk__gt=last)
                batch = list(rows.select_for_update(of=("self",), no_key=True)[: self.size])
                if batch:
                    self.work(apps, batch)
            if len(batch) < self.size:
                return
            last = batch[-1].pk
