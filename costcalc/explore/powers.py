"""Powers as Python has them, for the points that a spec names: a browser's differ in the last digit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..compiled.plain import Runner
from ..compiled.recording import Recording


def powers(record: Recording, points: Iterable[Mapping[str, Any]]) -> list[tuple[float, float, float]]:
    """Base, exponent and value of every power of floats that ``record`` takes at ``points``, each once."""
    places = [(k, *of) for k, (name, *of) in enumerate(record.instructions, record.first) if name == "pow"]
    if not places:
        return []
    outputs = {f"{k} {what}": p for k, of in enumerate(places) for what, p in zip("rab", of, strict=True)}
    runner = Runner(Recording(record.parameters, record.constants, record.instructions, outputs, []))
    found: dict[tuple[float, float], float] = {}
    for point in points:
        values, _ = runner.run([point[name] for name in record.parameters])
        for k in range(len(places)):
            r, a, b = (values[f"{k} {what}"] for what in "rab")
            if isinstance(r, float):
                found[float(a), float(b)] = r
    return [(a, b, r) for (a, b), r in sorted(found.items())]
