import logging
import signal
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.db.utils import Error

from newsroom.clock import BEAT, Clock
from newsroom.scheduling.zone_changes import keep_wall_times

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Does what is due: publications, picture sizes, mail, the most read. Runs until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, then stop")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            keep_wall_times()
            clock = Clock()
            while clock.beat():
                pass
            return
        self.going = True
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        self.stdout.write("The clock beats.")
        self.run()

    def stop(self, *_args: object) -> None:
        """Let the present beat end, and begin no other."""
        self.going = False

    def run(self) -> None:
        clock, started = Clock(), False
        while self.going:
            try:
                if not started:
                    keep_wall_times()
                    started = True
                if clock.beat():
                    continue  # more may be due
            except Error as error:
                # the database is away or restarting: all that is due waits in its rows
                self.stderr.write(f"The database does not answer: {error}")
                close_old_connections()
            except Exception:
                # one failure must not stop the publication of everything else
                logger.exception("this beat did not end")
            time.sleep(BEAT)
