"""``costcalc list``: which networks and variants there are, and what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..catalogue import entries
from ..errors import UsageError
from ..render import ROWS
from ..reports.columns import select
from ..reports.columns import sort as sort_rows
from ..reports.list_ import FLASH, PEAK, STANDARD, add_bytes, counted, document, matching, nothing, of_family, table
from ..reports.values import with_format
from .options import (
    OptionalWordCommand,
    columns_option,
    convention_option,
    example,
    memory_options,
    output_options,
    sort_option,
)
from .output import write_tables
from .progress import progress

if TYPE_CHECKING:
    from ..conventions import Convention
    from ..memory.asked import MemoryAsked


@click.command(
    "list",
    cls=OptionalWordCommand,
    epilog=example(
        "costcalc list mobilenet v2",
        "costcalc list --family mobile --sort -mult_adds",
        "costcalc list detection --columns name,year,params",
    ),
)
@click.argument("words", metavar="[WORD]...", nargs=-1)
@click.option("--family", metavar="NAME", help="Only the networks of a family.")
@click.option("--costs", is_flag=True, hidden=True, help="What is shown anyway, in earlier versions on demand.")
@columns_option()
@sort_option()
@convention_option("With params and work by this convention")
@memory_options
@click.option("--bits", metavar="N", help="With --memory: bits of a value; 32 unless given.")
@output_options
def list_(
    words: tuple[str, ...],
    family: str | None,
    costs: bool,
    columns: str | None,
    sort: str | None,
    convention: str | None,
    memory: str | None,
    weight_bits: int | None,
    batch: int,
    bits: str | None,
    fmt: str,
    output: str | None,
) -> None:
    """Networks and their variants, what they cost by default, and the parameters that they have then.

    Each WORD must be part of the name or an alias, or be the family or the task: upper or lower case, - and _ are all
    the same. Where no name has it, titles are searched.
    """
    every, about = entries()
    every.sort(key=lambda entry: (entry.family.lower(), entry.network.lower()))
    found = matching(every if family is None else of_family(every, family), words)
    if not found:
        click.echo(nothing(words, family, every), err=True)
    rows = counted(found, None if convention is None else _convention(convention))
    asked = _memory(memory, bits, weight_bits, batch, columns, sort)
    if asked is not None:
        add_bytes(progress(rows, lambda row: row.entry.name), asked)
    made = table(rows, about, asked)
    if sort is not None:
        sort_rows(made, sort)
    names = [str(row[0]) for row in made.rows]
    there = {column.id for column in made.columns}
    select(made, columns, [name for name in STANDARD if name in there])
    if fmt == "json":
        documents = {row.entry.name: document(row) for row in rows}
        ids = [column.id for column in made.columns] if columns is not None else None
        chosen = [{key: documents[name][key] for key in ids or documents[name]} for name in names]
        write_tables([], fmt, output, with_format({"networks": chosen}))
        return
    write_tables([made] if rows or fmt in ROWS else [], fmt, output)


def _memory(
    definition: str | None, bits: str | None, weight_bits: int | None, batch: int, *words: str | None
) -> MemoryAsked | None:
    said = " ".join(word or "" for word in words)
    if definition is None and bits is None and PEAK not in said and FLASH not in said:
        for option, given in (("--weight-bits", weight_bits is not None), ("--batch", batch != 1)):
            if given:
                raise UsageError(f"{option} is for --memory")
        return None
    from ..reports.memory import memory_asked  # and what builds networks, which a list from the index does without

    return memory_asked(definition, bits, weight_bits, batch, [said])


def _convention(name: str) -> Convention:
    from .specs import open_convention  # all of the library, which a list from the index does without

    return open_convention(name)
