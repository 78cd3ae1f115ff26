"""``costcalc show``: what a network costs, layer by layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ..conventions import DEFAULT
from ..cost import GROUPINGS
from ..render import ROWS
from ..reports.counted import count
from ..reports.show import Selection, document, raw_table, tables
from .exit_status import FAILED_CHECK
from .options import (
    budget_option,
    columns_option,
    complete_specs,
    convention_option,
    example,
    output_options,
    sort_option,
    spec_options,
    total_option,
)
from .output import write_tables
from .spec_command import SpecCommand, given_specs, words_given
from .specs import open_convention

if TYPE_CHECKING:
    from ..table import Table


@click.command(
    cls=SpecCommand,
    epilog=example(
        "costcalc show mobilenet_v1 --alpha 0.5 --res 160",
        "costcalc show mobilenet_v1 --rho 6/7 --by stage --format csv",
        "costcalc show mobilenet_v2 --by op --bits all --prune 0.3",
        "costcalc show mobilenet_v2 --max params=4M --max mult_adds=310M",
    ),
)
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True, shell_complete=complete_specs)
@click.option(
    "--by",
    type=click.Choice(GROUPINGS),
    default="layer",
    show_default=True,
    help="What a row is: a call in the spec, a primitive, a block, a stage, all of an op or of a kind of layer.",
)
@columns_option()
@sort_option()
@click.option(
    "--top",
    type=click.IntRange(min=1),
    metavar="N",
    help="The first N rows, by mult-adds unless --sort is given, and one row for all others.",
)
@convention_option("Count by this convention too", default=DEFAULT, show_default=True)
@click.option(
    "--bits",
    metavar="N,…",
    help="Bytes of the params at so many bits each; all: 32, 16, 8 and 4.",
)
@click.option(
    "--prune",
    metavar="SHARE",
    help="Params and mult-adds that are left without this share of the channels, and of the weights.",
)
@budget_option
@spec_options
@total_option
@output_options
@click.pass_context
def show(
    ctx: click.Context,
    /,
    specs: tuple[str, ...],
    by: Any,
    columns: str | None,
    sort: str | None,
    top: int | None,
    convention: str,
    bits: str | None,
    prune: str | None,
    budgets: tuple[str, ...],
    variant: str | None,
    settings: tuple[str, ...],
    total: bool,
    fmt: str,
    output: str | None,
    **values: Any,
) -> None:
    """Params and mult-adds of each layer of SPEC, exactly, and in total.

    SPEC is the name of a shipped network, an alias or a variant ("costcalc list"), the path of a YAML file, or - for
    stdin. A spec's parameters are options: "costcalc show SPEC --help" lists them. Values are numbers, fractions
    (6/7) or words; of several SPECs a value is for those that have the parameter. Or they stand behind the SPEC, for it
    alone: SPEC:alpha=0.5,res=160.
    """
    chosen = None if convention == DEFAULT else open_convention(convention)
    found = given_specs(ctx, words_given(ctx), values, settings, variant)
    every = [count(spec.network, spec.values, chosen) for spec in found]
    more: list[list[Table]] = [[] for _ in every]
    for counted, spec, tables_of_it in zip(every, found, more, strict=True):
        if bits is not None:
            from ..reports.bits import add_bits

            tables_of_it.append(add_bits(counted, spec.values, bits))
        if prune is not None:
            from ..reports.prune import add_pruned

            tables_of_it.append(add_pruned(counted, spec.values, prune))
    lines = []
    if budgets:
        from ..reports.gate import beyond

        lines = [line for counted in every for line in beyond(counted, budgets)]
    selection = Selection(by, columns, sort, top)
    if fmt == "json":
        write_tables([], fmt, output, document(every, selection))
    elif fmt in ROWS:
        write_tables([raw_table(every, selection, total=total)], fmt, output)
    else:
        write_tables(tables(every, selection, more), fmt, output)
    for line in lines:
        click.echo(f"Over budget: {line}", err=True)
    if lines:
        ctx.exit(FAILED_CHECK)
