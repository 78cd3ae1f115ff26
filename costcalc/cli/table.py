"""``costcalc table``: networks as a table for a paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ..conventions import DEFAULT
from ..errors import UsageError
from ..render import ROWS
from ..reports.counted import count
from ..reports.printed import PaperRow, add_printed
from ..reports.table import OF_MEMORY, document, faces, raw_table, shown_table, titled
from .options import (
    columns_option,
    complete_specs,
    convention_option,
    example,
    memory_option,
    output_options,
    sort_option,
    spec_options,
)
from .output import write_tables, write_text
from .spec_command import SpecCommand, given_specs, words_given
from .specs import open_convention

if TYPE_CHECKING:
    from ..memory import MemoryUse
    from ..reports.counted import Counted


@click.command(
    cls=SpecCommand,
    epilog=example(
        "costcalc table mobilenet_v2 mobilenet_v2:alpha=1.4 resnet_50 --format latex",
        "costcalc table mobilenet_v2 efficientnet_b0 --as paper --format latex",
        "costcalc table mobilenet_v1 --title MobileNetV1 --unit params=M,mult_adds=G",
        "costcalc table mcunet_in0 mobilenet_v2 --memory --bits 8 --digits 4",
    ),
)
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True, shell_complete=complete_specs)
@click.option(
    "--as",
    "kind",
    type=click.Choice(["paper", "statement"]),
    help="paper: the figures that each network's own paper prints, and its citation; statement: YAML of the point, the "
    'definitions and the exact figures, which "costcalc check FILE" verifies.',
)
@columns_option()
@click.option(
    "--unit",
    metavar="UNIT,…",
    help="k, M, G, T or 1 for params and mult-adds, kB to GB or KiB to GiB for bytes; of single columns: "
    "params=M,mult_adds=G.  [default: M,KiB]",
)
@click.option("--digits", type=click.IntRange(1, 15), metavar="N", help="Significant digits.  [default: 3]")
@click.option(
    "--title",
    "titles",
    metavar="TEXT",
    multiple=True,
    help="The first SPEC's name in the table; again: the next one's.",
)
@convention_option("Count by this convention too", default=DEFAULT, show_default=True)
@memory_option
@click.option("--bits", type=click.IntRange(1, 64), metavar="N", help="With --memory: of a value.  [default: 32]")
@click.option("--batch", type=click.IntRange(min=1), metavar="N", help="With --memory: so many images at a time.")
@sort_option()
@spec_options
@output_options
@click.pass_context
def table(
    ctx: click.Context,
    /,
    specs: tuple[str, ...],
    kind: str | None,
    columns: str | None,
    unit: str | None,
    digits: int | None,
    titles: tuple[str, ...],
    convention: str,
    memory: str | None,
    bits: int | None,
    batch: int | None,
    sort: str | None,
    variant: str | None,
    settings: tuple[str, ...],
    fmt: str,
    output: str | None,
    **values: Any,
) -> None:
    """Networks as a table for a paper: titles, and figures in a unit and to a number of digits.

    The titles of the columns have the units, and a note says what is counted. LaTeX is a booktabs tabular, with the
    notes as comments. CSV and JSON hold the exact figures, whatever the unit.
    """
    if kind == "statement":
        tables_alone = {"--columns": columns, "--unit": unit, "--digits": digits, "--sort": sort}
        for option, given_for_it in {**tables_alone, "--format": None if fmt == "table" else fmt}.items():
            if given_for_it is not None:
                raise UsageError(f"{option} is for tables: a statement is YAML with the exact figures")
    face = faces(unit, digits)
    chosen = None if convention == DEFAULT else open_convention(convention)
    every = given_specs(ctx, words_given(ctx), values, settings, variant)
    counted = [count(given.network, given.values, chosen) for given in every]
    asked = [column.strip() for column in (columns or "").split(",")]
    if memory is None and any(column in OF_MEMORY for column in asked):
        memory = "live"
    if memory is None and (bits is not None or batch is not None):
        raise UsageError(f"{'--bits' if bits is not None else '--batch'} is for --memory")
    names = titled([g.word for g in every], titles, [(c, g.values) for c, g in zip(counted, every, strict=True)])
    rows = [
        PaperRow(name, given.word, c, _use(c, memory, bits, batch))
        for name, given, c in zip(names, every, counted, strict=True)
    ]
    if kind == "statement":
        from ..reports.statement import statement

        write_text(statement([(row, given.spec) for row, given in zip(rows, every, strict=True)]), output)
        return
    if kind == "paper":
        add_printed(rows)
    if fmt == "json":
        write_tables([], fmt, output, document(rows, columns, sort))
    elif fmt in ROWS:
        write_tables([raw_table(rows, columns, sort)], fmt, output)
    else:
        write_tables([shown_table(rows, columns, sort, face, brief=fmt == "table")], fmt, output)


def _use(counted: Counted, memory: str | None, bits: int | None, batch: int | None) -> MemoryUse | None:
    return None if memory is None else counted.default.memory(memory, bits=bits or 32, batch=batch or 1)
