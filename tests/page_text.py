"""What a page holds, however the lines of its template are broken: its text, and the fields of its forms."""

import re

import html5lib
from django.http import HttpResponse


def on_one_line(response: HttpResponse | str) -> str:
    """The HTML of a response with each run of spaces and line ends as one space. No-break spaces stay."""
    html = response if isinstance(response, str) else response.content.decode()
    return re.sub(r"[ \n]+", " ", html)


def plain(text: str) -> str:
    """`text` with ordinary spaces where a line may not break."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


def fields_of(response: HttpResponse, form_class: str) -> list[str]:
    """The names of the fields of the form that has this class, each once, in the order of the page."""
    document = html5lib.parse(response.content.decode(), namespaceHTMLElements=False)
    forms = [form for form in document.iter("form") if form_class in form.get("class", "").split()]
    assert len(forms) == 1, f"{len(forms)} forms have the class {form_class}"
    return list(dict.fromkeys(field.attrib["name"] for field in forms[0].iter() if "name" in field.attrib))
