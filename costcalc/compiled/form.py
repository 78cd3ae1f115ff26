"""A network's counts with some parameters free: at one point, or at many at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from .._version import __version__
from ..arithmetic.recorder import MOST
from ..conventions import DEFAULT, Convention
from ..errors import SpecError, UsageError, nearest, quoted
from ..memory.asked import MemoryAsked
from ..network import Network
from .cases import MULT_ADDS, PARAMS, FormSource
from .plain import Runner
from .recording import Case, Recording

FORMAT = 1
_NUMBERS = (int, float, Fraction)
ENGINES = ("numpy", "fast")
MOST_CASES = 64
"""Records that a form has at most as JSON."""


class Form:
    """Columns of a network as functions of its ``free`` parameters.

    Every value is the one that :meth:`costcalc.Network.cost` has, to the last unit. ``cased``: the free parameters
    whose values have a record each: words, yes and no, few numbers, and numbers that can't be recorded.
    """

    def __init__(
        self,
        name: str,
        columns: Iterable[str],
        free: Iterable[str],
        cased: Iterable[str],
        source: FormSource | None,
        records: Mapping[Case, Recording] | None = None,
    ) -> None:
        self.name = name
        self.columns = tuple(columns)
        self.free = tuple(free)
        self.cased = tuple(cased)
        self._source = source
        self._records = dict(records or {})
        self._plain: dict[Case, Runner] = {}
        self.runners: dict[Any, Any] = {}
        self._others = [n for n in self.free if n not in self.cased]

    # -- one point

    def at(self, **point: Any) -> dict[str, Any]:
        """The columns at a point, exact. Raises the engine's error where there is none: out of range, impossible."""
        found, problem = self._run(point)
        return self._engine(point, problem) if problem else {k: _tidy(v) for k, v in found[0].items()}

    def rows_at(self, **point: Any) -> list[dict[str, Any]]:
        """The layers at a point: ``name``, ``stage``, ``kind``, ``n``, ``shape`` and the columns of each that is there.

        For a form made with ``detail``; they are those of ``cost.by("layer")``. Raises what :meth:`at` raises.
        """
        found, problem = self._run(point)
        if problem:
            raise SpecError(problem)
        rows: list[dict[str, Any]] = []
        for row in found[1:]:
            if not row["n"]:
                continue
            if rows and rows[-1]["name"] == row["name"]:
                rows[-1]["shape"] = row["shape"]
                rows[-1] |= {k: rows[-1][k] + row[k] for k in self.columns}
            else:
                rows.append(row)
        return [row | {k: _tidy(row[k]) for k in self.columns} for row in rows]

    def _run(self, point: Mapping[str, Any]) -> tuple[list[dict[str, Any]], str]:
        """The columns, and those of every row; what is wrong with the point, empty where nothing is."""
        self._check_names(point)
        numbers = [point[n] for n in self._others]
        if not all(type(x) in _NUMBERS for x in numbers):
            numbers = [x.item() if hasattr(x, "item") else x for x in numbers]  # one of NumPy's
            if not all(type(x) in _NUMBERS for x in numbers):
                return [], "a parameter is no single number"
        case = self._case(point)
        runner = self._plain.get(case)
        if runner is None:
            try:
                runner = self._plain[case] = Runner(self.record(case))
            except SpecError as e:
                return [], e.message
        return runner.run_rows(numbers)

    def _engine(self, point: Mapping[str, Any], problem: str) -> dict[str, Any]:
        if self._source is None:
            raise SpecError(problem)
        return {k: _tidy(v) for k, v in self._source.counted(point).items()}

    def _case(self, point: Mapping[str, Any]) -> Case:
        return tuple((type(point[n]), point[n]) for n in self.cased)

    def record(self, case: Case = ()) -> Recording:
        """The record for values of the parameters that have one each."""
        if case not in self._records:
            if self._source is None:
                same = [record for known, record in self._records.items() if _alike(known, case)]
                if not same:
                    raise UsageError(f"this form has no record for {', '.join(f'{v}' for _, v in case)}")
                self._records[case] = same[0]
            else:
                values = {n: v for n, (_, v) in zip(self.cased, case, strict=True)}
                self._records[case] = self._source.record(values)
        return self._records[case]

    def cases(self) -> list[dict[str, Any]]:
        """Every combination of values of the ``cased`` parameters; one, which is empty, if there are none."""
        if self._source is not None:
            return self._source.cases()
        return [dict(zip(self.cased, (v for _, v in case), strict=True)) for case in self._records]

    # -- many points

    def on(self, points: Mapping[str, Any], engine: str = "numpy") -> tuple[dict[str, Any], Any]:
        """The columns at many points: int64 arrays, and a bool array that tells which points are valid.

        ``points`` has an array, or one value, for each free parameter. A column is 0 where a point isn't valid; it is
        float64 where a convention's work may be no int. Raises :class:`UsageError` for another set of parameters, an
        unknown engine or one that isn't installed, :class:`SpecError` where int64 might not have the counts.
        """
        self._check_names(points)
        if engine not in ENGINES:
            raise UsageError(f"the engine is {' or '.join(ENGINES)}, not {quoted(engine)}{nearest(engine, ENGINES)}")
        from .many import on_arrays

        return on_arrays(self, points, engine)

    # -- JSON

    def to_json(self) -> str:
        """The form as text: all its records. Raises :class:`UsageError` where these are too many."""
        if self._source is not None:
            cases = self.cases()
            if len(cases) > MOST_CASES:
                raise UsageError(f"{len(cases)} combinations of {', '.join(self.cased)}: give some of them values")
            for case in cases:
                self.record(self._case(case))
        data = {
            "format": FORMAT,
            "version": __version__,
            "network": self.name,
            "columns": list(self.columns),
            "free": list(self.free),
            "cased": list(self.cased),
            "cases": [{"at": [v for _, v in case], **r.to_data()} for case, r in self._records.items()],
        }
        return json.dumps(data, separators=(",", ":"), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Form:
        """The form of :meth:`to_json`. Raises :class:`UsageError` for another text."""
        try:
            data = json.loads(text)
            if data["format"] != FORMAT:
                raise UsageError(f"a form of format {data['format']}; this version reads format {FORMAT}")
            records = {tuple((type(v), v) for v in case["at"]): Recording.from_data(case) for case in data["cases"]}
            form = cls(data["network"], data["columns"], data["free"], data["cased"], None, records)
        except (ValueError, KeyError, TypeError) as e:
            raise UsageError(f"no compiled form: {e}") from None
        for record in records.values():
            if list(record.parameters) != form._others or list(record.outputs) != list(form.columns):
                raise UsageError("no compiled form: its records are of other parameters or columns")
        return form

    def _check_names(self, points: Mapping[str, Any]) -> None:
        for name in points:
            if name not in self.free:
                raise UsageError(f"{quoted(name)} is not free in this form{nearest(name, self.free)}")
        missing = [name for name in self.free if name not in points]
        if missing:
            raise UsageError(f"a value for {', '.join(missing)} is due")


def _alike(known: Case, case: Case) -> bool:
    """Whether the values are equal; a yes is no 1."""
    return all((a is bool) == (b is bool) and v == w for (a, v), (b, w) in zip(known, case, strict=True))


def _tidy(x: Any) -> Any:
    """An int where a number is whole, else the nearest float."""
    return x if type(x) is int else int(x) if x == int(x) else float(x)


def compile_form(
    network: Network,
    columns: Iterable[str] = (PARAMS, MULT_ADDS),
    free: Iterable[str] = (),
    given: Mapping[str, Any] | None = None,
    convention: str | Convention | None = None,
    memory: MemoryAsked | None = None,
    *,
    detail: bool = False,
    within: Mapping[str, tuple[Any, Any]] | None = None,
    most: int = MOST,
) -> Form:
    """The form of ``columns`` in the ``free`` parameters; the others are ``given``, or keep their defaults.

    ``columns``: ``params``, ``mult_adds``, the name of a convention for its work, or ``counted`` for that of
    ``convention``, which also says what ``params`` counts; ``peak_memory`` and ``weight_bytes`` are of ``memory``, by
    default what is alive at 32 bits. With ``detail`` it has them for every layer too (:meth:`Form.rows_at`), and the
    defaults that depend on free parameters. ``within``: a narrower range of some parameters, where all that they may
    be would be too many layers; ``most``: operations that a recording has at most.
    The record of the defaults is made here, those for other words when they are first asked for.
    Raises :class:`UsageError` for an unknown column or parameter, :class:`SpecError` beyond ``most``.
    """
    source = FormSource(
        network, columns, free, given or {}, convention or DEFAULT, memory, detail=detail, within=within, most=most
    )
    first = tuple((type(value), value) for value in source.at_defaults.values())
    return Form(network.name, source.columns, source.free, source.cased, source, {first: source.first})
