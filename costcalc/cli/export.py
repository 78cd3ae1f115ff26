"""``costcalc export``: a network as a file for other programs, or as a diagram."""

from __future__ import annotations

from typing import Any

import click

from ..errors import UsageError
from ..reports.export import DIAGRAMS, diagram
from .options import complete_specs, example, output_option, spec_options
from .output import check_writable, to_stdout, write_bytes, write_text
from .spec_command import SpecCommand, given_specs, words_given

FORMS = ("torch", "onnx", *DIAGRAMS)


@click.command(
    cls=SpecCommand,
    epilog=example(
        "costcalc export mobilenet_v1 --alpha 0.5 --res 160 --to torch -o net.py",
        "costcalc export mobilenet_v2 --alpha 0.35 --res 96 --to torch",
        "costcalc export mobilenet_v2 --to mermaid",
        "costcalc export shufflenet_v2 --to dot --depth 3 -o net.dot",
    ),
)
@click.argument("spec", metavar="SPEC", shell_complete=complete_specs)
@click.option("--to", "form", type=click.Choice(FORMS), help="A Python file, an ONNX file, or a diagram.")
@click.option(
    "--seed",
    metavar="N",
    type=click.IntRange(0, 2**32 - 1),
    help="Where the random weights of an ONNX file begin.  [default: 0]",
)
@click.option(
    "--depth",
    metavar="N",
    type=click.IntRange(min=1),
    help="Of a diagram: 1 has the rows of the spec, 2 the blocks in them, 3 the layers of these.  [default: 1]",
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
    depth: int | None,
    variant: str | None,
    settings: tuple[str, ...],
    output: str | None,
    **values: Any,
) -> None:
    """Write SPEC as a stand-alone PyTorch file, as ONNX with fresh weights, or as a diagram.

    The Python file needs PyTorch alone. Its layers have the names of the table, and its state_dict the keys of
    load(SPEC).module(). The ONNX file is for one resolution, and for any batch unless the network has regions of
    interest.
    A diagram has the blocks with their share of the mult-adds, repeats folded, and the shapes of the tensors between
    them: as text for Mermaid or Graphviz, or drawn as SVG by Graphviz's program dot.
    """
    if form is None:
        raise UsageError(f"--to says what to write: {' or '.join(FORMS)}")
    _check_usage(form, seed, depth, output)
    if form in DIAGRAMS:
        (given,) = given_specs(ctx, words_given(ctx), values, settings, variant)
        write_text(diagram(given.network, given.values, form, depth or 1), output)
        return
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


def _check_usage(form: str, seed: int | None, depth: int | None, output: str | None) -> None:
    if form == "onnx" and to_stdout(output):
        raise UsageError("--to onnx writes a file; -o names it")
    if form != "onnx" and seed is not None:
        raise UsageError("--seed is for the weights of --to onnx")
    if depth is not None and form not in DIAGRAMS:
        raise UsageError(f"--depth is for a diagram ({', '.join(DIAGRAMS)}); a parameter of that name: --set depth=…")
    if output is not None and not to_stdout(output):
        check_writable(output)
