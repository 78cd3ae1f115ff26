"""``costcalc fit``: which networks, at which points, fit budgets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from ..conventions import DEFAULT
from ..errors import UsageError
from ..reports.columns import select
from .exit_status import FAILED_CHECK
from .options import (
    columns_option,
    complete_specs,
    convention_option,
    example,
    memory_options,
    output_options,
    spec_options,
)
from .output import write_tables, write_text
from .progress import progress
from .spec_command import SpecCommand, given_specs, words_given
from .specs import open_convention

if TYPE_CHECKING:
    from ..fitting.measured import BoundAsked
    from ..fitting.searched import Searched


@click.command(
    cls=SpecCommand,
    epilog=example(
        "costcalc fit --max mult_adds=300M --max params=4M",
        "costcalc fit mobilenet_v1 --max mult_adds=150M --over alpha=0.25:1,res=160",
        "costcalc fit --max params=5M --prefer top1",
        "costcalc fit --max peak_memory=512KiB --bits 8 --max mult_adds=300M",
        "costcalc fit mobilenet_v1 --max bound=100ms --device stm32h747",
    ),
)
@click.argument("specs", metavar="[SPEC]...", nargs=-1, shell_complete=complete_specs)
@click.option(
    "--max", "budgets", metavar="COLUMN=FIGURE", multiple=True, required=True,
    help="A budget: params, mult_adds, counted (by --convention). k, M and G are thousands.",
)  # fmt: skip
@click.option(
    "--over", metavar="NAME=VALUES,…", multiple=True,
    help="Search these values in place of the declared ones: A:B:STEP, A:B (in steps of 0.001, or of 1), A,B,C; a name "
    "alone is its range.",
)  # fmt: skip
@click.option(
    "--prefer", metavar="COLUMN", default="mult_adds", show_default=True,
    help="What comes first is the largest: of a figure, of a parameter, or of top1, the accuracy that a paper prints.",
)  # fmt: skip
@click.option("--accuracy", is_flag=True, help="With the top-1 accuracies that papers print for just these points.")
@click.option("--all", "every", is_flag=True, help="All points that fit.")
@click.option("--top", type=click.IntRange(min=1), metavar="N", help="The first N points.")
@columns_option()
@convention_option("Count by this convention too, as counted")
@memory_options
@click.option("--bits", metavar="N", help="With peak_memory and weight_bytes: bits of a value; 32 unless given.")
@click.option(
    "--device", metavar="NAME", help="For bound, the seconds that it takes at least: a shipped one or a file."
)
@click.option("--dtype", metavar="NAME", help="With --device: the type of numbers; its first unless given.")
@spec_options
@output_options
@click.pass_context
def fit(
    ctx: click.Context,
    /,
    specs: tuple[str, ...],
    budgets: tuple[str, ...],
    over: tuple[str, ...],
    prefer: str,
    accuracy: bool,
    every: bool,
    top: int | None,
    columns: str | None,
    convention: str | None,
    memory: str | None,
    bits: str | None,
    weight_bits: int | None,
    batch: int,
    device: str | None,
    dtype: str | None,
    variant: str | None,
    settings: tuple[str, ...],
    fmt: str,
    output: str | None,
    **values: Any,
) -> None:
    """The points of SPEC that fit all budgets, best first; without SPEC of every network for classification.

    Points are the values that a spec declares for its parameters; a given one (SPEC:res=160, --res 160) stays. Shown
    is, of several networks, the best point of each; of one, the points where no parameter can be raised to its next
    value. Where nothing fits the exit status is 1, and what comes nearest is told.
    """
    from ..fitting.measured import figures
    from ..reports.fit import document, fitted, notes, shown_points, table
    from ..reports.memory import memory_asked

    chosen = None if convention in (None, DEFAULT) else open_convention(convention)
    given = given_specs(ctx, words_given(ctx), values, settings, variant)
    asked = [
        (spec.network.name if spec.spec == spec.network.name else spec.spec, spec.network, spec.values)
        for spec in given
    ]
    bound = _bound(device, dtype, batch, (*budgets, prefer))
    known = figures(chosen, memory_asked(memory, bits, weight_bits, batch, (*budgets, prefer)), bound)
    found = fitted(asked, budgets, over, prefer, known, chosen, accuracy=accuracy, watched=_watched)
    shown = shown_points(found, every=every, top=top)
    if fmt == "json":
        write_tables([], fmt, output, document(found, shown))
    else:
        made = table(found, shown)
        if columns is not None:
            select(made, columns, ())
        made.notes = notes(found, shown, every=every)
        if found.fit or fmt != "table":
            write_tables([made], fmt, output)
        else:
            write_text("".join(f"{note}\n" for note in made.notes), output)
    if not found.fit:
        ctx.exit(FAILED_CHECK)


def _watched(searched: Sequence[Searched]) -> Iterable[Searched]:
    return progress(searched, lambda one: one.name)


def _bound(device: str | None, dtype: str | None, batch: int, words: Sequence[str]) -> BoundAsked | None:
    """The bound that is asked for by ``--device``."""
    from ..fitting.measured import BOUND, BoundAsked

    if device is None:
        if dtype is not None or any(re.match(rf"\s*{BOUND}\b", word) for word in words):
            raise UsageError(f"{'--dtype' if dtype is not None else BOUND} is of a device: --device NAME")
        return None
    from ..devices import load_device

    found = load_device(device)
    return BoundAsked(found, found.dtype(dtype), batch)
