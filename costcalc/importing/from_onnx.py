"""An ONNX file as a network: read, lowered, folded and checked. Nothing of the file is run, no weights are read."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from ..errors import CostcalcError, SpecError, printable
from ..network import Network
from .from_torch import Traces
from .imported import Imported, imported
from .lowering.context import Gaps
from .onnx_file.read import read_onnx
from .sources import InputShape


def import_onnx(
    path: str, inputs: Sequence[InputShape] = (), check_size: int | None = None, *, folded: bool = True
) -> Imported:
    """The spec of the file at ``path``. Raises :class:`Gaps` for what the language can't say, and other errors."""
    first, second, why = read_onnx(path, inputs, check_size)
    shapes = ", ".join("x".join(map(str, node.shape[1:])) for node in first.inputs)
    origin = f"ONNX: {printable(os.path.basename(path))}, read at {shapes}"
    try:
        return imported(Traces(first, second, why), origin, folded=folded)
    except SpecError as e:
        raise CostcalcError(f"{printable(path)}: no spec comes of it: {e.message}") from e


def from_onnx(path: str, inputs: Mapping[str, Sequence[int]] | None = None) -> Network:
    """The network of an ONNX file; its ``text()`` is the spec.

    ``inputs`` are sizes by the names of the file's inputs, channels first, with or without the batch in front; sizes
    that the file leaves free need them. Raises :class:`CostcalcError` for a file that is broken, or that the language
    can't say, :class:`UsageError` for wrong inputs.
    """
    shapes = [InputShape(name, tuple(sizes)) for name, sizes in (inputs or {}).items()]
    try:
        made = import_onnx(path, shapes)
    except Gaps as found:
        gap = found.gaps[0]
        where = f" in {printable(gap.path)}" if gap.path else ""
        detail = f" ({printable(gap.detail)})" if gap.detail and gap.detail != gap.op else ""
        more = f", and {len(found.gaps) - 1} more" if len(found.gaps) > 1 else ""
        raise CostcalcError(
            f"{printable(path)}: the language can't say it: {gap.kind}: {printable(gap.op)}{detail}{where}{more}"
        ) from found
    if not made.agrees:
        raise CostcalcError(f"{printable(path)}: its spec differs from it; costcalc import tells in what")
    return made.checked.network
