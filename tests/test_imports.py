"""Modules do not import one another in a circle, however long; nor do packages."""

from collections.abc import Iterable, Mapping
from functools import cache

import grimp

Imports = Mapping[str, Iterable[str]]


def circles(imports: Imports) -> list[set[str]]:
    """The groups of modules in which each imports every other, directly or through others (Tarjan's algorithm)."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    path: list[str] = []
    groups: list[set[str]] = []

    def visit(module: str) -> None:
        order[module] = lowest[module] = len(order)
        path.append(module)
        for other in imports.get(module, ()):
            if other not in order:
                visit(other)
            if other in path:
                lowest[module] = min(lowest[module], lowest[other])
        if lowest[module] == order[module]:
            group = {*path[path.index(module) :]}
            del path[path.index(module) :]
            if len(group) > 1:
                groups.append(group)

    for module in imports:
        if module not in order:
            visit(module)
    return groups


@cache
def imports_of_ours() -> dict[str, set[str]]:
    """The modules of ours that each of our modules imports, also inside a function or for types only."""
    graph = grimp.build_graph("newsroom", "articles", cache_dir=None)
    return {
        module: set(graph.find_modules_directly_imported_by(module))
        for module in graph.modules
        if ".migrations" not in module
    }


def package_of(module: str) -> str:
    """The room a module belongs to: `articles`, `newsroom.clock`, `newsroom.admin.panels`."""
    parts = module.split(".")
    if parts[0] == "articles":
        return "articles"
    return ".".join(parts[: 3 if parts[1:2] == ["admin"] else 2])


def test_no_modules_import_one_another_in_a_circle() -> None:
    assert circles(imports_of_ours()) == []


def test_no_packages_import_one_another_in_a_circle() -> None:
    packages: dict[str, set[str]] = {}
    for module, imported in imports_of_ours().items():
        names = packages.setdefault(package_of(module), set())
        names |= {package_of(other) for other in imported} - {package_of(module)}

    assert circles(packages) == []


def test_a_circle_is_found_whatever_its_length_and_nothing_else_is() -> None:
    """The control of the two tests above."""
    line = {"a": ["b"], "b": ["c"], "c": [], "d": ["a", "c"]}

    assert circles(line) == []
    assert circles({**line, "b": ["a"]}) == [{"a", "b"}]
    assert circles({**line, "c": ["a"]}) == [{"a", "b", "c"}]
    assert imports_of_ours()["newsroom.deeds"], "the graph is not empty"
