"""``costcalc list``: which networks and variants there are, and what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..catalogue import entries
from ..render import ROWS
from ..reports.columns import select
from ..reports.columns import sort as sort_rows
from ..reports.list_ import STANDARD, counted, document, matching, nothing, of_family, table
from ..reports.values import with_format
from .options import columns_option, convention_option, example, output_options, sort_option
from .output import write_tables

if TYPE_CHECKING:
    from ..conventions import Convention


@click.command(
    "list",
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
@output_options
def list_(
    words: tuple[str, ...],
    family: str | None,
    costs: bool,
    columns: str | None,
    sort: str | None,
    convention: str | None,
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
    made = table(rows, about)
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


def _convention(name: str) -> Convention:
    from .specs import open_convention  # all of the library, which a list from the index does without

    return open_convention(name)
