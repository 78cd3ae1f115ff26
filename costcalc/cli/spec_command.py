"""A command whose options include the parameters of the specs that it is given, letter for letter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import click

from ..errors import CostcalcError, UsageError, quoted
from ..network import Network
from ..reports import parameters
from .specs import STDIN, open_network

_KEY = "costcalc.networks"
_WORDS = "costcalc.words"

SpecOf = Callable[[str], str | None]


class ParameterOption(click.Option):
    """The option of a parameter. Its value stays text, for several specs may read it differently."""

    def __init__(self, parameter: str) -> None:
        super().__init__([f"--{parameter}", f"parameter_{parameter}"])
        self.parameter = parameter


class Words:
    """The arguments that are no options, where they stand, and those behind an option which only a spec can know.

    The latter are pairs (option, word).
    """

    def __init__(self) -> None:
        self.words: list[str] = []
        self.at: list[int] = []
        self.behind_unknown: list[tuple[str, str]] = []

    def add(self, word: str, at: int) -> None:
        """``word``, which stands at ``at`` among the arguments."""
        self.words.append(word)
        self.at.append(at)


class SpecCommand(click.Command):
    """Finds the SPECs among its arguments first, then parses all with their parameters as options.

    The networks are at :func:`networks`, the texts given for parameters at :func:`given`. An option of the command
    itself hides a parameter of that name, which ``--set`` then reaches.
    """

    def spec_of(self, word: str) -> str | None:
        """What names a network in the argument ``word``; None if that is no SPEC."""
        return word

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        known = self._takes_value(ctx)
        try:
            found, words = _open(args, known, self.spec_of)
        except CostcalcError:
            if not ctx.resilient_parsing:
                raise
            found, words = {}, _words(args, known, set(), self.spec_of)
        ctx.meta[_KEY] = found
        ctx.meta[_WORDS] = words.words
        plain = list(args)
        for at, word in zip(words.at, words.words, strict=True):
            if self.spec_of(word) == STDIN:  # with a point behind it, click would take it for options
                plain[at] = STDIN
        try:
            return super().parse_args(ctx, _flags_given_values(plain, known, found.values()))
        except click.NoSuchOption as e:
            if not found:
                raise UsageError(
                    f"there is no option {quoted(e.option_name)}, and no SPEC whose parameter it may be"
                ) from e
            own = [name for name in known if name != "--help"]
            raise parameters.no_such_option(e.option_name, list(found.values()), own) from e

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
        known = self._takes_value(ctx)
        free = [name for name in parameters.every_name(found.values()) if f"--{name}" not in known]
        return [*super().get_params(ctx), *map(ParameterOption, free)]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        own = [p.get_help_record(ctx) for p in super().get_params(ctx) if isinstance(p, click.Option)]
        with formatter.section("Options"):
            formatter.write_dl([record for record in own if record is not None])
        known = self._takes_value(ctx)
        told: list[tuple[str, object]] = []  # two versions of a file may have the same
        for network in ctx.meta.get(_KEY, {}).values():
            rows = parameters.records(network, known)
            if (network.name, rows) in told:
                continue
            told.append((network.name, rows))
            with formatter.section(f"Parameters of {network.name}"):
                if rows:
                    formatter.write_dl(rows)
                else:
                    formatter.write_text("none")


def networks(ctx: click.Context, specs: Iterable[str]) -> list[Network]:
    """The networks of the SPEC arguments, in their order."""
    found: dict[str, Network] = ctx.meta[_KEY]
    return [found[spec] if spec in found else open_network(spec) for spec in specs]


def words(ctx: click.Context) -> list[str]:
    """The arguments that are no options, in their order and as they were given."""
    found: list[str] = ctx.meta[_WORDS]
    return found


def given(ctx: click.Context, values: Mapping[str, Any], settings: Iterable[str]) -> dict[str, str]:
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


# -- which arguments are SPECs


def _open(args: list[str], known: Mapping[str, int], spec_of: SpecOf) -> tuple[dict[str, Network], Words]:
    """The networks by what names them, and all words.

    A word behind an unknown option is its value, unless that turns out to be a yes/no parameter of a network: which
    one needs to know first.
    """
    found: dict[str, Network] = {}
    while True:
        words = _words(args, known, _flags(found.values()), spec_of)
        specs = [spec for spec in map(spec_of, words.words) if spec is not None]
        new = [spec for spec in specs if spec not in found]
        if not new and found:
            return {spec: found[spec] for spec in dict.fromkeys(specs)}, words
        if not new:
            new = _behind_flag(words.behind_unknown, spec_of)
            if not new:
                return {}, words
        for spec in dict.fromkeys(new):
            found[spec] = open_network(spec)


def _behind_flag(words: list[tuple[str, str]], spec_of: SpecOf) -> list[str]:
    """The first SPEC behind a yes/no parameter that is given as a bare flag: ``--flag SPEC``."""
    for parameter, word in words:
        spec = spec_of(word)
        if spec is None:
            continue
        try:
            network = open_network(spec)
        except CostcalcError:
            continue
        if parameter in parameters.flags(network):
            return [spec]
    return []


def _flags(found: Iterable[Network]) -> set[str]:
    return set().union(*map(parameters.flags, found))


def _words(args: list[str], known: Mapping[str, int], flags: set[str], spec_of: SpecOf) -> Words:
    """The arguments sorted as click will, once it knows the parameters."""
    words = Words()
    at = 0
    while at < len(args):
        arg, follows = args[at], args[at + 1 : at + 2]
        at += 1
        if arg == "--":
            for k in range(at, len(args)):
                words.add(args[k], k)
            break
        if not arg.startswith("-") or spec_of(arg) == STDIN:
            words.add(arg, at - 1)
        elif arg in known:
            at += known[arg]
        elif arg.startswith("--") and "=" not in arg and follows and not _is_option(follows[0], known):
            if arg[2:] in flags and not parameters.is_yes_or_no(follows[0]):
                continue
            words.behind_unknown.append((arg[2:], follows[0]))
            at += 1
    return words


def _is_option(arg: str, known: Mapping[str, int]) -> bool:
    """Whether ``arg`` is an option and no value such as -1."""
    return arg.startswith("--") or arg in known


def _flags_given_values(args: list[str], known: Mapping[str, int], found: Iterable[Network]) -> list[str]:
    """``args`` with ``--flag`` written out as ``--flag=yes`` where no yes or no follows.

    Raises :class:`click.UsageError` for another parameter whose value is missing: click would take the next option.
    """
    flags = {f"--{name}" for name in _flags(found)} - known.keys()
    others = {f"--{name}" for name in parameters.every_name(found)} - flags - known.keys()
    result: list[str] = []
    for k, arg in enumerate(args):
        if arg == "--":
            return [*result, *args[k:]]
        follows = args[k + 1] if k + 1 < len(args) else ""
        is_value = any(known.get(before, 0) >= n for n, before in enumerate(args[:k][:-3:-1], 1))
        if arg in flags and not is_value and not parameters.is_yes_or_no(follows):
            arg += "=yes"
        if arg in others and not is_value and _is_option(follows, known):
            raise click.UsageError(f"Option {arg!r} requires an argument.")
        result.append(arg)
    return result
