"""Finding specs: shipped ones by name, alias or variant, the user's own by path."""

from __future__ import annotations

import os
import re

from ..errors import UsageError, nearest, quoted
from .source import Source, Text, read_source

SUFFIX = ".yaml"


def specs_folder() -> str:
    """The folder of the shipped specs: in the installed package, or beside it in a checkout."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    checkout = os.path.join(os.path.dirname(package), "specs")
    if os.path.isdir(checkout) and os.path.isfile(os.path.join(os.path.dirname(package), "pyproject.toml")):
        return checkout
    return os.path.join(package, "specs")


def shipped(kind: str) -> dict[str, str]:
    """The shipped files of a kind (networks, blocks, papers, conventions): name → path, sorted by name."""
    found: dict[str, str] = {}
    for folder, _, files in os.walk(os.path.join(specs_folder(), kind)):
        for file in files:
            if file.endswith(SUFFIX):
                found[file[: -len(SUFFIX)]] = os.path.join(folder, file)
    return dict(sorted(found.items()))


def is_path(name: str) -> bool:
    """Whether ``name`` means a file and not a shipped spec."""
    return os.sep in name or name.endswith((".yaml", ".yml"))


def open_shipped(path: str) -> Source:
    """A shipped file, named in messages as ``specs/networks/…``."""
    shown = os.path.join("specs", os.path.relpath(path, specs_folder()))
    return read_source(path, shown)


def find_network(name: str) -> tuple[Source, str | None]:
    """The source that ``name`` means, and the variant if it is one's name.

    Raises :class:`UsageError` with the nearest names, :class:`SpecError` if a file can't be read.
    """
    if is_path(name):
        return read_source(name), None
    files = shipped("networks")
    if name in files:
        return open_shipped(files[name]), None
    pattern = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])")
    # The file whose name the variant's begins with comes first: one read in place of all.
    likely = sorted(files, key=lambda stem: (not name.startswith(stem), stem))
    for stem in likely:
        source = open_shipped(files[stem])
        if pattern.search(source.text):
            kind = names_in(source).get(name)
            if kind is not None:
                return source, name if kind == "variant" else None
    if os.path.isfile(name):
        raise UsageError(f"no spec is called {quoted(name)}; for the file write ./{name}")
    known = [*files]
    for stem in files:
        known += names_in(open_shipped(files[stem]))
    raise UsageError(f"no spec is called {quoted(name)}{nearest(name, known)}; 'costcalc list' shows all")


def names_in(source: Source) -> dict[str, str]:
    """The names by which a network's file can be asked for: its own, aliases, variants."""
    from .sections import read_spec

    spec, _ = read_spec(source)
    names = {spec.name: "network"} if spec.name else {}
    names |= dict.fromkeys(spec.aliases, "alias")
    return names | dict.fromkeys(spec.variants, "variant")


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
            return beside
    for kind in ("blocks", "networks"):
        files = shipped(kind)
        if name.value in files:
            return files[name.value]
    if itself:
        raise name.error("a file can't use itself")
    known = nearest(name.value, [*shipped("blocks"), *shipped("networks")])
    raise name.error(f"no file {quoted(name.value + SUFFIX)} in the same folder or among the shipped ones{known}")
