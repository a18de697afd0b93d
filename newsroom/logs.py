"""What no log says: the key of a review link, which its address ends with. Who found it there could open the text."""

import logging
import re

KEY = re.compile(r"(/relecture/)[^/\s\"'?]+")


class DiscreetFormatter(logging.Formatter):
    """A line as it is written elsewhere, its traceback included, with a word in the place of each key."""

    def format(self, record: logging.LogRecord) -> str:
        return KEY.sub(r"\1[key]", super().format(record))
