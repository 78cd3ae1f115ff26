"""The networks that SPEC arguments name: shipped ones, the user's files, a text from stdin."""

from __future__ import annotations

import os
import re
import sys

import click

from ..conventions import Convention, load_convention, read_convention
from ..errors import UsageError, nearest, quoted
from ..language.find import find_network, is_path
from ..language.folders import ONNX_SUFFIX
from ..language.source import MAX_BYTES, Source, decode_source, read_source
from ..network import Network, network_from

STDIN = "-"
VARIANT = "variant"
"""The item of a point that is no parameter: ``FILE:variant=NAME``."""

_NAMED = r"(?P<name>[^\W\d]\w*)=(?P<value>\"[^\"]*\"|'[^']*'|[^,:'\"]*)"
_ITEM = re.compile(_NAMED)
_POINT = re.compile(re.sub(r"\?P<\w+>", "?:", f"{_NAMED}(?:,{_NAMED})*"))


def open_network(word: str) -> Network:
    """The network that ``word`` names. Raises :class:`UsageError` or :class:`SpecError`."""
    if word == STDIN:
        return network_from(read_stdin())
    if word.endswith(ONNX_SUFFIX):
        from ..importing.from_onnx import from_onnx

        return from_onnx(word)
    source, point, note = find_network(word)
    if note:
        click.echo(note, err=True)
    return network_from(source, point)


def split_point(word: str) -> tuple[str, list[tuple[str, str]]]:
    """``SPEC:name=value,name=value`` as SPEC and the pairs (name, value).

    The point begins behind the last ``:`` from which on everything is ``name=value``; a value with commas or colons
    stands in quotes. The path of a file that exists has no point, whatever it is called.
    """
    at = len(word) if "=" in word and not os.path.isfile(word) else 0
    while (at := word.rfind(":", 0, at)) > 0:
        if _POINT.fullmatch(word, at + 1):
            return word[:at], [(item["name"], _value(item)) for item in _ITEM.finditer(word, at + 1)]
    return word, []


def _value(item: re.Match[str]) -> str:
    text = item["value"]
    return text[1:-1] if text[:1] in ("'", '"') else text


def open_convention(name: str) -> Convention:
    """A shipped convention, or one from a file. Raises :class:`UsageError` or :class:`SpecError`."""
    return read_convention(read_source(name)) if is_path(name) else load_convention(name)


def read_stdin() -> Source:
    """The text of stdin, at most 1 MiB of it. Raises :class:`SpecError` for more, and for what is no text."""
    if sys.stdin is None:
        raise UsageError("there is no standard input to read a spec from")
    try:
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
    except (OSError, ValueError) as e:
        raise UsageError(f"standard input can't be read: {e}") from e
    return decode_source(data, "<stdin>")


def at_variant(networks: list[Network], variant: str, said_by: str = "--variant") -> list[Network]:
    """Each network at ``variant``, where it has that; an error if none has, or if one is at another already."""
    for network in networks:
        if network.variant not in (None, variant):
            raise UsageError(
                f"{network.name} is a variant already, and {said_by} says {quoted(variant)}; give one of them"
            )
    if not any(variant in network.variants for network in networks):
        known = [name for network in networks for name in network.variants]
        who = " nor ".join(network.name for network in networks)
        has = f"; there are {', '.join(known)}" if known else ""
        raise UsageError(f"{who} has no variant {quoted(variant)}{nearest(variant, known)}{has}")
    return [Network(n.program, variant) if variant in n.variants else n for n in networks]
