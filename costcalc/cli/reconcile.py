"""``costcalc reconcile``: what every counting convention makes of a network, and what parts them."""

from __future__ import annotations

from typing import Any

import click

from ..errors import UsageError, quoted
from ..network import Network
from ..papers import load_papers
from ..reconcile import BY, Search, everywhere, shipped_conventions, shipped_counts, totals, waterfall
from ..render import ROWS
from ..reports.causes import answer, everywhere_document, everywhere_table, explain_document, explain_table
from ..reports.passed import passed_table
from ..reports.reconcile import (
    head,
    heading,
    totals_document,
    totals_table,
    waterfall_document,
    waterfall_tables,
)
from ..reports.values import FORMAT
from ..table import Table
from ..units import FigureError, Printed, parse_printed
from .options import complete_conventions, complete_specs, example, output_options, spec_options
from .output import write_tables
from .spec_command import SpecCommand, given_specs, words_given
from .specs import open_convention


@click.command(
    cls=SpecCommand,
    epilog=example(
        "costcalc reconcile mobilenet_v2",
        "costcalc reconcile mobilenet_v2 --between fvcore ptflops_pytorch",
        "costcalc reconcile mobilenet_v2 --explain 314M",
        "costcalc reconcile mobilenet_v2 --memory --bits 8",
        "costcalc reconcile --any --explain 5.3M --explain 390M",
    ),
)
@click.argument("spec", metavar="[SPEC]", required=False, shell_complete=complete_specs)
@click.option(
    "--between",
    nargs=2,
    metavar="NAME NAME",
    shell_complete=complete_conventions,
    help="From one convention's total to another's: what makes the difference, and how much each.",
)
@click.option(
    "--by",
    type=click.Choice(BY),
    help="What a step between two conventions is: a part of a kind of op, a kind of op, a call in the spec, a stage.  "
    "[default: part]",
)
@click.option(
    "--explain",
    "figures",
    metavar="FIGURE",
    multiple=True,
    help="What gives a printed figure, such as 314M or '3.4M params': conventions, variants and options, classes, "
    "resolutions, what is left out, how it is cut, and the tables that print it.",
)
@click.option(
    "--any",
    "anywhere",
    is_flag=True,
    help="With --explain, in place of SPEC: which networks have the figure? Give two for params and mult-adds.",
)
@click.option("--all", "every", is_flag=True, help="Every cause, network and convention, not the likeliest alone.")
@click.option(
    "--convention",
    "names",
    metavar="NAME",
    multiple=True,
    shell_complete=complete_conventions,
    help="Only this convention: a shipped one, or a YAML file; may be given again.  [default: all that are shipped]",
)
@click.option("--memory", is_flag=True, help="Bytes of activations at the peak by every definition of memory, instead.")
@click.option("--bits", type=click.IntRange(1, 64), metavar="N", help="With --memory: of a value.  [default: 32]")
@click.option(
    "--batch", type=click.IntRange(min=1), metavar="N", default=1,
    help="So many images at a time: work of all beside that of one, and with --memory their activations.",
)  # fmt: skip
@spec_options
@output_options
@click.pass_context
def reconcile(
    ctx: click.Context,
    /,
    spec: str | None,
    between: tuple[str, str] | None,
    by: Any,
    figures: tuple[str, ...],
    anywhere: bool,
    every: bool,
    names: tuple[str, ...],
    memory: bool,
    bits: int | None,
    batch: int,
    variant: str | None,
    settings: tuple[str, ...],
    fmt: str,
    output: str | None,
    **values: Any,
) -> None:
    """Why does one tool print another figure than the next, and than the paper? Every convention's total of SPEC.

    SPEC is what "costcalc show" takes; its parameters are options. What a convention counts, and from which version of
    which tool or paper that is known, stands in specs/conventions and in docs/conventions.md.
    """
    _one_of(spec, between, figures, anywhere, names, by)
    if memory and (between is not None or figures or names or anywhere):
        raise UsageError("--memory asks of bytes, by every definition: conventions and figures are another question")
    if bits is not None and not memory:
        raise UsageError("--bits is for --memory")
    if batch > 1 and (between is not None or figures):
        raise UsageError("--batch is for totals and for --memory: printed figures and steps are of one image")
    printed = [_printed(text) for text in figures]
    if spec is None:
        matches, near = everywhere(printed, shipped_counts())
        listed = everywhere_table(printed, matches, near, raw=fmt in ROWS, every=every)
        write_tables([listed], fmt, output, everywhere_document(printed, matches, near))
        return
    (given,) = given_specs(ctx, words_given(ctx), values, settings, variant)
    network, point = given.network, given.values
    document: Any
    if memory:
        document, tables = _memory(network, point, bits or 32, batch)
    elif between is not None:
        first, second = map(open_convention, between)
        pair = waterfall(network, point, first, second, by or "part")
        document = waterfall_document(network, point, pair)
        tables = waterfall_tables(network, point, pair, raw=fmt in ROWS)
    else:
        conventions = [open_convention(name) for name in dict.fromkeys(names)] or shipped_conventions()
        if printed:
            search = Search(network, point, conventions, fixed=point.keys())
            causes = answer(search, printed[0], load_papers())
            document = explain_document(search, printed[0], causes)
            tables = [explain_table(search, printed[0], causes, raw=fmt in ROWS, every=every)]
        else:
            counted = totals(network, point, conventions)
            document = totals_document(network, point, counted, batch)
            tables = [totals_table(network, point, counted, raw=fmt in ROWS, batch=batch)]
            if names and fmt not in ROWS and (passed := passed_table(counted)) is not None:
                tables.insert(0, passed)
    write_tables(tables, fmt, output, document)


def _memory(network: Network, point: dict[str, Any], bits: int, batch: int) -> tuple[dict[str, object], list[Table]]:
    from ..memory import memory_of
    from ..memory.definition import definitions
    from ..reports.memory import definitions_document, definitions_table

    graph = network.graph(expand=True, **point)
    every = [memory_of(graph, definition, bits=bits, batch=batch) for definition in definitions()]
    title = f"{heading(network, point)}; activations of {bits} bits{'' if batch == 1 else f', batch {batch}'}"
    return {"format": FORMAT, **head(network, point), **definitions_document(every)}, [definitions_table(every, title)]


def _one_of(spec: object, between: object, figures: tuple[str, ...], anywhere: bool, names: object, by: object) -> None:
    """An error for arguments that exclude one another."""
    if spec is None and not anywhere:
        raise click.UsageError("Missing argument 'SPEC'.")
    if anywhere and (spec is not None or between is not None or names or not figures):
        raise UsageError("--any asks for networks by their figures: costcalc reconcile --any --explain FIGURE")
    if between is not None and figures:
        raise UsageError("--between and --explain are two questions; ask one of them")
    if len(figures) > 1 and not anywhere:
        raise UsageError("--explain takes one figure of a network; two are for --any, or for costcalc check FILE")
    if between is not None and names:
        raise UsageError("--between names its conventions itself; leave out --convention")
    if by is not None and between is None:
        raise UsageError("--by is for --between: the steps from one convention to another")


def _printed(text: str) -> Printed:
    try:
        figure = parse_printed(text)
    except FigureError as e:
        raise UsageError(f"--explain: {e}") from e
    if figure.is_share:
        raise UsageError(f"--explain takes a count such as '314M', not the share {quoted(text)}")
    return figure
