"""``costcalc formula``: what a network costs, as closed forms in its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ..cost import GROUPINGS
from ..errors import UsageError
from ..reports import parameters
from ..table import Column, Table
from .options import complete_specs, example
from .output import write_tables, write_text
from .spec_command import SpecCommand, given, networks
from .specs import at_variant

if TYPE_CHECKING:
    from ..symbolic import ClosedForm, Row

_SHOWN_ASSUMPTIONS = 4


@click.command(
    cls=SpecCommand,
    epilog=example(
        "costcalc formula mobilenet_v1",
        "costcalc formula separable --wrt DK,M,N,DF",
        "costcalc formula efficientnet --by stage --format latex",
    ),
)
@click.argument("spec", metavar="SPEC", shell_complete=complete_specs)
@click.option(
    "--wrt",
    metavar="NAME,…",
    help="The parameters that are symbols (rho: res over its default). Without it those to which the spec gives a "
    "letter, alpha and rho.",
)
@click.option("--by", type=click.Choice(GROUPINGS), help="The form of each row too, as in show.")
@click.option("--exact", is_flag=True, help="Keep floor, ceiling and the rounding of channels.")
@click.option("--variant", metavar="NAME", help="A variant of the spec.")
@click.option("--set", "settings", metavar="NAME=VALUE", multiple=True, help="A parameter, by its name.")
@click.option(
    "--format",
    "fmt",
    type=click.Choice(["unicode", "latex", "python", "json"]),
    default="unicode",
    show_default=True,
    help="Form of the output; python is a function that runs on its own.",
)
@click.option("-o", "--output", metavar="FILE", help="Write to FILE; what it held stays whole if that fails.")
@click.pass_context
def formula(
    ctx: click.Context,
    /,
    spec: str,
    wrt: str | None,
    by: Any,
    exact: bool,
    variant: str | None,
    settings: tuple[str, ...],
    fmt: str,
    output: str | None,
    **values: Any,
) -> None:
    """Params and mult-adds of SPEC as closed forms, such as 9 α² + 3 αρ².

    SPEC is a network, or a layer such as standard or separable, as for show. Parameters that are no symbols keep the
    values given as options, or their defaults. The smooth form drops the rounding of channels and of odd sizes, and
    the largest error that this makes over the values that the spec declares is told; --exact drops nothing.
    """
    found = networks(ctx, [spec])
    if variant is not None:
        found = at_variant(found, variant)
    (network,) = found
    point = parameters.values(network, given(ctx, values, settings))
    asked = None if wrt is None else [name.strip() for name in wrt.split(",") if name.strip()]
    if asked == []:
        raise UsageError(
            f"--wrt names no parameter; {network.name} has {', '.join(parameters.names(network)) or 'none'}"
        )
    from ..symbolic import closed_form, documents

    form = closed_form(network, asked, point, by=by, exact=exact, measured=fmt in ("unicode", "json"))
    if fmt == "unicode":
        write_tables(tables(form), "table", output)
    elif fmt == "json":
        write_tables([], "json", output, documents.document(form))
    else:
        write_text(documents.python(form) if fmt == "python" else documents.latex(form), output)


def tables(form: ClosedForm) -> list[Table]:
    """The totals, each interval's where they differ, the rows asked for, and what the forms leave out."""
    from ..symbolic.documents import interval, legend
    from ..symbolic.notation import Unicode

    notation = Unicode(form.symbols)
    name = f"{form.spec} ({form.title})" if form.title else form.spec
    point = parameters.listed(form.point)
    rows: list[tuple[Any, ...]] = []
    totals: list[tuple[str, Row]] = [("", form.total), *((interval(p, notation), p) for p in form.parts)]
    for where, part in totals:
        rows.append((f"params, {where}" if where else "params", notation.text(part.params)))
        rows.append((f"mult-adds, {where}" if where else "mult-adds", notation.text(part.mult_adds)))
    letters = legend(form)
    columns = [Column("count", ""), Column("formula", f"in {letters}" if letters else "closed form", "formula")]
    found = [Table(columns, rows, f"{name}: {point}" if point else name)]
    if form.by:
        columns = [
            Column("name", form.by),
            Column("params", "params", "formula"),
            Column("mult_adds", "mult-adds", "formula"),
        ]
        found.append(Table(columns, [(r.name, notation.text(r.params), notation.text(r.mult_adds)) for r in form.rows]))
    found[-1].notes += notes(form)
    return found


def notes(form: ClosedForm) -> list[str]:
    """What the forms leave out, and what that costs."""
    from ..symbolic.documents import divisors
    from ..symbolic.notation import Unicode

    notation = Unicode(form.symbols)
    found = [f"{name} stays {form.point[_held(form, name)]}: {reason}" for name, reason in form.left.items()]
    if form.exact:
        for rounded, d in divisors(form):
            found.append(f"{rounded} is x to the nearest multiple of {d}, at least {d}, never below 0.9 x.")
    elif form.accuracy is not None:
        found += _accuracy(form)
    for v in form.settled:
        low, high = (parameters.shown(end) for end in (v.low, v.high))
        letter = notation.symbol(v.symbol)
        found.append(f"{letter} from {low} to {high}, its declared values: beyond, a max or min takes its other side.")
    shown = [notation.condition(a) for a in form.assumptions[:_SHOWN_ASSUMPTIONS]]
    if shown:
        more = len(form.assumptions) - len(shown)
        found.append(f"Taken for granted: {'; '.join(shown)}{f'; and {more} more' if more else ''}.")
    return found


def _held(form: ClosedForm, name: str) -> str:
    return name if name in form.point else "res"


def _accuracy(form: ClosedForm) -> list[str]:
    from ..units import share

    accuracy = form.accuracy
    assert accuracy is not None
    words = ["⌈ ⌉ and ⌊ ⌋ of sizes" if d == "sizes" else d for d in form.dropped]
    points = f"{accuracy.points} declared point{'s'[: accuracy.points != 1]}"
    if not (accuracy.params.error or accuracy.mult_adds.error):
        equal = f"Equal to the exact counts at all of {points}."
        return [f"Rounding is dropped: {', '.join(words)}. {equal}" if words else f"Exact, as at {points}."]
    told = [
        f"{name} {share(largest.error)} ({parameters.listed(largest.point)})" if largest.error else f"{name} none"
        for name, largest in (("params", accuracy.params), ("mult-adds", accuracy.mult_adds))
    ]
    return [f"Rounding is dropped: {', '.join(words)}. Largest relative error over {points}: {', '.join(told)}."]
