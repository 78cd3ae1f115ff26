"""``new``: a copy of a spec and of all that it uses, as files of one folder."""

from __future__ import annotations

import os

from ..errors import UsageError, quoted
from ..language.find import find_used, read_used
from ..language.folders import SUFFIX
from ..language.sections import read_spec
from ..language.source import Source
from ..network import Network


def files(network: Network, target: str) -> dict[str, str]:
    """The text of each file by its path: what ``target`` uses first, under the names that it uses it by, then itself.

    Raises :class:`UsageError` if ``target`` has the name of something that it uses.
    """
    origin = network.program.spec.origin
    used: dict[str, Source] = {}
    _gather(origin, used)
    folder, own = os.path.split(target)
    if os.path.splitext(own)[0] in used:
        raise UsageError(f"{network.program.spec.name} uses {quoted(own)}, so its copy needs another name")
    return {**{os.path.join(folder, name + SUFFIX): source.text for name, source in used.items()}, target: origin.text}


def _gather(source: Source, used: dict[str, Source]) -> None:
    spec, _ = read_spec(source)
    for name, _ in spec.uses:
        if name.value not in used:
            used[name.value] = read_used(find_used(name, source))
            _gather(used[name.value], used)
