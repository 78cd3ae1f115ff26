"""``costcalc show``: what a network costs, layer by layer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from ..conventions import DEFAULT
from ..errors import UsageError
from ..render import ROWS
from ..reports.counted import count
from ..reports.gate import PEAK
from ..reports.memory import COLUMNS as MEMORY_COLUMNS
from ..reports.show import Selection, document, raw_table, tables
from ..rows import GROUPINGS
from .exit_status import FAILED_CHECK
from .options import (
    budget_option,
    columns_option,
    complete_specs,
    convention_option,
    example,
    memory_options,
    order_option,
    output_options,
    sort_option,
    spec_options,
    total_option,
    training_option,
)
from .output import write_tables
from .spec_command import SpecCommand, given_specs, words_given
from .specs import open_convention

if TYPE_CHECKING:
    from ..reports.memory import Memory
    from ..table import Table


@click.command(
    cls=SpecCommand,
    epilog=example(
        "costcalc show mobilenet_v1 --alpha 0.5 --res 160",
        "costcalc show mobilenet_v1 --rho 6/7 --by stage --format csv",
        "costcalc show mobilenet_v2 --by op --bits all --prune 0.3",
        "costcalc show mobilenet_v2 --alpha 0.35 --by block --memory --bits 8",
        "costcalc show mobilenet_v2 --max params=4M --max mult_adds=310M",
        "costcalc show vgg_16 --columns name,output,receptive_field",
        "costcalc show resnet_50 --by stage --training adam --batch 32",
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
    help="Bytes of the params at so many bits each; all: 32, 16, 8 and 4. With --memory: of weights and activations.",
)
@click.option(
    "--prune",
    metavar="SHARE",
    help="Params and mult-adds that are left without this share of the channels, and of the weights.",
)
@memory_options
@order_option
@training_option
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
    memory: str | None,
    training: str | None,
    weight_bits: int | None,
    batch: int,
    order: str,
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
    wanted = _memory(memory, columns, budgets, bits, weight_bits, batch, order, for_training=training is not None)
    if wanted is not None:
        bits = None
        for counted in every:
            counted.memory = wanted.of(counted.default)
    if training is not None:
        from ..reports.training import asked

        for counted in every:
            counted.training = asked(counted.default, training, batch)
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
        write_tables([], fmt, output, document(every, selection, wanted))
    elif fmt in ROWS:
        write_tables([raw_table(every, selection, total=total)], fmt, output)
    else:
        write_tables(tables(every, selection, more, wanted), fmt, output)
    for line in lines:
        click.echo(f"Over budget: {line}", err=True)
    if lines:
        ctx.exit(FAILED_CHECK)


def _memory(
    definition: str | None,
    columns: str | None,
    budgets: Sequence[str],
    bits: str | None,
    weight_bits: int | None,
    batch: int,
    order: str,
    *,
    for_training: bool,
) -> Memory | None:
    """What is asked for by ``--memory``, or by the name of a column that it has."""
    words = [*(columns or "").split(","), *(re.split("[<=≤]", text)[0] for text in budgets)]
    asked = any(word.strip().rstrip("_0123456789") in (*MEMORY_COLUMNS, PEAK) for word in words)
    if definition is None and not asked:
        batched = batch != 1 and not for_training
        given_for_it = {"--weight-bits": weight_bits is not None, "--batch": batched, "--order": order != "graph"}
        for option, given in given_for_it.items():
            if given:
                raise UsageError(f"{option} is for --memory")
        return None
    from ..memory import load_definition
    from ..reports.memory import Memory, read_bits

    return Memory(load_definition(definition or "live"), read_bits(bits), weight_bits, batch, best=order == "best")
