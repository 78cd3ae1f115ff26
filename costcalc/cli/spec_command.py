"""A command whose options include the parameters of the specs that it is given, letter for letter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

from ..errors import CostcalcError, UsageError, quoted
from ..language.find import is_path
from ..network import Network
from ..record import Record
from ..reports import parameters
from .options import SPEC_OPTIONS, joined
from .specs import STDIN, VARIANT, at_variant, open_network, split_point
from .words import flags_given_values, open_specs, words_of

_KEY = "costcalc.networks"
_WORDS = "costcalc.words"
VS = "vs"


class ParameterOption(click.Option):
    """The option of a parameter. Its value stays text, for several specs may read it differently."""

    def __init__(self, parameter: str) -> None:
        super().__init__([f"--{parameter}", f"parameter_{parameter}"])
        self.parameter = parameter


class GivenSpec(Record):
    """A network as the command line gives it: ``SPEC`` or ``SPEC:name=value,…``.

    ``word`` is all of that and ``spec`` what stands before the point. ``values`` are the parameters that were given at
    all, ``own`` the names of those in its own point.
    """

    word: str
    spec: str
    network: Network
    values: dict[str, Any]
    own: frozenset[str]


class SpecCommand(click.Command):
    """Finds the SPECs among its arguments first, then parses all with their parameters as options.

    What was given is at :func:`given_specs`. A parameter that has the name of an option of any command that takes SPECs
    is no option: ``--set`` and the point of a SPEC reach it, and so a word means one thing in all of them.
    """

    def spec_of(self, word: str) -> str | None:
        """``word`` without its point; None for what is no SPEC. Raises :class:`UsageError` for half a point."""
        spec, point = split_point(word)
        if ":" in spec and not point and not is_path(spec) and not spec.startswith("--"):
            raise UsageError(f"{quoted(word)} has a colon but no point behind it, such as :alpha=0.5,res=160")
        if spec == VS:
            raise UsageError(f"'{VS}' stands between the SPECs of another command: costcalc compare SPEC {VS} SPEC")
        return spec

    def specs_among(self, words: Sequence[str]) -> Sequence[str]:
        """Those of the arguments that may be SPECs: all, unless a command says which."""
        return words

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        known = self._takes_value(ctx)
        args = joined(args, super().get_params(ctx))
        try:
            found, words = open_specs(args, known, self.spec_of, self.specs_among)
        except CostcalcError:
            if not ctx.resilient_parsing:
                raise
            found, words = {}, words_of(args, known, set(), lambda word: word)
        ctx.meta[_KEY] = found
        ctx.meta[_WORDS] = words.words
        plain = list(args)
        for at, word in zip(words.at, words.words, strict=True):
            if word.startswith(f"{STDIN}:"):  # with a point behind it, click would take it for options
                plain[at] = STDIN
        try:
            taken = {f"--{name}" for name in SPEC_OPTIONS}.union(known)
            return super().parse_args(ctx, flags_given_values(plain, known, taken, found.values()))
        except click.NoSuchOption as e:
            raise self._no_option(e.option_name, list(found.values()), known) from e

    def _no_option(self, option: str, found: list[Network], known: Iterable[str]) -> UsageError:
        name = option.removeprefix("--")
        if not found:
            return UsageError(f"there is no option {quoted(option)}, and no SPEC whose parameter it may be")
        if name in parameters.every_name(found):
            ways = f"--set {name}=VALUE or SPEC:{name}=VALUE"
            return UsageError(f"{quoted(option)} is an option of other commands; the parameter is given by {ways}")
        return parameters.no_such_option(option, found, [name for name in known if name != "--help"])

    def _takes_value(self, ctx: click.Context) -> dict[str, int]:
        """Every option that the command itself has, and how many values follow it."""
        return {
            name: 0 if option.is_flag or option.count else option.nargs
            for option in super().get_params(ctx)
            if isinstance(option, click.Option)
            for name in (*option.opts, *option.secondary_opts)
        }

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        found: Mapping[str, Network] = ctx.meta.get(_KEY, {})
        own = super().get_params(ctx)
        taken = SPEC_OPTIONS.union(option.removeprefix("--") for p in own for option in p.opts)
        free = [name for name in parameters.every_name(found.values()) if name not in taken]
        return [*own, *map(ParameterOption, free)]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        own = [p.get_help_record(ctx) for p in super().get_params(ctx) if isinstance(p, click.Option)]
        with formatter.section("Options"):
            formatter.write_dl([record for record in own if record is not None])
        told: list[tuple[str, object]] = []  # two versions of a file may have the same
        taken = {f"--{name}" for name in SPEC_OPTIONS}.union(self._takes_value(ctx))
        for network in ctx.meta.get(_KEY, {}).values():
            rows = parameters.records(network, taken)
            if (network.name, rows) in told:
                continue
            told.append((network.name, rows))
            with formatter.section(f"Parameters of {network.name}"):
                if rows:
                    formatter.write_dl(rows)
                else:
                    formatter.write_text("none")


# -- what was given


def words_given(ctx: click.Context) -> list[str]:
    """The arguments that are no options, in their order and as they were given."""
    found: list[str] = ctx.meta[_WORDS]
    return found


def given_specs(
    ctx: click.Context,
    words: Iterable[str],
    values: Mapping[str, Any],
    settings: Iterable[str],
    variant: str | None = None,
) -> list[GivenSpec]:
    """The networks of the SPECs ``words``, each with the values given for it: its own point wins over the options.

    ``values`` are the options' and ``settings`` those of ``--set``; a value is for the networks that have the
    parameter. ``variant`` is ``--variant``. Raises :class:`UsageError`, where a SPEC has a point with its word before.
    """
    found: dict[str, Network] = ctx.meta[_KEY]
    made = []
    for word in words:
        spec, _ = split_point(word)
        made.append((word, spec, found[spec] if spec in found else open_network(spec)))
    networks = [network for _, _, network in made]
    if variant is not None:
        networks = at_variant(networks, variant)
    shared = given_texts(ctx, values, settings)
    return [_given(word, spec, n, shared) for (word, spec, _), n in zip(made, networks, strict=True)]


def _given(word: str, spec: str, network: Network, shared: Mapping[str, str]) -> GivenSpec:
    _, items = split_point(word)
    if not items:
        return GivenSpec(word, spec, network, _renamed(network, parameters.values(network, shared)), frozenset())
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
        said = _said(point, network)
        rest = {item: text for item, text in shared.items() if item not in said}
        values = _renamed(network, parameters.values(network, rest) | parameters.values(network, point, ""))
    except UsageError as e:
        raise UsageError(f"{word}: {e.message}") from e
    return GivenSpec(word, spec, network, values, frozenset(point))


def _renamed(network: Network, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values with older names as what they are now, which stderr is told."""
    values, said = parameters.renamed(network, given)
    for line in said:
        click.echo(f"Warning: {line}", err=True)
    return values


def _said(point: Mapping[str, str], network: Network) -> set[str]:
    """The parameters of a point, and the resolution's other name where it is among them."""
    said = set(point)
    both = {"res", parameters.RHO}
    return said | both if said & both and parameters.RHO not in network.parameter_codes else said


def given_texts(ctx: click.Context, values: Mapping[str, Any], settings: Iterable[str]) -> dict[str, str]:
    """The text of each parameter that an option or ``--set name=value`` gives."""
    texts = {
        option.parameter: values[option.name]
        for option in ctx.command.get_params(ctx)
        if isinstance(option, ParameterOption) and option.name and values.get(option.name) is not None
    }
    found: dict[str, Network] = ctx.meta[_KEY]
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals or not name:
            raise UsageError(f"--set takes name=value, such as alpha=0.5, not {quoted(setting)}")
        if not any(name in parameters.names(network) for network in found.values()):
            raise parameters.no_such_parameter(name, list(found.values()))
        if texts.setdefault(name, text) != text:
            raise UsageError(f"{name} is given twice: {quoted(texts[name])} and {quoted(text)}")
    return texts
