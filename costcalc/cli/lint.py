"""``costcalc lint``: all problems of a spec at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .exit_status import FAILED_CHECK, WRONG_INPUT, complain
from .options import example, format_option, output_option
from .output import write_tables, write_text
from .specs import STDIN, read_stdin

if TYPE_CHECKING:
    from ..language.source import Source
    from ..reports.lint import Problem


@click.command(epilog=example("costcalc lint mobilenet_v1"))
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path())
@format_option("text", "json")
@output_option
@click.pass_context
def lint(ctx: click.Context, files: tuple[str, ...], fmt: str, output: str | None) -> None:
    """Every problem of each FILE: file:line:column, what is wrong, and what would be right.

    FILE is a network, a library of blocks, a counting convention or a paper's tables: a path, - for stdin, or the
    name of a shipped one. A network is also built with its defaults, where the shapes that it prints are compared,
    and at each of its variants.
    A warning is what may be meant: layers that no output depends on, a norm before the sigmoid of a gate.
    The exit status is 1 if there are problems that are no warnings, and 2 if a file can't be read.
    """
    from ..reports.lint import Unreadable, document, lines, problems

    found: dict[str, list[Problem]] = {}
    unread = 0
    for file in dict.fromkeys(files):
        try:
            found[file] = problems(file, _read)
        except Unreadable as e:
            unread += 1
            complain(str(e))
    every = [problem for own in found.values() for problem in own]
    if fmt == "json":
        write_tables([], fmt, output, document(found))
    else:
        write_text("".join(f"{line}\n" for file in found for line in lines(file, found[file])), output)
    errors = sum(not problem.warning for problem in every)
    if every:
        bad = sum(1 for own in found.values() if own)
        where = f" in {bad} of {len(found)} files" if len(found) > 1 else ""
        numbers = ((errors, "problem"), (len(every) - errors, "warning"))
        click.echo(", ".join(f"{n} {what}{'s'[: n != 1]}" for n, what in numbers if n) + where, err=True)
    ctx.exit(WRONG_INPUT if unread else FAILED_CHECK if errors else 0)


def _read(file: str) -> Source:
    from ..reports.lint import open_file

    return read_stdin() if file == STDIN else open_file(file)
