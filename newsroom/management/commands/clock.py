import logging
import os
import signal
import time
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.db.utils import Error

from newsroom.clock import BEAT, Clock, Crew, end_with_parent
from newsroom.models import Hand

logger = logging.getLogger(__name__)

BESIDE = 5  # how much nicer the hands beside publications are to all that runs on this machine


class Command(BaseCommand):
    help = "Does what is due: publications, and beside them mail, picture sizes and upkeep. Runs until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        names = [hand.name.lower() for hand in Hand]
        parser.add_argument("--once", action="store_true", help="do what is due now, then stop")
        parser.add_argument(
            "--only",
            choices=names,
            help="run this hand alone; else the departures start the others",
        )
        parser.add_argument("--with-parent", action="store_true", help="end when the standard input closes")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            clock = Clock()
            clock.start()
            while clock.beat():
                pass
            return
        self.going = True
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        only = Hand[options["only"].upper()] if options["only"] else None
        if options["with_parent"]:
            end_with_parent()
        if only is not None and only != Hand.DEPARTURES:
            os.nice(BESIDE)
        crew = Crew(hand for hand in Hand if hand != Hand.DEPARTURES and only is None)
        self.stdout.write("The clock beats." if only is None else f"The clock beats: {only.name.lower()}.")
        try:
            self.run([only or Hand.DEPARTURES], crew)
        finally:
            crew.stop()

    def stop(self, *_args: object) -> None:
        """Let the present beat end, and begin no other."""
        self.going = False

    def run(self, hands: Iterable[Hand], crew: Crew) -> None:
        clock, started = Clock(hands), False
        while self.going:
            crew.tend()
            try:
                if not started:
                    crew.announce()
                    started = clock.start()
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
