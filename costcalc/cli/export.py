"""``costcalc export``: a network as a file for other programs."""

from __future__ import annotations

from typing import Any

import click

from ..errors import UsageError
from .options import complete_specs, example, output_option, spec_options
from .output import check_writable, to_stdout, write_bytes, write_text
from .spec_command import SpecCommand, given_specs, words_given

FORMS = ("torch", "onnx")


@click.command(
    cls=SpecCommand,
    epilog=example(
        "costcalc export mobilenet_v1 --alpha 0.5 --res 160 --to torch -o net.py",
        "costcalc export mobilenet_v2 --alpha 0.35 --res 96 --to torch",
    ),
)
@click.argument("spec", metavar="SPEC", shell_complete=complete_specs)
@click.option("--to", "form", type=click.Choice(FORMS), help="A Python file, or an ONNX file.")
@click.option(
    "--seed",
    metavar="N",
    type=click.IntRange(0, 2**32 - 1),
    help="Where the random weights of an ONNX file begin.  [default: 0]",
)
@spec_options
@output_option
@click.pass_context
def export(
    ctx: click.Context,
    /,
    spec: str,
    form: str | None,
    seed: int | None,
    variant: str | None,
    settings: tuple[str, ...],
    output: str | None,
    **values: Any,
) -> None:
    """Write SPEC as a stand-alone PyTorch file, or as ONNX with fresh weights.

    The Python file needs PyTorch alone. Its layers have the names of the table, and its state_dict the keys of
    load(SPEC).module(). The ONNX file is for one resolution, and for any batch unless the network has regions of
    interest.
    """
    if form is None:
        raise UsageError(f"--to says what to write: {' or '.join(FORMS)}")
    _check_usage(form, seed, output)
    from ..witness import require_torch

    require_torch("costcalc export")
    if form == "onnx":
        from ..export.to_onnx import require_onnx

        require_onnx("costcalc export --to onnx")
    (given,) = given_specs(ctx, words_given(ctx), values, settings, variant)
    from ..reports.export import content

    made = content(given.network, given.values, form, seed or 0)
    if isinstance(made, str):
        write_text(made, output)
    else:
        assert output is not None
        write_bytes(made, output)


def _check_usage(form: str, seed: int | None, output: str | None) -> None:
    if form == "onnx" and to_stdout(output):
        raise UsageError("--to onnx writes a file; -o names it")
    if form != "onnx" and seed is not None:
        raise UsageError("--seed is for the weights of --to onnx")
    if output is not None and not to_stdout(output):
        check_writable(output)
