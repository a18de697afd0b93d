"""Messages that the extractor cannot see: inside an f-string, or made of anything but a literal.

Such a message is never translated, and nothing fails: a mail ends in English. `python tests/extraction.py` lists them.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("articles", "newsroom")
TRANSLATION = ("django.utils.translation", "gettext")
# how many of the first arguments of each function have to be literals
LITERALS = {
    "gettext": 1, "gettext_lazy": 1, "gettext_noop": 1,
    "ngettext": 2, "ngettext_lazy": 2,
    "pgettext": 2, "pgettext_lazy": 2,
    "npgettext": 3, "npgettext_lazy": 3,
}  # fmt: skip
# of a template: what is translated is a variable, or a literal that a filter changed before it was translated
VARIABLE = re.compile(r"\{%\s*(?:translate|trans)\s+(?!(?:\"[^\"]*\"|'[^']*')[\s%])([^%]*?)\s*%\}")


def functions_in(tree: ast.Module) -> dict[str, str]:
    """The names under which a module knows the functions of translation: « _ » is « gettext »."""
    return {
        name.asname or name.name: name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in TRANSLATION
        for name in node.names
        if name.name in LITERALS
    }


def modules_in(tree: ast.Module) -> set[str]:
    """The names under which a module knows `django.utils.translation` as a whole."""
    found = {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
        if name.name in ("translation", *TRANSLATION)
    }
    return {name.rpartition(".")[2] for name in found}


def faults(source: str) -> Iterator[tuple[int, str]]:
    """The line of each message of a Python module that cannot be extracted, and why."""
    tree = ast.parse(source)
    functions, modules = functions_in(tree), modules_in(tree)

    def function_of(call: ast.Call) -> str:
        called = call.func
        if isinstance(called, ast.Name):
            return functions.get(called.id, "")
        if isinstance(called, ast.Attribute) and called.attr in LITERALS:
            owner = called.value
            name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
            return called.attr if name in modules else ""
        return ""

    def look(node: ast.AST, *, in_f_string: bool) -> Iterator[tuple[int, str]]:
        if isinstance(node, ast.Call) and (function := function_of(node)):
            words = node.args[: LITERALS[function]]
            if in_f_string:
                yield node.lineno, "a message inside an f-string"
            elif len(words) < LITERALS[function] or not all(_is_literal(word) for word in words):
                yield node.lineno, "a message that is no literal"
        for child in ast.iter_child_nodes(node):
            yield from look(child, in_f_string=in_f_string or isinstance(node, ast.JoinedStr))

    yield from look(tree, in_f_string=False)


def faults_of_template(source: str) -> Iterator[tuple[int, str]]:
    """The line of each message of a template that is a variable."""
    for found in VARIABLE.finditer(source):
        yield source.count("\n", 0, found.start()) + 1, f"a message that is no literal: {found[1]}"


def _is_literal(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def every_fault() -> list[str]:
    found = []
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            found += [
                f"{path.relative_to(ROOT)}:{line}: {why}" for line, why in faults(path.read_text(encoding="utf-8"))
            ]
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in (".html", ".txt", ".xml"):
            text = path.read_text(encoding="utf-8")
            found += [f"{path.relative_to(ROOT)}:{line}: {why}" for line, why in faults_of_template(text)]
    return found


if __name__ == "__main__":
    sys.exit("\n".join(every_fault()) or 0)
