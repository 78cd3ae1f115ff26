"""``costcalc show``: what a network costs, layer by layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ..conventions import DEFAULT, Convention, load_convention, read_convention
from ..cost import GROUPINGS
from ..language.find import is_path
from ..language.source import read_source
from ..reports import parameters
from ..reports.figures import Counted, convention_notes, count, kinds_table, main_table, notes
from .options import complete_conventions, complete_specs, example, output_options
from .output import write_tables
from .spec_command import SpecCommand, given, networks
from .specs import at_variant

if TYPE_CHECKING:
    from ..table import Table


@click.command(
    cls=SpecCommand,
    epilog=example(
        "costcalc show mobilenet_v1 --alpha 0.5 --res 160",
        "costcalc show mobilenet_v1 --rho 6/7 --by stage --format csv",
        "costcalc show mobilenet_v2 --by op --bits all --prune 0.3",
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
@click.option("--columns", metavar="ID,…", help="These columns, in this order; a wrong one lists all.")
@click.option(
    "--sort",
    metavar="COLUMN",
    help="Order the rows: figures from the largest, text from A to Z; -COLUMN the other way round.",
)
@click.option(
    "--top",
    type=click.IntRange(min=1),
    metavar="N",
    help="The first N rows, by mult-adds unless --sort is given, and one row for all others.",
)
@click.option(
    "--convention",
    metavar="NAME",
    default=DEFAULT,
    show_default=True,
    shell_complete=complete_conventions,
    help="Count by this convention too: a shipped one, or a YAML file.",
)
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
@click.option("--variant", metavar="NAME", help="A variant of the spec.")
@click.option("--set", "settings", metavar="NAME=VALUE", multiple=True, help="A parameter, by its name.")
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
    variant: str | None,
    settings: tuple[str, ...],
    fmt: str,
    output: str | None,
    **values: Any,
) -> None:
    """Params and mult-adds of each layer of SPEC, exactly, and in total.

    SPEC is the name of a shipped network, an alias or a variant ("costcalc list"), the path of a YAML file, or - for
    stdin. A spec's parameters are options: "costcalc show SPEC --help" lists them. Values are numbers, fractions
    (6/7) or words; of several SPECs a value is for those that have the parameter.
    """
    found = networks(ctx, specs)
    if variant is not None:
        found = at_variant(found, variant)
    texts = given(ctx, values, settings)
    chosen = None if convention == DEFAULT else _convention(convention)
    points = [parameters.values(network, texts) for network in found]
    every = [count(network, point, chosen) for network, point in zip(found, points, strict=True)]
    if bits is not None or prune is not None:
        from ..reports.what_if import what_if

        for counted, point in zip(every, points, strict=True):
            counted.what_if = what_if(counted.network, point, bits, prune)
    if fmt == "json":
        from ..reports.document import document

        asked = by != "layer" or any(option is not None for option in (columns, sort, top))
        documents = [document(c, by, main_table(c, by, columns, sort, top, raw=True) if asked else None) for c in every]
        write_tables([], fmt, output, documents[0] if len(documents) == 1 else documents)
        return
    mains = [main_table(c, by, columns, sort, top, raw=fmt == "csv") for c in every]
    write_tables(_in_one(every, mains) if fmt == "csv" else _with_notes(every, mains, by), fmt, output)


def _convention(name: str) -> Convention:
    return read_convention(read_source(name)) if is_path(name) else load_convention(name)


def _with_notes(every: list[Counted], mains: list[Table], by: str) -> list[Table]:
    """Each network's rows and its kinds of layers, and below them what the figures count."""
    tables: list[Table] = []
    for counted, main in zip(every, mains, strict=True):
        tables.append(main)
        if by != "kind":
            tables.append(kinds_table(counted))
        tables[-1].notes += notes(counted, main)
        if counted.what_if:
            tables += counted.what_if.tables(counted.default)
    tables[-1].notes += convention_notes(every[-1])
    return tables


def _in_one(every: list[Counted], mains: list[Table]) -> list[Table]:
    """One table for programs: of several networks the first column is the name, and each has a row of totals."""
    if len(mains) == 1:
        return mains
    from ..table import Column, Table

    rows: list[tuple[Any, ...]] = []
    for counted, main in zip(every, mains, strict=True):
        totals = [main.totals.get(column.id) for column in main.columns]
        label = ["total"] if totals[0] is None else totals[:1]
        rows += [(counted.network.name, *row) for row in (*main.rows, (*label, *totals[1:]))]
    return [Table([Column("spec", "spec"), *mains[0].columns], rows)]
