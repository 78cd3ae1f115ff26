"""``costcalc compare``: networks side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ..conventions import DEFAULT, Convention
from ..errors import UsageError, quoted
from ..language.find import is_path
from ..render import PAGES, ROWS
from ..reports.columns import with_total
from ..reports.compare import BY, document, tables
from ..reports.counted import count
from ..reports.sides import Side, letters
from .options import complete_specs, convention_option, example, memory_option, output_options, total_option
from .output import write_tables
from .spec_command import VS, GivenSpec, SpecCommand, given_specs, words_given
from .specs import STDIN, open_convention

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class CompareCommand(SpecCommand):
    """A command between whose SPECs stands "vs"."""

    def spec_of(self, word: str) -> str | None:
        return None if word == VS else super().spec_of(word)


def complete_sides(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """``vs`` behind a SPEC, a SPEC behind that."""
    from click.shell_completion import CompletionItem

    before = words_given(ctx)
    if not before or before[-1] == VS:
        return complete_specs(ctx, param, incomplete)
    return [CompletionItem(VS)] if VS.startswith(incomplete) else []


@click.command(
    cls=CompareCommand,
    epilog=example(
        "costcalc compare standard vs separable",
        "costcalc compare mobilenet_v1 vs mobilenet_v1:alpha=0.5,res=160",
        "costcalc compare mobilenet_v1 vs mobilenet_v2 --res 192 --by stride",
        "costcalc compare mobilenet_v1 vs mobilenet_v2 --memory --bits 8 --by spec",
    ),
)
@click.argument("specs", metavar="SPEC vs SPEC...", nargs=-1, required=True, shell_complete=complete_sides)
@click.option(
    "--by",
    type=click.Choice(BY),
    help="Only the table whose rows are this: specs (the totals), closed forms, kinds of layers, strides of the "
    "feature maps, layers that differ.  [default: all; csv: spec]",
)
@click.option(
    "--diff/--no-diff",
    default=None,
    help="The layers that are added, removed or changed from the first SPEC to each other.  "
    "[default: if all are files]",
)
@convention_option("Count the totals by this convention too", default=DEFAULT, show_default=True)
@click.option(
    "--wrt",
    metavar="NAME,…",
    help="Closed forms and their ratio in these parameters. Layers such as standard have them without being asked.",
)
@memory_option
@click.option("--bits", type=click.IntRange(1, 64), metavar="N", help="With --memory: of a value.  [default: 32]")
@click.option(
    "--batch", type=click.IntRange(min=1), metavar="N", default=1,
    help="So many images at a time: mult-adds of all beside those of one; bytes of activations and moved ones grow.",
)  # fmt: skip
@click.option("--set", "settings", metavar="NAME=VALUE", multiple=True, help="A parameter, by its name.")
@total_option
@output_options
@click.pass_context
def compare(
    ctx: click.Context,
    /,
    by: str | None,
    diff: bool | None,
    convention: str,
    wrt: str | None,
    memory: str | None,
    bits: int | None,
    batch: int,
    settings: tuple[str, ...],
    total: bool,
    fmt: str,
    output: str | None,
    **values: Any,
) -> None:
    """What networks cost side by side: totals and their ratios to the first SPEC, kinds of layers, and strides.

    SPEC is what "costcalc show" takes, and behind it may stand a point: SPEC:alpha=0.5,res=160, or
    FILE:variant=NAME. Parameters are options as well: they are for all SPECs that have them, and a SPEC's own point
    wins.
    """
    chosen = None if convention == DEFAULT else open_convention(convention)
    every = given_specs(ctx, sides_of(words_given(ctx)), values, settings)
    found = [_side(letter, given, chosen) for letter, given in zip(letters(), every, strict=False)]
    for side in found:
        side.batch = batch
        if memory is not None:
            side.ask_bytes(memory, bits or 32)
    if memory is None and bits is not None:
        raise UsageError("--bits is for --memory")
    if diff is None:
        diff = all(given.spec == STDIN or is_path(given.spec) for given in every)
    if by == "layer":
        diff = True
    symbols = None if wrt is None else [name.strip() for name in wrt.split(",") if name.strip()]
    if fmt == "json":
        write_tables([], fmt, output, document(found, diff, wrt=symbols))
        return
    chosen_by = by or ("spec" if fmt in ROWS else None)
    made = tables(found, chosen_by, diff, raw=fmt in ROWS, wrt=symbols, folds=fmt in PAGES)
    if total and fmt in ROWS:
        made = [with_total(table) if table.totals else table for table in made]
    write_tables(made, fmt, output)


def sides_of(found: list[str]) -> list[str]:
    """The SPECs between which "vs" stands. Raises :class:`UsageError` where it doesn't, or where there is one SPEC."""
    form = "write SPEC vs SPEC"
    due = True  # a SPEC
    for k, word in enumerate(found):
        if word != VS:
            if not due:
                raise UsageError(f"'{VS}' is missing between {quoted(found[k - 1])} and {quoted(word)}")
        elif due:
            where = "before the first" if k == 0 else "between two"
            raise UsageError(f"there is no SPEC {where} '{VS}'; {form}, and ./{VS}.yaml for a file of that name")
        due = word == VS
    if due:
        raise UsageError(f"there is no SPEC behind the last '{VS}'; {form}")
    if len(found) == 1:
        raise UsageError(f"there is nothing to compare {quoted(found[0])} with; {form}")
    return found[::2]


def _side(letter: str, given: GivenSpec, convention: Convention | None) -> Side:
    """The cost of a SPEC. Errors name its word."""
    try:
        counted = count(given.network, given.values, convention)
    except UsageError as e:
        raise UsageError(f"{given.word}: {e.message}") from e
    return Side(letter, given.word, given.spec, counted, given.values, given.own)
