"""What a page says, however the lines of its template are broken."""

import re

from django.http import HttpResponse


def on_one_line(response: HttpResponse | str) -> str:
    """The HTML of a response with each run of spaces and line ends as one space. No-break spaces stay."""
    html = response if isinstance(response, str) else response.content.decode()
    return re.sub(r"[ \n]+", " ", html)
