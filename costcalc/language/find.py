"""Finding specs: shipped ones by name, alias or variant, the user's own by path."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import NamedTuple

from ..errors import UsageError, nearest, printable, quoted
from .folders import ONNX_SUFFIX, SUFFIX, is_path, own_networks, shipped, specs_folder
from .index import PublicName, SpecIndex, folded
from .sections import read_spec
from .source import Source, Text, read_source

__all__ = [
    "Found",
    "find_network",
    "find_used",
    "is_path",
    "known_names",
    "names_in",
    "open_shipped",
    "read_used",
    "shipped",
    "specs_folder",
]


class Found(NamedTuple):
    """The spec that a name means, the variant or point of it, and what people should know about the name."""

    source: Source
    point: str | None
    note: str = ""


def open_shipped(path: str) -> Source:
    """A shipped file, named in messages as ``specs/networks/…``."""
    shown = os.path.join("specs", os.path.relpath(path, specs_folder()))
    return read_source(path, shown)


def read_used(path: str) -> Source:
    """A file that :func:`find_used` found, which may be a shipped one."""
    is_shipped = os.path.realpath(path).startswith(os.path.realpath(specs_folder()) + os.sep)
    return open_shipped(path) if is_shipped else read_source(path)


def find_network(name: str) -> Found:
    """What ``name`` means: a file, or a shipped network, variant or alias; as it is written, or but for case, - and _.

    Raises :class:`UsageError` with the nearest names, or with all that it may mean; :class:`SpecError` if a file can't
    be read.
    """
    if name.endswith(ONNX_SUFFIX):
        raise UsageError(f"{printable(name)} is an ONNX file: costcalc.from_onnx reads it")
    if is_path(name):
        return Found(read_source(name), None)
    files = shipped("networks")
    if name in files:
        return Found(open_shipped(files[name]), None)
    index = SpecIndex()
    own = [known for known in index.candidates(name) if not known.libraries]
    if len(own) == 1:
        return Found(open_shipped(own[0].path), own[0].point)
    every = list(known_names(index))
    alike = [known for known in every if folded(known.name) == folded(name)]
    best = [k for k in alike if k.name == name] or [k for k in alike if not k.differs] or alike
    meant = list({(k.path, k.point, k.differs): k for k in best}.values())
    if not meant:
        raise UsageError(_unknown(name, every))
    if len(meant) > 1 or meant[0].differs:
        raise UsageError(_ambiguous(name, meant))
    return Found(open_shipped(meant[0].path), meant[0].point, _note(meant[0], alike))


def known_names(index: SpecIndex | None = None) -> Iterator[PublicName]:
    """Every name that a shipped network can be asked for by: from the index, or from the spec where that is newer."""
    index = index or SpecIndex()
    for path in shipped("networks").values():
        file = os.path.relpath(path, index.folder).replace(os.sep, "/")
        names = index.names_of(file)
        yield from names_in(open_shipped(path)) if names is None else names


def own_names(name: str) -> set[str]:
    """Our own names of all that ``name`` may mean, as it is written or as people type it."""
    alike = [k for k in known_names() if folded(k.name) == folded(name)]
    exact = [k for k in alike if k.name == name] or alike
    return {k.own for k in exact}


def names_in(source: Source) -> list[PublicName]:
    """The names by which a network's file can be asked for: its own, its variants', aliases."""
    spec, _ = read_spec(source)
    own = [PublicName(spec.name, source.path, None, "network")] if spec.name else []
    variants = [PublicName(name, source.path, name, "variant") for name in spec.variants]
    aliases = [PublicName(a.name, source.path, a.point, "alias", a.libraries, a.differs) for a in spec.aliases.values()]
    return [*own, *variants, *aliases]


def _note(known: PublicName, alike: list[PublicName]) -> str:
    """That a library's name is another network than ours of nearly the same name."""
    ours = [k.name for k in alike if not k.libraries and (k.path, k.point) != (known.path, known.point)]
    if not known.libraries or not ours:
        return ""
    return f"{_told(known)}; {ours[0]} is another network (costcalc compare {ours[0]} vs {known.point})"


def _ambiguous(name: str, meant: list[PublicName]) -> str:
    if len(meant) == 1:
        return f"no spec is called {quoted(name)}: {_told(meant[0])}"
    told = [_told(known) for known in meant]
    return f"{quoted(name)} may mean {', '.join(told[:-1])} or {told[-1]}; write one of these"


def _told(known: PublicName) -> str:
    """A name as it may be typed, who calls a network so, and what that is here."""
    if not known.libraries:
        return known.name
    here = known.point or os.path.basename(known.path)[: -len(SUFFIX)]
    if known.differs:
        return f"{known.name} of {known.libraries} is near {here}, but {known.differs}"
    is_own = here == known.name
    return f"{known.name} ({known.libraries}{'' if is_own else ': ' + here})"


def _unknown(name: str, known: list[PublicName]) -> str:
    for file in (name, name + SUFFIX, name + ".yml"):
        if os.path.isfile(file):
            return f"no spec is called {quoted(name)}; for the file write {file if is_path(file) else './' + file}"
    told: dict[tuple[str, str, str | None], str] = {}  # not the same name twice, with and without a "_"
    for k in known:
        told.setdefault((folded(k.name), k.path, k.point), k.name)
    close = nearest(name, [*told.values(), *own_networks("")])
    return f"no spec is called {quoted(name)}{close}; 'costcalc list' shows all"


def find_used(name: Text, user: Source) -> str:
    """The path of a file that ``uses`` names: in the same folder, then among the shipped blocks and networks."""
    if not re.fullmatch(r"\w[\w-]{0,99}", name.value):
        raise name.error(
            f"'uses' takes the bare name of a file in the same folder or of a shipped one, not {quoted(name.value)}"
        )
    itself = False
    if user.path:
        beside = os.path.join(os.path.dirname(user.path), name.value + SUFFIX)
        itself = os.path.abspath(beside) == os.path.abspath(user.path)
        if os.path.isfile(beside) and not itself:
            if os.path.dirname(os.path.realpath(beside)) != os.path.realpath(os.path.dirname(user.path)):
                raise name.error(
                    f"{quoted(name.value + SUFFIX)} is a link out of the folder, which 'uses' doesn't follow"
                )
            return beside
    for kind in ("blocks", "networks"):
        files = shipped(kind)
        if name.value in files:
            return files[name.value]
    if itself:
        raise name.error("a file can't use itself")
    known = nearest(name.value, [*shipped("blocks"), *shipped("networks")])
    raise name.error(f"no file {quoted(name.value + SUFFIX)} in the same folder or among the shipped ones{known}")
