"""What ``import`` answers: a spec, and a report of what it was checked against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ..importing.from_onnx import import_onnx
from ..importing.from_torch import trace_source
from ..importing.imported import Imported, imported, imported_varied
from ..importing.lowering.context import Gaps
from ..importing.sources import InputShape

MAX_UNUSED = 10


def from_code(
    source: str,
    inputs: Sequence[InputShape],
    kwargs: Mapping[str, Any],
    check_size: int | None,
    timeout: int,
    *,
    folded: bool,
    vary: tuple[str, Sequence[float]] | None = None,
) -> Imported:
    """The spec of ``package.module:callable`` or ``file.py:callable``. Raises :class:`Gaps` and other errors.

    ``vary``: an argument of the callable, and the values that it is traced at, one trace after another.
    """
    if vary is not None:
        name, values = vary
        each = [
            trace_source(source, inputs, {**kwargs, name: v}, check_size=check_size, timeout=timeout) for v in values
        ]
        listed = ", ".join(f"{v:g}" for v in values)
        return imported_varied(name, values, each, f"imported from PyTorch: {source} with {name} {listed}")
    traces = trace_source(source, inputs, kwargs, check_size=check_size, timeout=timeout)
    shapes = ", ".join("x".join(map(str, node.shape[1:])) for node in traces.first.inputs)
    given = f" with {', '.join(f'{name}={value!r}' for name, value in kwargs.items())}" if kwargs else ""
    return imported(traces, f"PyTorch: {source}{given}, traced at {shapes}", folded=folded)


def from_file(path: str, inputs: Sequence[InputShape], check_size: int | None, *, folded: bool) -> Imported:
    """The spec of an ONNX file. Raises :class:`Gaps` and other errors."""
    return import_onnx(path, inputs, check_size, folded=folded)


def report(made: Imported) -> list[str]:
    """Lines for stderr: both counts at each size, what the forward pass doesn't use, notes."""
    number = len(made.flat.calls)
    lines = [f"{made.flat.name}: {number} layer{'s'[: number != 1]} in {_lines(made.text)} lines"]
    rows: list[tuple[str, ...]] = [("", "", "module", "spec", "")]
    for side in made.checked.sides:
        shown = side.at or "x".join(map(str, side.size[1:]))
        rows.append((shown, "params", *_counts(side.params, side.spec_params)))
        if side.mult_adds is not None:
            rows.append(("", "mult-adds", *_counts(side.mult_adds, side.spec_mult_adds)))
    lines += _aligned(rows)
    lines += [f"shapes differ: {shape}" for shape in made.checked.shapes]
    unused = made.traces.first.unused
    if unused:
        number = sum(n for _, n in unused)
        names = ", ".join(name for name, _ in unused[:MAX_UNUSED]) + (", …" if len(unused) > MAX_UNUSED else "")
        lines.append(f"the forward pass doesn't use {number:,} parameters, which the spec hasn't: {names}")
    if made.flat.fixed:
        lines.append(f"for this size only: {made.flat.fixed}")
    return lines + [f"note: {note}" for note in made.notes]


def _lines(text: str) -> int:
    return sum(bool(line.strip()) and not line.lstrip().startswith("#") for line in text.splitlines())


def _counts(own: int, spec: int) -> tuple[str, str, str]:
    return f"{own:,}", f"{spec:,}", "" if own == spec else f"differs by {spec - own:+,}"


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [cell.ljust(w) if k < 2 else cell.rjust(w) for k, (cell, w) in enumerate(zip(row, widths, strict=True))]
        lines.append("  ".join(cells).rstrip())
    return lines


def gaps(found: Gaps) -> list[str]:
    """A line for each kind of gap: its name, how often, the operation, and where it is first met."""
    groups = Counter((gap.kind, gap.op) for gap in found.gaps)
    first = {(gap.kind, gap.op): gap for gap in reversed(found.gaps)}
    lines = []
    for (kind, op), number in groups.most_common():
        gap = first[kind, op]
        detail = f" ({gap.detail})" if gap.detail and gap.detail != op else ""
        where = ", ".join(filter(None, [gap.path, gap.source]))
        lines.append(
            f"{kind}: {op}{detail}, {'once' if number == 1 else f'{number} times, first'} at {where or 'the top'}"
        )
    return lines
