"""``costcalc reconcile``: what every counting convention makes of a network, and what parts them."""

from __future__ import annotations

from typing import Any

import click

from ..errors import UsageError, quoted
from ..reconcile import BY, explain, shipped_conventions, totals, waterfall
from ..reports import parameters
from ..reports.reconcile import (
    explain_document,
    explain_table,
    totals_document,
    totals_table,
    waterfall_document,
    waterfall_tables,
)
from ..units import FigureError, Printed, parse_printed
from .options import complete_conventions, complete_specs, example, output_options, spec_options
from .output import write_tables
from .spec_command import SpecCommand, given, networks
from .specs import at_variant, open_convention


@click.command(
    cls=SpecCommand,
    epilog=example(
        "costcalc reconcile mobilenet_v2",
        "costcalc reconcile mobilenet_v2 --between fvcore ptflops_pytorch",
        "costcalc reconcile mobilenet_v2 --explain 314M",
    ),
)
@click.argument("spec", metavar="SPEC", shell_complete=complete_specs)
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
    "figure",
    metavar="FIGURE",
    help="The conventions, classes (1000, 1001) and resolutions that give a printed figure, such as 314M.",
)
@click.option(
    "--convention",
    "names",
    metavar="NAME",
    multiple=True,
    shell_complete=complete_conventions,
    help="Only this convention: a shipped one, or a YAML file; may be given again.  [default: all that are shipped]",
)
@spec_options
@output_options
@click.pass_context
def reconcile(
    ctx: click.Context,
    /,
    spec: str,
    between: tuple[str, str] | None,
    by: Any,
    figure: str | None,
    names: tuple[str, ...],
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
    _one_of(between, figure, names, by)
    printed = None if figure is None else _printed(figure)
    found = networks(ctx, [spec])
    if variant is not None:
        found = at_variant(found, variant)
    (network,) = found
    point = parameters.values(network, given(ctx, values, settings))
    if between is not None:
        first, second = map(open_convention, between)
        pair = waterfall(network, point, first, second, by or "part")
        document: Any = waterfall_document(network, point, pair)
        tables = waterfall_tables(network, point, pair, raw=fmt == "csv")
    else:
        conventions = [open_convention(name) for name in dict.fromkeys(names)] or shipped_conventions()
        if printed is not None:
            results, near = explain(network, point, printed, conventions)
            document = explain_document(network, point, printed, results, near)
            tables = [explain_table(network, point, printed, results, near, raw=fmt == "csv")]
        else:
            every = totals(network, point, conventions)
            document = totals_document(network, point, every)
            tables = [totals_table(network, point, every, raw=fmt == "csv")]
    write_tables(tables, fmt, output, document)


def _one_of(between: object, figure: object, names: object, by: object) -> None:
    """An error for options that exclude one another."""
    if between is not None and figure is not None:
        raise UsageError("--between and --explain are two questions; ask one of them")
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
