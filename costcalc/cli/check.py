"""``costcalc check``: every printed figure of the papers against the computed one."""

from __future__ import annotations

import click

from .options import complete_specs, example, output_options
from .output import write_tables, write_text

HELP = """Compare every figure of the paper tables with the computed one; exit status 1 on a mismatch.

SPEC is a family, a paper's file or a network: then its figures are all shown. Without one the whole is checked, and
what is shown are the figures that don't simply match.

\b
match         the computed figure is printed so
explained     another convention or configuration, for which there is evidence, gives it
copied        it stands in another table, and has a state of its own there
misprint      an error in print: the right figure comes out
nominal       a budget or a class, no count of this network
unexplained   our own figure is pinned, and what was tried is said
doubtful      recalled, never seen in print; not compared
not modelled  the network or the kind of figure isn't there yet
mismatch      none of these: an error in figure, spec or explanation
"""


@click.command(
    help=HELP,
    epilog=example("costcalc check mobilenet_v1"),
    short_help="The figures that papers print, against the computed ones.",
)
@click.argument("specs", nargs=-1, metavar="[SPEC]...", shell_complete=complete_specs)
@click.option("--all", "every", is_flag=True, help="Show the figures that match or aren't modelled too.")
@output_options
@click.pass_context
def check(ctx: click.Context, specs: tuple[str, ...], every: bool, fmt: str, output: str | None) -> None:
    """The check of all papers, or of what ``specs`` name."""
    from ..papers import Checker, load_papers
    from ..papers.check import select
    from ..reports.check import SHOWN, document, flat, summary, tables

    papers = load_papers()
    results = Checker(papers).check(select(papers, specs))
    shown = [r for r in results if every or specs or r.state in SHOWN]
    if fmt == "table":
        if shown:
            write_tables(tables(shown), fmt, output)
        write_text(f"{summary(results)}\n", None)
    else:
        write_tables([flat(shown)] if fmt == "csv" else tables(shown), fmt, output, document=document(results))
    if any(r.state == "mismatch" for r in results):
        ctx.exit(1)
