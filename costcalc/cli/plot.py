"""``costcalc plot``: pictures of what networks cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from ..errors import UsageError
from ..rows import GROUPINGS
from .options import complete_specs, example, output_options, spec_options
from .output import picture_format, write_picture, write_tables
from .spec_command import SpecCommand, given_specs, words_given

if TYPE_CHECKING:
    from ..network import Network
    from ..plotting import Picture


@click.command(
    cls=SpecCommand,
    epilog=example(
        "costcalc plot mobilenet_v2",
        "costcalc plot mobilenet_v1 --over alpha=0.25:1:0.05,res=128,224",
        "costcalc plot mobilenet_v1 mobilenet_v2 shufflenet_v2 -x mult_adds -y params",
        "costcalc plot mobilenet_v1 mobilenet_v2 mobilenet_v3_large -y top1",
        "costcalc plot mobilenet_v2 --memory live,tflm --bits 8",
        "costcalc plot --figure efficientnet:1",
    ),
)
@click.argument("specs", metavar="[SPEC]...", nargs=-1, shell_complete=complete_specs)
@click.option(
    "--by", type=click.Choice(GROUPINGS), default="stage", show_default=True, help="What a bar of one SPEC is."
)
@click.option("--top", type=click.IntRange(min=1), metavar="N", help="The N largest bars, and one for all others.")
@click.option(
    "--over", metavar="NAME=VALUES,…", multiple=True,
    help="Curves over this parameter: A:B:STEP, A:B or A,B,C; a name alone is its range. A second one: a curve for "
    "each value.",
)  # fmt: skip
@click.option("-x", "x", metavar="COLUMN", help="Points: what is from left to right, params or mult_adds.")
@click.option(
    "-y", "y", metavar="COLUMN,…",
    help="What is upwards; of bars and curves both unless one is named. top1 or ap: accuracies as they are printed.",
)  # fmt: skip
@click.option(
    "--memory", metavar="DEFINITION,…",
    help="Bytes of activations at each layer of one SPEC, a curve for each definition: live,tflm.",
)  # fmt: skip
@click.option("--bits", type=click.IntRange(1, 64), default=32, metavar="N", help="With --memory: of a value; 32.")
@click.option("--figure", metavar="PAPER:N", help="A paper's own picture, from our counts and its accuracies.")
@spec_options
@output_options
@click.pass_context
def plot(
    ctx: click.Context,
    /,
    specs: tuple[str, ...],
    by: Any,
    top: int | None,
    over: tuple[str, ...],
    x: str | None,
    y: str | None,
    memory: str | None,
    bits: int,
    figure: str | None,
    variant: str | None,
    settings: tuple[str, ...],
    fmt: str,
    output: str | None,
    **values: Any,
) -> None:
    """Pictures: bars of one SPEC, figures over a parameter, several SPECs as points, accuracy over cost.

    With -o FILE.svg, FILE.png or FILE.pdf matplotlib draws (pip install 'costcalc[plot]'); else the figures are a table
    with bars in text, or CSV and JSON.
    """
    from ..reports.plot import document, text_table

    image = picture_format(ctx, output)
    picture: Any
    if figure is not None:
        from ..reports.plot_chart import chart

        _refuse(
            ctx, dict.fromkeys(("specs", "by", "top", "over", "x", "y", "memory", "bits"), "a picture without --figure")
        )
        picture = chart(figure)
    else:
        found = given_specs(ctx, words_given(ctx), values, settings, variant)
        asked = [(spec.word, spec.network, spec.values) for spec in found]
        if memory is None:
            _refuse(ctx, {"bits": "--memory"})
            picture = _picture(ctx, asked, by, top, over, x, y)
        else:
            picture = _of_memory(ctx, asked, memory, bits)
    if image is not None:
        write_picture(picture, image, output)
    elif fmt == "json":
        write_tables([], fmt, output, document(picture))
    else:
        write_tables([text_table(picture) if fmt == "table" else picture.table], fmt, output)


def _of_memory(
    ctx: click.Context, asked: list[tuple[str, Network, dict[str, Any]]], definitions: str, bits: int
) -> Picture:
    from ..reports.plot_memory import memory_curves

    _refuse(ctx, dict.fromkeys(("by", "top", "over", "x", "y"), "a picture without --memory"))
    if len(asked) != 1:
        raise UsageError("--memory is for one SPEC")
    return memory_curves(asked[0], [word.strip() for word in definitions.split(",")], bits)


def _picture(
    ctx: click.Context,
    asked: list[tuple[str, Network, dict[str, Any]]],
    by: Any,
    top: int | None,
    over: tuple[str, ...],
    x: str | None,
    y: str | None,
) -> Picture:
    """The picture of the SPECs that the options ask for."""
    from ..fitting.printed import ACCURACIES
    from ..reports import plot as pictures

    if not asked:
        raise UsageError("name a SPEC, or a paper's picture: --figure PAPER:N")
    is_points = not over and (x is not None or len(asked) > 1 or y in ACCURACIES)
    if over or is_points:
        _refuse(ctx, dict.fromkeys(("by", "top"), "the bars of one SPEC"))
    if over:
        _refuse(ctx, {"x": "points"})
        return pictures.curves(asked, over, pictures.wanted(y))
    if y in ACCURACIES:
        from ..reports.plot_accuracy import accuracy

        return accuracy(asked, pictures.one_figure(x or "mult_adds"), y)
    if is_points:
        return pictures.points(asked, x or "mult_adds", y or "params")
    return pictures.bars(asked[0], by, pictures.wanted(y), top)


def _refuse(ctx: click.Context, options: Mapping[str, str]) -> None:
    """An error for an option that is given where it has no meaning; ``options``: what each is for."""
    for name, purpose in options.items():
        if ctx.params.get(name) and ctx.get_parameter_source(name) is not ParameterSource.DEFAULT:
            called = "a SPEC" if name == "specs" else f"{'-' if len(name) == 1 else '--'}{name}"
            raise UsageError(f"{called} is for {purpose}")
