"""``costcalc lint``: all problems of a spec at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import click

from ..compile import Program, compile_spec
from ..conventions import read_convention
from ..errors import Place, SpecError, UsageError, printable
from ..language.find import is_path, open_shipped, shipped
from ..language.source import Mapping, Source, compose, read_source
from ..network import SpecLoader
from .exit_status import FAILED_CHECK, WRONG_INPUT, complain
from .options import example
from .output import write_tables, write_text
from .specs import STDIN, read_stdin

_KINDS = ("networks", "blocks", "conventions", "papers", "code")


class Problem(NamedTuple):
    """What is wrong, where, and at which variant if only there."""

    place: Place
    path: str
    message: str
    variant: str

    def __str__(self) -> str:
        parts = [str(self.place), f"variant {self.variant}" if self.variant else "", self.path, self.message]
        return printable(": ".join(part for part in parts if part)).replace("\n", "\\n")


@click.command(epilog=example("costcalc lint mobilenet_v1"))
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path())
@click.option(
    "--format",
    "fmt",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Form of the output.",
)
@click.option("-o", "--output", metavar="FILE", help="Write to FILE; what it held stays whole if that fails.")
@click.pass_context
def lint(ctx: click.Context, files: tuple[str, ...], fmt: str, output: str | None) -> None:
    """Every problem of each FILE: file:line:column, what is wrong, and what would be right.

    FILE is a network, a library of blocks, a counting convention or a paper's tables: a path, - for stdin, or the
    name of a shipped one. A network is also built with its defaults, where the shapes that it prints are compared,
    and at each of its variants.
    The exit status is 1 if there are problems, and 2 if a file can't be read.
    """
    found: dict[str, list[Problem]] = {}
    unread = 0
    for file in dict.fromkeys(files):
        try:
            found[file] = _check(file)
        except _Unreadable as e:
            unread += 1
            complain(str(e))
    problems = [problem for every in found.values() for problem in every]
    if fmt == "json":
        write_tables([], fmt, output, _document(found))
    else:
        write_text("".join(f"{line}\n" for file in found for line in _lines(file, found[file])), output)
    if problems:
        bad = sum(1 for every in found.values() if every)
        of = f" of {len(found)} files" if len(found) > 1 else ""
        where = f" in {bad}{of}" if of else ""
        click.echo(f"{len(problems)} problem{'s'[: len(problems) != 1]}{where}", err=True)
    ctx.exit(WRONG_INPUT if unread else FAILED_CHECK if problems else 0)


def _lines(file: str, problems: list[Problem]) -> list[str]:
    return [str(problem) for problem in problems] or [f"{printable(file)}: no problems"]


def _document(found: dict[str, list[Problem]]) -> dict[str, object]:
    problems = [
        {
            "file": p.place.file,
            "line": p.place.line,
            "column": p.place.column,
            "path": p.path,
            "variant": p.variant or None,
            "message": p.message,
        }
        for every in found.values()
        for p in every
    ]
    return {"files": list(found), "problems": problems}


# -- reading


class _Unreadable(Exception):
    """A file that isn't there, or may not be read."""


def _check(file: str) -> list[Problem]:
    """All problems of ``file``: those of its text, or if there are none those of what it builds."""
    try:
        source = _read(file)
    except UsageError as e:
        raise _Unreadable(str(e)) from e
    except SpecError as e:
        if isinstance(e.__cause__, OSError | ValueError) and not isinstance(e.__cause__, UnicodeError):
            raise _Unreadable(str(e)) from e
        return _unique([("", e)], Place(file, 1, 1))
    return _unique(_errors(source), source.place())


def _read(file: str) -> Source:
    if file == STDIN:
        return read_stdin()
    for kind in () if is_path(file) else _KINDS:
        if file in (files := shipped(kind)):
            return open_shipped(files[file])
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


def _errors(source: Source) -> Iterator[tuple[str, SpecError]]:
    """The errors of a file of any kind, each with the variant that shows it (none: the defaults, or the text)."""
    try:
        root = compose(source, None, [])
        if isinstance(root, Mapping) and root.get("convention") is not None:
            read_convention(source)
            return
        if isinstance(root, Mapping) and root.get("code") is not None:
            from ..conventions.code import read_code

            read_code(source)
            return
        if isinstance(root, Mapping) and root.get("paper") is not None:
            from ..papers.read import read_paper

            read_paper(source)
            return
        program = compile_spec(source, SpecLoader())
        program.require_sound()
    except SpecError as e:
        yield "", e
        return
    if program.spec.name:
        yield from _of_points(program)


def _of_points(program: Program) -> Iterator[tuple[str, SpecError]]:
    """What goes wrong at the defaults and at each variant."""
    for variant in (None, *program.spec.variants):
        try:
            program.build({}, variant)
        except UsageError as e:
            yield variant or "", SpecError(e.message, program.spec.variants[variant].text.place() if variant else None)
        except SpecError as e:
            yield variant or "", e
