"""The check that no block and no let needs itself."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import Problems
from ..language.source import Text


def check_circles(problems: Problems, calls: dict[str, set[str]], texts: Mapping[str, Text], message: str) -> None:
    """A problem for each circle among ``calls``."""
    done: set[str] = set()
    for start in calls:
        if start not in done:
            _visit(problems, start, calls, texts, message, done)


def _visit(
    problems: Problems, name: str, calls: dict[str, set[str]], texts: Mapping[str, Text], message: str, done: set[str]
) -> None:
    # An explicit stack: a chain of names in a file may be longer than Python's own.
    stack = [(name, iter(sorted(calls.get(name, ()))))]
    trail = {name: None}
    while stack:
        current, following = stack[-1]
        nxt = next(following, None)
        if nxt is None:
            stack.pop()
            del trail[current]
            done.add(current)
        elif nxt in trail:
            names = list(trail)
            circle = [*names[names.index(nxt) :], nxt]
            shown = circle if len(circle) < 8 else [*circle[:4], "…", *circle[-2:]]
            problems.append(texts[nxt].error(f"{message}: {' -> '.join(shown)}"))
        elif nxt not in done and nxt in calls:
            trail[nxt] = None
            stack.append((nxt, iter(sorted(calls[nxt]))))
