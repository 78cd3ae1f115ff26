"""``costcalc check``: every printed figure of the papers against the computed one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from ..language.find import is_path
from ..render import ROWS
from ..table import Table
from .options import complete_tables, example, output_options
from .output import write_tables, write_text
from .progress import progress

if TYPE_CHECKING:
    from ..language.source import Source

HELP = """Compare every figure of the paper tables with the computed one; exit status 1 on a mismatch.

SPEC is a family, a paper's file or a network. Its own paper comes first: figures of mult-adds and params, and what each
table comes to, in a line; then the tables of others. Without a SPEC each paper has a line. --details shows the figures,
and why each comes out as it does.

\b
match         the computed figure is printed so
explained     another convention or configuration gives it, with evidence
copied        it stands in another table, and has a state of its own there
misprint      an error in print: the right figure comes out
nominal       a budget or a class, no count of this network
unexplained   our own figure is pinned, and what was tried is said
doubtful      recalled, never seen in print; not compared
not modelled  the network or the kind of figure isn't there yet
mismatch      none of these: an error in figure, spec or explanation

A FILE is a table of your own: YAML that begins with "paper:", in the form of docs/papers.md, or a CSV with columns
network, params, mult_adds and any parameters. Each figure gets a verdict in words; exit status 0 if every one has a
cause, 1 if one is off or of an unknown network, 2 if the file can't be read. See docs/checking.md.
A cost statement ("costcalc table --as statement") is computed again: exit status 1 if a figure differs.
"""


@click.command(
    help=HELP,
    epilog=example("costcalc check mobilenet_v1"),
    short_help="The figures that papers print, against the computed ones.",
)
@click.argument("specs", nargs=-1, metavar="[SPEC]...|FILE", shell_complete=complete_tables)
@click.option(
    "--details",
    is_flag=True,
    help="Show the figures: all of SPEC, else those that don't simply match, with the reasons.",
)
@click.option(
    "--all",
    "every",
    is_flag=True,
    help="With figures, show those that match or aren't modelled too; of a FILE's, the evidence.",
)
@click.option(
    "--write", "draft", metavar="FILE", help="Of one FILE: write it as a paper file with a state for each figure."
)
@output_options
@click.pass_context
def check(
    ctx: click.Context,
    specs: tuple[str, ...],
    details: bool,
    every: bool,
    draft: str | None,
    fmt: str,
    output: str | None,
) -> None:
    """The check of all papers, of what ``specs`` name, or of a person's own table."""
    from ..papers.own_table import SUFFIXES

    files = [spec for spec in specs if is_path(spec) or spec.lower().endswith(SUFFIXES)]
    if files or draft is not None:
        if len(files) != 1 or len(specs) != 1:
            raise UsageError("a table of your own is checked alone: costcalc check FILE")
        _own_table(ctx, files[0], every, draft, fmt, output)
        return
    from ..papers import Checker, load_papers
    from ..papers.select import select
    from ..reports.check import SHOWN, document, flat, summary, tables
    from ..reports.check_short import short_summary, short_tables

    papers = load_papers()
    results = Checker(papers).check(progress(select(papers, specs), lambda paper: paper.title))
    shown = [r for r in results if every or specs or r.state in SHOWN]
    if fmt in ROWS or fmt == "json":
        write_tables([flat(shown)], fmt, output, document=document(results))
    else:
        wrong = [r for r in results if r.state == "mismatch"]
        made = tables(shown) if details or every else [*tables(wrong), *short_tables(results, specs)]
        if made:
            write_tables(made, fmt, output)
        if fmt == "table":
            last = summary(results) if details or every else short_summary(results)
            write_tables([Table([], [], notes=[last])], fmt, None)  # which breaks it between words
    if any(r.state == "mismatch" for r in results):
        ctx.exit(1)


def _own_table(ctx: click.Context, file: str, every: bool, draft: str | None, fmt: str, output: str | None) -> None:
    """The check of a person's own table."""
    from ..language.source import read_source
    from ..papers.own_table import SUFFIXES, read_own_table
    from ..reports.statement import is_statement

    source = read_source(file)
    if not file.lower().endswith(SUFFIXES) and is_statement(source):
        if draft is not None:
            raise UsageError("--write is for a table of figures: a cost statement has a verdict for each")
        _statement(ctx, source, fmt, output)
        return
    from ..reports.own_table import summary, verdict_document, verdict_rows, verdict_tables
    from ..reports.verdicts import WITHOUT_CAUSE, verdicts

    paper = read_own_table(source)
    found = verdicts(paper, lambda rows: progress(rows, lambda row: row[1].label or row[1].network or ""))
    if draft is not None:
        from ..reports.draft import draft as drafted

        write_text(drafted(paper, found), draft)
    if fmt == "table":
        write_tables(verdict_tables(found, every=every), fmt, output)
        more = "" if draft is not None else ". As a paper file: --write FILE."
        write_tables([Table([], [], notes=[f"{summary(found)}{more}"])], fmt, None)
    else:
        tables = [verdict_rows(found)] if fmt in ROWS else verdict_tables(found, every=every)
        write_tables(tables, fmt, output, document=verdict_document(found))
    if any(v.verdict in WITHOUT_CAUSE for v in found):
        ctx.exit(1)


def _statement(ctx: click.Context, source: Source, fmt: str, output: str | None) -> None:
    """The check of a cost statement."""
    from ..reports.statement import statement_document, statement_rows, statement_summary, statement_table, verify

    found = verify(source)
    made = statement_rows(found) if fmt in ROWS else statement_table(found)
    write_tables([made], fmt, output, statement_document(found) if fmt == "json" else None)
    if fmt == "table":
        write_text(f"{statement_summary(found)}\n", None)
    if not found.holds:
        ctx.exit(1)
