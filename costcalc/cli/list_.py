"""``costcalc list``: which networks and variants there are, and what they cost."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from ..catalogue import Entry, entries
from ..errors import UsageError
from ..render import ROWS
from ..reports.list_ import (
    FLASH,
    PEAK,
    PIPED,
    STANDARD,
    add_bytes,
    conventions_table,
    counted,
    document,
    folded_rows,
    main_task,
    rows_table,
    tables,
)
from ..reports.list_choice import matching, nothing, of_family, where
from .options import (
    OptionalWordCommand,
    columns_option,
    convention_option,
    example,
    memory_options,
    output_options,
    sort_option,
)
from .output import is_piped, write_tables
from .progress import progress

if TYPE_CHECKING:
    from ..conventions import Convention
    from ..memory.asked import MemoryAsked
    from ..reports.list_ import Listed


@click.command(
    "list",
    cls=OptionalWordCommand,
    epilog=example(
        "costcalc list mobilenet v2",
        "costcalc list --where 'params<4M mult_adds<300M' --sort mult_adds",
        "costcalc list detection --columns name,year,params",
        "costcalc list --conventions",
    ),
)
@click.argument("words", metavar="[WORD]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Networks of all tasks, and a row for each variant.")
@click.option("--family", metavar="NAME", help="Only the networks of a family.")
@click.option(
    "--where", "conditions", metavar="CONDITIONS", help="Only those with 'params<4M mult_adds<300M year>2018'."
)
@click.option("--conventions", is_flag=True, help="The counting conventions instead, in a line each.")
@click.option("--costs", is_flag=True, hidden=True, help="What is shown anyway, in earlier versions on demand.")
@columns_option()
@sort_option()
@convention_option("With params and work by this convention")
@memory_options
@click.option("--bits", metavar="N", help="With --memory: bits of a value; 32 unless given.")
@output_options
def list_(
    words: tuple[str, ...],
    everything: bool,
    family: str | None,
    conditions: str | None,
    conventions: bool,
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
    """Networks, what they cost by default, and how many variants they have.

    Each WORD must be part of the name or an alias, or be the family or the task: upper or lower case, - and _ are all
    the same. Where no name has it, titles are searched. Without anything asked for, the networks for classification.
    A pipe has a row for every variant, and one value in each column; JSON has the parameters.
    """
    if conventions:
        write_tables([conventions_table()], fmt, output)
        return
    every, _ = entries()
    every.sort(key=lambda entry: (entry.family.lower(), entry.network.lower()))
    found = matching(every if family is None else of_family(every, family), words)
    if not found:
        click.echo(nothing(words, family, every), err=True)
    if conditions is not None:
        met = where(found, conditions)
        if found and not met:
            click.echo("No network meets the conditions.", err=True)
        found = met
    chosen = None if convention is None else _convention(convention)
    asked = _memory(memory, bits, weight_bits, batch, columns, sort)

    def watched(some: list[Entry]) -> Iterable[Entry]:
        return progress(some, lambda entry: entry.name)

    def measured(rows: list[Listed]) -> list[Listed]:
        if asked is not None:
            add_bytes(progress(rows, lambda row: row.entry.name), asked)
        return rows

    if fmt == "json":
        write_tables([], fmt, output, document(measured(counted(found, chosen, watched)), columns, sort, asked))
    elif fmt in ROWS or (fmt == "table" and is_piped(output)):
        ids, for_people = (STANDARD, False) if fmt in ROWS else (PIPED, True)
        made = [rows_table(measured(counted(found, chosen, watched)), ids, columns, sort, asked, raw=for_people)]
        write_tables(made if found or not for_people else [], fmt, output)
    else:
        others = ""
        if not (words or family or conditions or everything):
            found, others = main_task(found)
        rows = measured(counted(found, chosen, watched) if everything else folded_rows(found, chosen, watched))
        made = tables(rows, every, columns, sort, asked)
        if others:
            made[-1].answer.append(others)
        write_tables(made, fmt, output)


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
