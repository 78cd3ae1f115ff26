"""``costcalc roofline``: what a device needs for a network at least."""

from __future__ import annotations

from typing import Any

import click

from ..errors import UsageError
from ..render import ROWS
from .options import batch_option, complete_specs, example, output_options, spec_options
from .output import picture_format, write_picture, write_tables
from .progress import progress
from .spec_command import SpecCommand, given_specs, words_given


@click.command(
    cls=SpecCommand,
    epilog=example(
        "costcalc roofline mobilenet_v1 --device t4",
        "costcalc roofline vgg_16 --device coral_edge_tpu",
        "costcalc roofline mobilenet_v1 --alpha 0.25 --device stm32h747 --format csv",
        "costcalc roofline mobilenet_v1 --device t4 -o roofline.svg",
    ),
)
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True, shell_complete=complete_specs)
@click.option("--device", metavar="NAME", required=True, help="A shipped device, or a YAML file.")
@click.option("--dtype", metavar="NAME", help="The type of numbers, int8 or fp16; the device's first unless given.")
@batch_option
@spec_options
@output_options
@click.pass_context
def roofline(
    ctx: click.Context,
    /,
    specs: tuple[str, ...],
    device: str,
    dtype: str | None,
    batch: int,
    variant: str | None,
    settings: tuple[str, ...],
    fmt: str,
    output: str | None,
    **values: Any,
) -> None:
    """Bytes that each layer of SPEC moves, its operations a byte, and the time that a device needs at least.

    A layer takes at least its work over the device's peak, and at least its bytes over the memory's bandwidth. That is
    a bound and never a latency. A device is a YAML file; each figure of it names its source. With -o FILE.svg, .png or
    .pdf the layers of one SPEC are dots under the device's roof (pip install 'costcalc[plot]').
    """
    from ..devices import load_device
    from ..reports.roofline import OnDevice, document, picture, raw_tables, table

    image = picture_format(ctx, output)
    on = load_device(device)
    on.dtype(dtype)
    found = given_specs(ctx, words_given(ctx), values, settings, variant)
    every = [
        OnDevice(spec.network, spec.network.cost(spec.values), on, dtype, batch)
        for spec in progress(found, lambda spec: spec.word)
    ]
    if image is not None:
        if len(every) != 1:
            raise UsageError("a picture has one network under the roof; give one SPEC")
        write_picture(picture(every[0]), image, output)
    elif fmt == "json":
        write_tables([], fmt, output, document(every))
    else:
        write_tables([raw_tables(every)] if fmt in ROWS else [table(one) for one in every], fmt, output)
