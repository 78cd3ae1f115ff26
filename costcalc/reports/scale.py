"""The answer of ``scale``: a network at factors of depth, width and resolution, and what that makes of its work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..conventions import DEFAULT, Convention
from ..record import Record
from ..scaling import DIMENSIONS, Scaled, Scaler
from ..table import Column, Table
from .columns import table_of
from .definition import MULT_ADDS
from .values import plain, shown, with_format


class ScalingRow(Record):
    """A row: the scaled network, what it is called here, and the work that it was to have."""

    label: str
    scaled: Scaled
    target: float | None = None


def table(
    scaler: Scaler, lines: Sequence[ScalingRow], convention: Convention | None, *, bases: bool, rest: int = 0
) -> Table:
    """A row for each way to scale. ``bases``: with the bases of the factors; ``rest`` rows are left out."""
    parameters = list(dict.fromkeys(name for line in lines for name in line.scaled.values))
    base = scaler.base.mult_adds
    columns = [Column("scaling", "scaling", get=lambda line: line.label)]
    if bases:
        columns += [Column(f"{name}_base", f"{name} base", "int", get=_base(name)) for name in DIMENSIONS]
        columns.append(Column("product", "d·w²·r²", "ratio", get=lambda line: line.scaled.bases.product))
    columns += [Column(name, name, "int", get=_value(name)) for name in parameters]
    columns += [
        Column("params", "params", "count", get=lambda line: line.scaled.params),
        Column("mult_adds", "mult-adds", "count", get=lambda line: line.scaled.mult_adds),
    ]
    if convention is not None:
        counted = f"counted ({convention.unit})"
        columns.append(Column("counted", counted, "count", get=lambda line: line.scaled.counted))
    columns.append(Column("ratio", "× base", "ratio", get=lambda line: line.scaled.mult_adds / base))
    if any(line.target is not None for line in lines):
        columns.append(Column("target", "2^φ", "ratio", get=lambda line: line.target))
    made = table_of(columns, lines, f"{scaler.network.name}, scaled")
    if rest:
        made.notes.append(f"{rest:,} further triples: --top {rest + len(lines)}, or --format csv.")
    made.notes.append(MULT_ADDS)
    return made


def _base(name: str) -> Callable[[ScalingRow], Any]:
    return lambda line: _short(getattr(line.scaled.bases, name))


def _value(name: str) -> Callable[[ScalingRow], Any]:
    return lambda line: _short(line.scaled.values.get(name))


def _short(value: Any) -> Any:
    """A factor without the last digits of a power, which no count depends on; a rectangle as people write it."""
    if type(value) is float:
        return float(f"{value:.12g}")
    return value if value is None or isinstance(value, int) else shown(value)


def document(scaler: Scaler, lines: Sequence[ScalingRow], convention: Convention | None) -> dict[str, Any]:
    """The JSON: the network that is scaled, and each way to scale it."""
    return with_format(
        {
            "spec": scaler.network.name,
            "convention": convention.name if convention else DEFAULT,
            "base": _costs(scaler.base),
            "rows": [
                {
                    "scaling": line.label,
                    **({"phi": line.scaled.phi} if line.scaled.phi is not None else {}),
                    **({"bases": _factors(line.scaled.bases)} if line.scaled.bases is not None else {}),
                    "factors": _factors(line.scaled.factors),
                    **_costs(line.scaled),
                    "ratio": line.scaled.mult_adds / scaler.base.mult_adds,
                    "target": line.target,
                }
                for line in lines
            ],
        }
    )


def _factors(factors: Any) -> dict[str, float]:
    return {name: getattr(factors, name) for name in DIMENSIONS} | {"product": factors.product}


def _costs(scaled: Scaled) -> dict[str, Any]:
    return {
        "parameters": {name: plain(value) for name, value in scaled.values.items()},
        "params": plain(scaled.params),
        "mult_adds": plain(scaled.mult_adds),
        "counted": plain(scaled.counted),
    }
