"""Which arguments of a command are SPECs, where options include parameters that only the specs know."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import click

from ..errors import CostcalcError
from ..network import Network
from ..reports import parameters
from .specs import STDIN, open_network

SpecOf = Callable[[str], str | None]
"""What names a network in an argument; None for one that is no SPEC."""


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


def open_specs(
    args: list[str], known: Mapping[str, int], spec_of: SpecOf, among: Callable[[list[str]], Sequence[str]]
) -> tuple[dict[str, Network], Words]:
    """The networks by what names them, and all words. ``among``: those of the words that may be SPECs.

    A word behind an unknown option is its value, unless that turns out to be a yes/no parameter of a network: which
    one needs to know first.
    """
    found: dict[str, Network] = {}
    while True:
        words = words_of(args, known, _flags(found.values()), spec_of)
        specs = [spec for spec in map(spec_of, among(words.words)) if spec is not None]
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


def words_of(args: list[str], known: Mapping[str, int], flags: set[str], spec_of: SpecOf) -> Words:
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


def flags_given_values(
    args: list[str], known: Mapping[str, int], taken: Collection[str], found: Iterable[Network]
) -> list[str]:
    """``args`` with ``--flag`` written out as ``--flag=yes`` where no yes or no follows.

    ``known`` are the options of the command itself, ``taken`` those that are no parameter's. Raises
    :class:`click.UsageError` for another parameter whose value is missing: click would take the next option.
    """
    flags = {f"--{name}" for name in _flags(found)}.difference(taken)
    others = {f"--{name}" for name in parameters.every_name(found)}.difference(flags, taken)
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
