"""``costcalc lint``: all problems of a spec at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import click

from ..conventions import read_convention
from ..errors import Place, SpecError, UsageError, printable
from ..spec.find import is_path, open_shipped, shipped
from ..spec.source import Mapping, Source, compose, read_source
from .ending import FAILED_CHECK, WRONG_INPUT, complain
from .options import example
from .output import write_tables, write_text
from .specs import STDIN, read_stdin


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

    FILE is a network, a library of blocks or a counting convention: a path, - for stdin, or a shipped one's name. A
    network is also built with its defaults and at each of its variants, and the shapes that it prints are compared.
    The exit status is 1 if there are problems, and 2 if a file can't be read.
    """
    found: dict[str, list[Problem]] = {}
    unread = 0
    for file in dict.fromkeys(files):
        try:
            found[file] = list(_problems(_read(file)))
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


def _read(file: str) -> Source:
    try:
        if file == STDIN:
            return read_stdin()
        for kind in ("networks", "blocks", "conventions"):
            if not is_path(file) and file in (files := shipped(kind)):
                return open_shipped(files[file])
        return read_source(file)
    except UsageError as e:
        raise _Unreadable(str(e)) from e
    except SpecError as e:
        if isinstance(e.__cause__, UnicodeError) or e.__cause__ is None:
            return Source(file, "", _Wrong(e))
        raise _Unreadable(str(e)) from e


# -- finding problems


def _problems(source: Source) -> Iterator[Problem]:
    """All problems: those of the text, or if there are none those of what it builds."""
    seen: set[tuple[Place, str]] = set()
    for variant, error in _errors(source):
        for e in error.problems:
            place = e.place or source.place()
            if (place, e.message) not in seen:
                seen.add((place, e.message))
                yield Problem(place, e.path, e.message, variant)


def _errors(source: Source) -> Iterator[tuple[str, SpecError]]:
    """The errors, each with the variant that shows it."""
