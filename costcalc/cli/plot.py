"""``costcalc plot``: pictures of what networks cost."""

from __future__ import annotations

from typing import Any

import click

from ..errors import UsageError
from ..render import ROWS
from ..rows import GROUPINGS
from .options import complete_specs, example, output_options, spec_options
from .output import picture_format, write_picture, write_tables
from .spec_command import SpecCommand, given_specs, words_given


@click.command(
    cls=SpecCommand,
    epilog=example(
        "costcalc plot mobilenet_v2",
        "costcalc plot mobilenet_v1 --over alpha=0.25:1:0.05,res=128,224",
        "costcalc plot mobilenet_v1 mobilenet_v2 shufflenet_v2 -x mult_adds -y params",
    ),
)
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True, shell_complete=complete_specs)
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
@click.option("-y", "y", metavar="COLUMN,…", help="What is upwards; of bars and curves both unless one is named.")
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
    variant: str | None,
    settings: tuple[str, ...],
    fmt: str,
    output: str | None,
    **values: Any,
) -> None:
    """Pictures: bars of one SPEC, figures over a parameter, several SPECs as points.

    With -o FILE.svg, FILE.png or FILE.pdf matplotlib draws (pip install 'costcalc[plot]'); else the figures are a table
    with bars in text, or CSV and JSON.
    """
    from ..reports import plot as pictures

    image = picture_format(ctx, output)
    found = given_specs(ctx, words_given(ctx), values, settings, variant)
    asked = [(spec.word, spec.network, spec.values) for spec in found]
    is_points = not over and (x is not None or len(asked) > 1)
    _refuse(ctx, {"by": not (over or is_points), "top": not (over or is_points), "x": not over})
    picture: Any
    if over:
        picture = pictures.curves(asked, over, pictures.wanted(y))
    elif is_points:
        picture = pictures.points(asked, x or "mult_adds", y or "params")
    else:
        picture = pictures.bars(asked[0], by, pictures.wanted(y), top)
    if image is not None:
        write_picture(picture, image, output)
    elif fmt == "json":
        write_tables([], fmt, output, pictures.document(picture))
    else:
        write_tables([picture.table if fmt in ROWS else pictures.text_table(picture)], fmt, output)


def _refuse(ctx: click.Context, fits: dict[str, bool]) -> None:
    """An error for an option that is given where it has no meaning."""
    for name, is_right in fits.items():
        given = ctx.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT
        if given and not is_right:
            dashes = "-" if len(name) == 1 else "--"
            raise UsageError(f"{dashes}{name} is for {'points' if name == 'x' else 'the bars of one SPEC'}")
