"""``costcalc scale``: a network made deeper, wider and finer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from ..conventions import DEFAULT
from ..errors import UsageError, quoted
from ..render import ROWS
from ..reports.parameters import number
from ..reports.scale import ScalingRow, document, table
from ..scaling import DIMENSIONS, PAPERS, Factors, Scaler
from ..space.ranges import read_values
from .options import F, complete_specs, convention_option, example, output_options, spec_options
from .output import write_tables
from .spec_command import SpecCommand, given_specs, words_given
from .specs import open_convention

_SHOWN = 20
_MOST = 10_000


def _base_option(dimension: str) -> Callable[[F], F]:
    default = getattr(PAPERS, dimension)
    kind = click.FloatRange(min=0, min_open=True, max=100)
    help = f"{dimension.capitalize()} is taken times this for each φ."
    return click.option(f"--{dimension}-base", type=kind, metavar="X", default=default, show_default=True, help=help)


@click.command(
    cls=SpecCommand,
    epilog=example(
        "costcalc scale efficientnet --phi 0:7:1",
        "costcalc scale mobilenet_v2 --phi 1 --depth-base 4 --width-base 1",
        "costcalc scale efficientnet --search",
        "costcalc scale mobilenet_v2 --phi 2 --compare",
    ),
)
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True, shell_complete=complete_specs)
@click.option("--phi", metavar="VALUES", default="1", show_default=True, help="φ: a number, a list, a range A:B:STEP.")
@_base_option("depth")
@_base_option("width")
@_base_option("resolution")
@click.option("--search", is_flag=True, help="All triples of bases whose d·w²·r² is about 2, by their true ratio.")
@click.option("--step", type=float, metavar="X", default=0.05, show_default=True, help="With --search: steps of bases.")
@click.option(
    "--within", type=float, metavar="X", default=0.1, show_default=True, help="With --search: how far from 2 at most."
)
@click.option("--compare", is_flag=True, help="Depth, width and resolution alone beside all three, at equal mult-adds.")
@click.option(
    "--repeats",
    metavar="NAME,…",
    default="",
    help="The parameters that count the repeats of stages, where none has the role depth.",
)
@click.option("--top", type=click.IntRange(min=1), metavar="N", help=f"With --search: N triples.  [default: {_SHOWN}]")
@convention_option("Count by this convention too")
@spec_options
@output_options
@click.pass_context
def scale(
    ctx: click.Context,
    /,
    specs: tuple[str, ...],
    phi: str,
    depth_base: float,
    width_base: float,
    resolution_base: float,
    search: bool,
    step: float,
    within: float,
    compare: bool,
    repeats: str,
    top: int | None,
    convention: str | None,
    variant: str | None,
    settings: tuple[str, ...],
    fmt: str,
    output: str | None,
    **values: Any,
) -> None:
    """Compound scaling: depth, width and resolution of SPEC times d^φ, w^φ and r^φ, and what that costs.

    For any network whose parameters have these roles ("costcalc list" and the spec say which). With d·w²·r² about 2,
    as the EfficientNet paper has it, the work should grow as 2^φ; "× base" is what it does.
    """
    found = given_specs(ctx, words_given(ctx), values, settings, variant)
    if len(found) != 1:
        raise UsageError("one network is scaled at a time")
    if search and compare:
        raise UsageError("--search and --compare are two questions; give one of them")
    (given,) = found
    chosen = None if convention is None else open_convention(convention)
    names = [name.strip() for name in repeats.split(",") if name.strip()]
    scaler = Scaler(given.network, given.values, chosen or DEFAULT, names)
    bases = Factors(depth_base, width_base, resolution_base)
    coefficients = read_values("--phi", phi, _coefficient)
    if coefficients.size > _MOST:
        raise UsageError(f"--phi {phi} is {coefficients.size:,} values; at most {_MOST:,}")
    rest = 0
    lines = [] if search else [ScalingRow("base", scaler.base)]
    for coefficient in coefficients:
        if search:
            lines += [
                ScalingRow(f"φ {coefficient}", s, 2**coefficient) for s in scaler.search(coefficient, step, within)
            ]
        elif compare:
            lines += _alone(scaler, bases, coefficient)
        else:
            lines.append(ScalingRow(f"φ {coefficient}", scaler.compound(bases, coefficient), 2**coefficient))
    if search and (top or fmt not in (*ROWS, "json")):
        rest, lines = len(lines[top or _SHOWN :]), lines[: top or _SHOWN]
    if fmt == "json":
        write_tables([], fmt, output, document(scaler, lines, chosen))
    else:
        write_tables([table(scaler, lines, chosen, bases=search, rest=rest)], fmt, output)


def _alone(scaler: Scaler, bases: Factors, phi: float) -> list[ScalingRow]:
    """Each dimension alone, at the work that all three have."""
    compound = scaler.compound(bases, phi)
    lines = []
    for dimension in DIMENSIONS:
        alone = scaler.alone(dimension, compound.mult_adds)
        if alone is not None:
            lines.append(ScalingRow(f"{dimension} alone", alone))
        else:
            click.echo(f"{scaler.network.name} doesn't get as much work by {dimension} alone.", err=True)
    return [*lines, ScalingRow(f"compound, φ {phi}", compound)]


def _coefficient(text: str) -> int | float:
    found = number(text)
    if not isinstance(found, int | float) or not -20 <= found <= 20:
        raise UsageError(f"--phi takes numbers from -20 to 20, not {quoted(text)}")
    return found
