"""A network's counts with some parameters free: at one point, or at many at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..conventions import DEFAULT, Convention
from ..errors import CostcalcError, UsageError, nearest, quoted
from ..network import Network

PARAMS, MULT_ADDS = "params", "mult_adds"
ENGINES = ("numpy", "fast")
_CHUNK = 1 << 14


class Form:
    """Columns of ``network`` as functions of its ``free`` parameters; the others keep the ``given`` values.

    Every value is the one that :meth:`costcalc.Network.cost` has, to the last unit.
    """

    def __init__(
        self,
        network: Network,
        columns: tuple[str, ...],
        free: tuple[str, ...],
        given: dict[str, Any],
        convention: str | Convention,
    ) -> None:
        self.network = network
        self.columns = columns
        self.free = free
        self.given = given
        self._convention = convention

    def at(self, **point: Any) -> dict[str, int]:
        """The columns at a point. Raises the engine's error where there is none: out of range, impossible channels."""
        self._check_names(point)
        cost = self.network.cost({**self.given, **point}, convention=self._convention)
        return {column: getattr(cost, column) for column in self.columns}

    def on(self, points: Mapping[str, Any], engine: str = "numpy") -> tuple[dict[str, Any], Any]:
        """The columns at many points: int64 arrays, and a bool array that tells which points are valid.

        ``points`` has an array for each free parameter, all of one length. A column is 0 where a point isn't valid.
        Raises :class:`UsageError` for another set of parameters or an unknown engine.
        """
        import numpy as np

        self._check_names(points)
        if engine not in ENGINES:
            raise UsageError(f"the engine is {' or '.join(ENGINES)}, not {quoted(engine)}{nearest(engine, ENGINES)}")
        arrays = np.broadcast_arrays(*map(np.atleast_1d, points.values()))
        size = arrays[0].size
        found = {column: np.zeros(size, np.int64) for column in self.columns}
        valid = np.zeros(size, bool)
        for start in range(0, size, _CHUNK):
            part = slice(start, start + _CHUNK)
            self._chunk({n: a[part] for n, a in zip(points, arrays, strict=True)}, found, valid, part)
        return found, valid

    def _chunk(self, points: dict[str, Any], found: dict[str, Any], valid: Any, part: slice) -> None:
        import numpy as np

        try:
            cost = self.network.cost({**self.given, **points}, convention=self._convention)
            values = {column: getattr(cost, column) for column in self.columns}
        except CostcalcError:
            size = len(next(iter(points.values())))
            if size > 1:
                for k in range(size):
                    below = slice(part.start + k, part.start + k + 1)
                    self._chunk({n: a[k : k + 1] for n, a in points.items()}, found, valid, below)
            return
        valid[part] = cost.valid
        for column, value in values.items():
            found[column][part] = np.ma.filled(value, 0)

    def _check_names(self, points: Mapping[str, Any]) -> None:
        for name in points:
            if name not in self.free:
                raise UsageError(f"{quoted(name)} is not free in this form{nearest(name, self.free)}")
        missing = [name for name in self.free if name not in points]
        if missing:
            raise UsageError(f"a value for {', '.join(missing)} is due")


def compile_form(
    network: Network,
    columns: Iterable[str] = (PARAMS, MULT_ADDS),
    free: Iterable[str] = (),
    given: Mapping[str, Any] | None = None,
    convention: str | Convention | None = None,
) -> Form:
    """The form of ``columns`` in the ``free`` parameters.

    ``columns``: ``params``, ``mult_adds`` and ``counted``, which is the work under ``convention``.
    Raises :class:`UsageError` for an unknown column or parameter.
    """
    wanted, names, values = tuple(dict.fromkeys(columns)), tuple(dict.fromkeys(free)), dict(given or {})
    known = (PARAMS, MULT_ADDS, "counted")
    for column in wanted:
        if column not in known:
            has = f"there are {', '.join(known)}"
            raise UsageError(f"a form has no column {quoted(column)}{nearest(column, known)}; {has}")
    network.program.point(values, network.variant)
    parameters = network.parameter_codes
    for name in names:
        if name not in parameters and not (name == "rho" and "res" in parameters):
            has = f"it has {', '.join(parameters) or 'none'}{nearest(name, parameters)}"
            raise UsageError(f"{network.name} has no parameter {quoted(name)}; {has}")
        if name in values:
            raise UsageError(f"{name} is free and given")
    return Form(network, wanted, names, values, convention or DEFAULT)
