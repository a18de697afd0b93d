import signal
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.db.utils import DatabaseError

from newsroom.clock import BEAT, Clock


class Command(BaseCommand):
    help = "Does what is due: picture sizes, mail, the most read. Runs until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, then stop")

    def handle(self, *args: Any, **options: Any) -> None:
        clock = Clock()
        if options["once"]:
            while clock.beat():
                pass
            return
        going = True

        def stop(*_args: object) -> None:
            nonlocal going
            going = False

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        self.stdout.write("The clock beats.")
        while going:
            try:
                clock.beat()
            except DatabaseError as error:
                # the database is away or restarting: everything due is in rows, and waits there
                self.stderr.write(f"The database does not answer: {error}")
                close_old_connections()
                time.sleep(BEAT)
            time.sleep(BEAT)
