"""``lint``: all problems of a file of any kind, and the JSON document of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from ..budget import Budget
from ..compile import Program, compile_spec
from ..conventions import read_convention
from ..errors import Place, SpecError, UsageError, nearest, printable, quoted
from ..evaluate.run import MAX_WORK
from ..language.find import is_path, known_names, open_shipped, shipped
from ..language.index import folded
from ..language.source import Source, YamlMapping, compose, read_source
from ..network import SpecLoader
from .doubts import doubts
from .values import FORMAT

_KINDS = ("networks", "blocks", "conventions", "papers", "code")


class Problem(NamedTuple):
    """What is wrong, where, and at which variant if only there; ``warning``: what may be meant."""

    place: Place
    path: str
    message: str
    variant: str
    warning: bool = False

    def __str__(self) -> str:
        at = f"variant {self.variant}" if self.variant else ""
        parts = [str(self.place), "warning" if self.warning else "", at, self.path, self.message]
        return printable(": ".join(part for part in parts if part)).replace("\n", "\\n")


def lines(file: str, problems: list[Problem]) -> list[str]:
    """The problems of a file for people, a line each."""
    return [str(problem) for problem in problems] or [f"{printable(file)}: no problems"]


def document(found: dict[str, list[Problem]]) -> dict[str, object]:
    """The JSON: the files read, and all their problems."""
    problems = [
        {
            "file": p.place.file,
            "line": p.place.line,
            "column": p.place.column,
            "path": p.path,
            "variant": p.variant or None,
            "severity": "warning" if p.warning else "error",
            "message": p.message,
        }
        for every in found.values()
        for p in every
    ]
    return {"format": FORMAT, "files": list(found), "problems": problems}


# -- reading


class Unreadable(Exception):
    """A file that isn't there, or may not be read."""


def problems(file: str, read: Callable[[str], Source] | None = None) -> list[Problem]:
    """All problems of ``file``: those of its text, or if there are none those of what it builds.

    ``read`` gives the text of a file, :func:`open_file` by default. Raises :class:`Unreadable`.
    """
    try:
        source = (read or open_file)(file)
    except UsageError as e:
        raise Unreadable(str(e)) from e
    except SpecError as e:
        if isinstance(e.__cause__, OSError | ValueError) and not isinstance(e.__cause__, UnicodeError):
            raise Unreadable(str(e)) from e
        return _unique([("", e)], Place(file, 1, 1))
    warnings: list[tuple[str, SpecError]] = []
    errors = _unique(_errors(source, warnings), source.place())
    told = [problem._replace(warning=True) for problem in _unique(warnings, source.place())]
    return sorted(errors + told, key=lambda problem: problem.place)


def open_file(file: str) -> Source:
    """The text of a path, or of a shipped file of any kind by its name."""
    for kind in () if is_path(file) else _KINDS:
        if file in (files := shipped(kind)):
            return open_shipped(files[file])
    if not is_path(file) and not os.path.exists(file):
        paths = {k.path for k in known_names() if folded(k.name) == folded(file)}
        if len(paths) == 1:
            return open_shipped(paths.pop())
        known = [name for kind in _KINDS for name in shipped(kind)]
        raise UsageError(f"no file is called {quoted(file)}, and none that is shipped{nearest(file, known)}")
    return read_source(file)


def _unique(errors: Iterable[tuple[str, SpecError]], start: Place) -> list[Problem]:
    """Each problem once: at the defaults, or at the first variant that shows it."""
    found: dict[tuple[Place, str], Problem] = {}
    for variant, error in errors:
        for e in error.problems:
            place = e.place or start
            found.setdefault((place, e.message), Problem(place, e.path, e.message, variant))
    return sorted(found.values(), key=lambda problem: problem.place)


# -- finding problems


def _errors(source: Source, warnings: list[tuple[str, SpecError]]) -> Iterator[tuple[str, SpecError]]:
    """The errors of a file of any kind, each with the variant that shows it (none: the defaults, or the text).

    ``warnings`` take what is allowed and may not be meant.
    """
    try:
        root = compose(source, None, [])
        if isinstance(root, YamlMapping) and root.get("convention") is not None:
            read_convention(source)
            return
        if isinstance(root, YamlMapping) and root.get("code") is not None:
            from ..conventions.code import read_code

            read_code(source)
            return
        if isinstance(root, YamlMapping) and root.get("paper") is not None:
            from ..papers.read import read_paper

            read_paper(source)
            return
        program = compile_spec(source, SpecLoader())
        warnings += [("", warning) for warning in program.file.warnings]
        program.require_sound()
    except SpecError as e:
        yield "", e
        return
    if program.spec.name:
        yield from _of_points(program, warnings)


def _of_points(program: Program, warnings: list[tuple[str, SpecError]]) -> Iterator[tuple[str, SpecError]]:
    """What goes wrong at the defaults and at each variant."""
    budget = Budget(f"the {len(program.spec.points):,} variants", "the rest isn't built: put them into several files")
    for variant in (None, *program.spec.points):
        try:
            graph = program.build({}, variant, expand=True)
            warnings += [(variant or "", warning) for warning in doubts(program.spec, graph)]
            steps = graph.steps
        except UsageError as e:
            steps = program.size
            yield variant or "", SpecError(e.message, program.spec.points[variant].text.place() if variant else None)
        except SpecError as e:
            steps = MAX_WORK // 10
            yield variant or "", e
        try:
            budget.spend(steps)
        except UsageError as e:
            yield "", SpecError(e.message, program.spec.points[variant].text.place() if variant else None)
            return
