"""``costcalc import``: a PyTorch module, or an ONNX file, as a spec."""

from __future__ import annotations

import click

from ..errors import UsageError
from ..language.folders import ONNX_SUFFIX
from .exit_status import FAILED_CHECK, WRONG_INPUT, complain
from .options import example, output_option
from .output import check_writable, to_stdout, write_text

DEFAULT_TIMEOUT = 120


@click.command(
    "import",
    epilog=example("costcalc import torch.nn:PReLU --input 3x224x224"),
)
@click.argument("source", metavar="SOURCE")
@click.option(
    "--input",
    "inputs",
    metavar="[NAME=]SIZES",
    multiple=True,
    help="Sizes of an input, channels first: 3x224x224, with or without a batch of 1 in front. Once for each input.",
)
@click.option("--kwargs", metavar="JSON", help="Arguments of the callable, as a JSON object.")
@click.option("--flat", is_flag=True, help="One line for each layer, without blocks.")
@click.option(
    "--vary",
    metavar="NAME=V,V,…",
    help="An argument of the callable and several values, 1 among them: width_mult=0.5,0.75,1. It becomes a parameter.",
)
@click.option(
    "--check-size",
    metavar="N",
    type=click.IntRange(1, 8192),
    help="The width of the second input that the spec is checked at.",
)
@click.option(
    "--timeout",
    metavar="S",
    type=click.IntRange(1, 3600),
    default=DEFAULT_TIMEOUT,
    show_default=True,
    help="Seconds of CPU time for the module.",
)
@output_option
@click.pass_context
def import_(
    ctx: click.Context,
    source: str,
    inputs: tuple[str, ...],
    kwargs: str | None,
    flat: bool,
    vary: str | None,
    check_size: int | None,
    timeout: int,
    output: str | None,
) -> None:
    """Write a network that is code, or an ONNX file, as a spec.

    SOURCE is package.module:callable or file.py:callable, such as net.py:Net; what the callable gives, or is, must be a
    torch.nn.Module.
    **Its code is run**, in a process of its own with a limit of CPU time: import nothing that you wouldn't run.
    Or SOURCE is a file that ends in .onnx, of which nothing is run, and whose weights aren't read.
    --input is channels first, as PyTorch has it; the spec's input is height x width x channels. Without it the
    input is 3x224x224, or what a model of timm says.

    With --vary the callable is traced once for each value, and the argument becomes a parameter of the spec: widths and
    numbers of copies follow by a rule that holds at all of them, or are looked up (pick). Nothing is fitted.

    The spec goes to stdout or to -o FILE; the report, on stderr, has the module's own params and mult-adds beside the
    spec's, at this size and at a second one. The exit status is 1 if they differ, and 2 if the language can't say the
    network: then every gap is told by name, and nothing is written.
    """
    from ..importing.lowering.context import Gaps
    from ..importing.sources import input_shape, keyword_arguments, varied_argument
    from ..reports.import_ import from_code, from_file, gaps, report

    if output is not None and not to_stdout(output):
        check_writable(output)
    shapes = [input_shape(text) for text in inputs]
    if vary is not None and flat:
        raise UsageError("--vary folds, and --flat doesn't: give one of them")
    names = [shape.name for shape in shapes if shape.name]
    if len(set(names)) != len(names):
        raise UsageError("--input names an input twice")
    try:
        if source.endswith(ONNX_SUFFIX):
            if kwargs is not None:
                raise UsageError("--kwargs is for a callable, and an ONNX file is none")
            if vary is not None:
                raise UsageError("--vary is for a callable, and an ONNX file is none")
            made = from_file(source, shapes, check_size, folded=not flat)
        else:
            given, varied = keyword_arguments(kwargs), None if vary is None else varied_argument(vary)
            made = from_code(source, shapes, given, check_size, timeout, folded=not flat, vary=varied)
    except Gaps as found:
        for line in gaps(found):
            complain(line)
        ctx.exit(WRONG_INPUT)
    for line in report(made):
        click.echo(line, err=True)
    if not made.agrees:
        complain("the spec and the module differ; nothing is written")
        ctx.exit(FAILED_CHECK)
    write_text(made.text, output)
