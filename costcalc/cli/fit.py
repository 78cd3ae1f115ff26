"""``costcalc fit``: which networks, at which points, fit budgets."""

from __future__ import annotations

from typing import Any

import click

from ..conventions import DEFAULT
from ..reports.columns import select
from .exit_status import FAILED_CHECK
from .options import columns_option, complete_specs, convention_option, example, output_options, spec_options
from .output import write_tables, write_text
from .spec_command import SpecCommand, given_specs, words_given
from .specs import open_convention


@click.command(
    cls=SpecCommand,
    epilog=example(
        "costcalc fit --max mult_adds=300M --max params=4M",
        "costcalc fit mobilenet_v1 --max mult_adds=150M --over alpha=0.25:1,res=128,160",
        "costcalc fit --max params=5M --prefer top1",
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
    from ..reports.fit import document, fitted, notes, shown_points, table

    chosen = None if convention in (None, DEFAULT) else open_convention(convention)
    given = given_specs(ctx, words_given(ctx), values, settings, variant)
    asked = [
        (spec.network.name if spec.spec == spec.network.name else spec.spec, spec.network, spec.values)
        for spec in given
    ]
    found = fitted(asked, budgets, over, prefer, chosen, accuracy=accuracy)
    shown = shown_points(found, every=every, top=top)
    if fmt == "json":
        write_tables([], fmt, output, document(found, shown))
    else:
        made = table(found, chosen, shown)
        if columns is not None:
            select(made, columns, ())
        made.notes = notes(found, shown, every=every)
        if found.fit or fmt != "table":
            write_tables([made], fmt, output)
        else:
            write_text("".join(f"{note}\n" for note in made.notes), output)
    if not found.fit:
        ctx.exit(FAILED_CHECK)
