"""``costcalc compare``: networks side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from ..conventions import DEFAULT, Convention
from ..errors import UsageError, quoted
from ..language.find import is_path
from ..network import Network
from ..reports import parameters
from ..reports.columns import with_total
from ..reports.compare import BY, Side, document, letters, tables
from ..reports.counted import count
from .options import complete_specs, convention_option, example, output_options, total_option
from .output import write_tables
from .spec_command import SpecCommand, given, networks, words
from .specs import STDIN, VARIANT, at_variant, open_convention, split_point

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

VS = "vs"


class CompareCommand(SpecCommand):
    """A command whose arguments are SPECs with or without a point, and "vs" between them."""

    def spec_of(self, word: str) -> str | None:
        """``word`` without its point; None for "vs". Raises :class:`UsageError` for what is meant as a point."""
        if word == VS:
            return None
        spec, point = split_point(word)
        if ":" in spec and not point and not is_path(spec) and not spec.startswith("--"):
            raise UsageError(f"{quoted(word)} has a colon but no point behind it, such as :alpha=0.5,res=160")
        return spec


def complete_sides(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """``vs`` behind a SPEC, a SPEC behind that."""
    from click.shell_completion import CompletionItem

    before = words(ctx)
    if not before or before[-1] == VS:
        return complete_specs(ctx, param, incomplete)
    return [CompletionItem(VS)] if VS.startswith(incomplete) else []


@click.command(
    cls=CompareCommand,
    epilog=example(
        "costcalc compare standard vs separable",
        "costcalc compare mobilenet_v1 vs mobilenet_v1:alpha=0.5,res=160",
        "costcalc compare mobilenet_v1 vs mobilenet_v2 --res 192 --by stride",
    ),
)
@click.argument("specs", metavar="SPEC vs SPEC...", nargs=-1, required=True, shell_complete=complete_sides)
@click.option(
    "--by",
    type=click.Choice(BY),
    help="Only the table whose rows are this: specs (the totals), closed forms, kinds of layers, strides of the "
    "feature maps, layers that differ.  [default: all; csv: spec]",
)
@click.option(
    "--diff/--no-diff",
    default=None,
    help="The layers that are added, removed or changed from the first SPEC to each other.  "
    "[default: if all are files]",
)
@convention_option("Count the totals by this convention too", default=DEFAULT, show_default=True)
@click.option(
    "--wrt",
    metavar="NAME,…",
    help="Closed forms and their ratio in these parameters. Layers such as standard have them without being asked.",
)
@click.option("--set", "settings", metavar="NAME=VALUE", multiple=True, help="A parameter, by its name.")
@total_option
@output_options
@click.pass_context
def compare(
    ctx: click.Context,
    /,
    by: str | None,
    diff: bool | None,
    convention: str,
    wrt: str | None,
    settings: tuple[str, ...],
    total: bool,
    fmt: str,
    output: str | None,
    **values: Any,
) -> None:
    """What networks cost side by side: totals and their ratios to the first SPEC, kinds of layers, and strides.

    SPEC is what "costcalc show" takes, and behind it may stand a point: SPEC:alpha=0.5,res=160, or
    FILE:variant=NAME. Parameters are options as well: they are for all SPECs that have them, and a SPEC's own point
    wins.
    """
    sides = sides_of(words(ctx))
    names = [split_point(word)[0] for word in sides]
    texts = given(ctx, values, settings)
    chosen = None if convention == DEFAULT else open_convention(convention)
    found = [
        _side(letter, word, network, texts, chosen)
        for letter, word, network in zip(letters(), sides, networks(ctx, names), strict=False)
    ]
    if diff is None:
        diff = all(name == STDIN or is_path(name) for name in names)
    if by == "layer":
        diff = True
    symbols = None if wrt is None else [name.strip() for name in wrt.split(",") if name.strip()]
    if fmt == "json":
        write_tables([], fmt, output, document(found, diff, wrt=symbols))
        return
    chosen_by = by or ("spec" if fmt == "csv" else None)
    made = tables(found, chosen_by, diff, raw=fmt == "csv", wrt=symbols)
    if total and fmt == "csv":
        made = [with_total(table) if table.totals else table for table in made]
    write_tables(made, fmt, output)


def sides_of(found: list[str]) -> list[str]:
    """The SPECs between which "vs" stands. Raises :class:`UsageError` where it doesn't, or where there is one SPEC."""
    form = "write SPEC vs SPEC"
    due = True  # a SPEC
    for k, word in enumerate(found):
        if word != VS:
            if not due:
                raise UsageError(f"'{VS}' is missing between {quoted(found[k - 1])} and {quoted(word)}")
        elif due:
            where = "before the first" if k == 0 else "between two"
            raise UsageError(f"there is no SPEC {where} '{VS}'; {form}, and ./{VS}.yaml for a file of that name")
        due = word == VS
    if due:
        raise UsageError(f"there is no SPEC behind the last '{VS}'; {form}")
    if len(found) == 1:
        raise UsageError(f"there is nothing to compare {quoted(found[0])} with; {form}")
    return found[::2]


def _side(letter: str, word: str, network: Network, shared: Mapping[str, str], convention: Convention | None) -> Side:
    """The cost of the SPEC ``word`` at its own point, and else at the shared values. Errors name the word."""
    name, items = split_point(word)
    try:
        point: dict[str, str] = {}
        for item, text in items:
            if point.setdefault(item, text) != text:
                raise UsageError(f"{item} is given twice: {quoted(point[item])} and {quoted(text)}")
        if (variant := point.pop(VARIANT, None)) is not None:
            (network,) = at_variant([network], variant, "the point")
        known = parameters.names(network)
        for item in point:
            if item not in known:
                raise parameters.no_such_parameter(item, [network])
        rest = {item: text for item, text in shared.items() if item not in _said(point, network)}
        values = parameters.values(network, rest) | parameters.values(network, point, "")
        own = frozenset(point) if point else frozenset()
        return Side(letter, word, name, count(network, values, convention), values, own)
    except UsageError as e:
        raise UsageError(f"{word}: {e.message}") from e


def _said(point: Mapping[str, str], network: Network) -> set[str]:
    """The parameters of a point, and the resolution's other name where it is among them."""
    said = set(point)
    both = {"res", parameters.RHO}
    return said | both if said & both and parameters.RHO not in network.parameter_codes else said
