"""``costcalc formula``: what a network costs, as closed forms in its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ..conventions import DEFAULT
from ..errors import UsageError
from ..reports import parameters
from ..reports.values import with_format
from ..rows import GROUPINGS
from .options import (
    complete_specs,
    convention_option,
    example,
    format_option,
    memory_options,
    output_option,
    spec_options,
)
from .output import write_tables, write_text
from .spec_command import SpecCommand, given_specs, words_given
from .specs import open_convention

if TYPE_CHECKING:
    from ..memory.asked import MemoryAsked
    from ..network import Network


@click.command(
    cls=SpecCommand,
    epilog=example(
        "costcalc formula mobilenet_v1",
        "costcalc formula separable --wrt DK,M,N,DF",
        "costcalc formula efficientnet --by stage --format latex",
        "costcalc formula mobilenet_v2 --convention fvcore",
        "costcalc formula mobilenet_v1 --memory tflm --bits 8",
    ),
)
@click.argument("spec", metavar="SPEC", shell_complete=complete_specs)
@click.option(
    "--wrt",
    metavar="NAME,…",
    help="The parameters that are symbols (rho: res over its default; res.h, res.w: its sides). Without it those to "
    "which the spec gives a letter, alpha and rho.",
)
@click.option("--by", type=click.Choice(GROUPINGS), help="The form of each row too, as in show.")
@click.option("--exact", is_flag=True, help="Keep floor, ceiling and the rounding of channels.")
@convention_option("Count by this convention", default=DEFAULT, show_default=True)
@memory_options
@click.option("--bits", metavar="N", help="With --memory: bits of a value; 32 unless given.")
@spec_options
@format_option(
    "unicode", "latex", "python", "json", help="Form of the output; python is a function that runs on its own."
)
@output_option
@click.pass_context
def formula(
    ctx: click.Context,
    /,
    spec: str,
    wrt: str | None,
    by: Any,
    exact: bool,
    convention: str,
    memory: str | None,
    weight_bits: int | None,
    batch: int,
    bits: str | None,
    variant: str | None,
    settings: tuple[str, ...],
    fmt: str,
    output: str | None,
    **values: Any,
) -> None:
    """Params and mult-adds of SPEC, or what another convention counts, as closed forms such as 9 α² + 3 αρ².

    SPEC is a network, or a layer such as standard or separable, as for show. Parameters that are no symbols keep the
    values given as options, or their defaults. The smooth form drops the rounding of channels and of odd sizes, and
    the largest error that this makes over the values that the spec declares is told; --exact drops nothing. With
    --memory: the bytes of activations at the peak as the largest of sums of products, and where it moves.
    """
    (given,) = given_specs(ctx, words_given(ctx), values, settings, variant)
    network = given.network
    asked = None if wrt is None else [name.strip() for name in wrt.split(",") if name.strip()]
    if asked == []:
        raise UsageError(
            f"--wrt names no parameter; {network.name} has {', '.join(parameters.names(network)) or 'none'}"
        )
    if (wanted := _memory(memory, bits, weight_bits, batch)) is not None:
        if by is not None or exact or convention != DEFAULT:
            option = "--by" if by is not None else "--exact" if exact else "--convention"
            raise UsageError(f"{option} is for params and work: the formula of --memory has one form")
        _write_peak(network, wanted, asked, given.values, fmt, output)
        return
    from ..reports.formula import latex, tables
    from ..symbolic import closed_form, documents

    measured = fmt in ("unicode", "json")
    chosen = open_convention(convention)
    form = closed_form(network, asked, given.values, by=by, exact=exact, measured=measured, convention=chosen)
    if fmt == "unicode":
        write_tables(tables(form), "table", output)
    elif fmt == "json":
        write_tables([], "json", output, with_format(documents.document(form)))
    else:
        write_text(documents.python(form) if fmt == "python" else latex(form), output)


def _memory(definition: str | None, bits: str | None, weight_bits: int | None, batch: int) -> MemoryAsked | None:
    if definition is None and bits is None:
        for option, given in (("--weight-bits", weight_bits is not None), ("--batch", batch != 1)):
            if given:
                raise UsageError(f"{option} is for --memory")
        return None
    from ..reports.memory import memory_asked

    return memory_asked(definition, bits, weight_bits, batch, ())


def _write_peak(
    network: Network, memory: MemoryAsked, wrt: list[str] | None, values: dict[str, Any], fmt: str, output: str | None
) -> None:
    from ..reports.peak_formula import table
    from ..symbolic import peak_documents
    from ..symbolic.peak import peak_form

    form = peak_form(network, memory, wrt, values)
    if fmt == "unicode":
        write_tables([table(form)], "table", output)
    elif fmt == "json":
        write_tables([], "json", output, with_format(peak_documents.document(form)))
    else:
        write_text(peak_documents.python(form) if fmt == "python" else peak_documents.latex(form), output)
