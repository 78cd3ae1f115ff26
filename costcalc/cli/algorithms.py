"""``costcalc algorithms``: what other ways to compute the convolutions of a network take."""

from __future__ import annotations

from typing import Any

import click

from ..render import ROWS
from .options import batch_option, complete_specs, example, output_options, spec_options
from .output import write_tables
from .spec_command import SpecCommand, given_specs, words_given


@click.command(
    cls=SpecCommand,
    epilog=example(
        "costcalc algorithms vgg_16",
        "costcalc algorithms resnet_50 --max workspace=8MiB",
        "costcalc algorithms vgg_16 --implicit --rank 64 --all",
    ),
)
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True, shell_complete=complete_specs)
@click.option(
    "--max",
    "budgets",
    metavar="workspace=BYTES",
    multiple=True,
    help="The best of each layer is one whose workspace is within: 16MiB, 512kB.",
)
@click.option("--rank", type=click.IntRange(min=1), metavar="N", help="Also low rank, by so many filters between.")
@click.option(
    "--implicit", is_flag=True, help="Tiles of maps and matrices of im2col stay in caches, and take no workspace."
)
@click.option("--all", "every", is_flag=True, help="Every algorithm of each layer, with why it can't.")
@click.option("--bits", type=click.IntRange(1, 64), metavar="N", default=32, show_default=True, help="Of a value.")
@batch_option
@spec_options
@output_options
@click.pass_context
def algorithms(
    ctx: click.Context,
    /,
    specs: tuple[str, ...],
    budgets: tuple[str, ...],
    rank: int | None,
    implicit: bool,
    every: bool,
    bits: int,
    batch: int,
    variant: str | None,
    settings: tuple[str, ...],
    fmt: str,
    output: str | None,
    **values: Any,
) -> None:
    """What direct convolution, im2col and a product of matrices, and Winograd's F(2x2,3x3) and F(4x4,3x3) take.

    For each convolution of SPEC the best by multiplications and transforms; then the totals of every algorithm: how
    many layers it can compute, what it multiplies and transforms, and the bytes of its workspace. CSV and JSON have
    every algorithm of each layer, with why it can't where it can't.
    """
    from ..reports.algorithms import Asked, Compared, document, raw_tables, read_limit, tables

    asked = Asked(bits, batch, rank, implicit, read_limit(budgets))
    found = given_specs(ctx, words_given(ctx), values, settings, variant)
    made = [Compared(spec.network, spec.network.cost(spec.values), asked) for spec in found]
    if fmt == "json":
        write_tables([], fmt, output, document(made))
    elif fmt in ROWS:
        write_tables([raw_tables(made)], fmt, output)
    else:
        write_tables([table for on in made for table in tables(on, every=every)], fmt, output)
