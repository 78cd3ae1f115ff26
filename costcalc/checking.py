"""``costcalc.check``: somebody's table of printed figures, each beside the computed one, from Python."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .errors import UsageError
from .frames import data_frame
from .language.source import Source, read_source
from .papers.own_table import read_own_table
from .reports.columns import records
from .reports.own_table import summary, verdict_rows, verdict_tables
from .reports.verdicts import WITHOUT_CAUSE, Verdict, verdicts
from .shown import Shown
from .table import Table


class CheckedTable(Shown):
    """The verdicts on a table's figures, in their order: it is a sequence of them.

    ``verdict.words`` says what is to be said of a figure, ``verdict.verdict`` in a word (match, explained, quoted,
    misprint, nominal, off, unknown, unexplained); ``verdict.computed`` is its total as the table counts.
    """

    def __init__(self, found: Sequence[Verdict]) -> None:
        self.verdicts = list(found)

    def __len__(self) -> int:
        return len(self.verdicts)

    def __iter__(self) -> Iterator[Verdict]:
        return iter(self.verdicts)

    def __getitem__(self, number: int) -> Verdict:
        return self.verdicts[number]

    def __repr__(self) -> str:
        return f"<CheckedTable {summary(self.verdicts)}>"

    @property
    def ok(self) -> bool:
        """Whether every figure has a cause: none is off, unknown or unexplained."""
        return not any(v.verdict in WITHOUT_CAUSE for v in self.verdicts)

    def tables(self) -> list[Table]:
        """What ``costcalc check FILE`` prints, before it is laid out."""
        return verdict_tables(self.verdicts)

    def to_pandas(self) -> Any:
        """A ``pandas.DataFrame`` with a row for each figure. Raises :class:`UsageError` without pandas."""
        return data_frame(records(verdict_rows(self.verdicts)))


def check(table: str | Iterable[Mapping[str, Any]]) -> CheckedTable:
    """Whether printed figures come out, and what gives those that don't: another count, another network, a cut digit.

    ``table``: rows as mappings (or a ``pandas.DataFrame``) with ``network``, figures as they are printed
    (``params="3.4M"``, ``mult_adds="300M"``) and any parameters (``alpha=1.4``); or the path of a CSV or YAML file.
    Raises :class:`UsageError` for no rows, :class:`SpecError` for a row or a file that can't be read.
    """
    if isinstance(table, str):
        return CheckedTable(verdicts(read_own_table(read_source(table))))
    every: Any = table.to_dict("records") if hasattr(table, "to_dict") else table
    rows = [dict(row) for row in every]
    if not rows:
        raise UsageError("a table has rows: network, figures such as params and mult_adds, and any parameters")
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_cell(row.get(name)) for name in names] for row in rows)
    return CheckedTable(verdicts(read_own_table(Source("rows.csv", text.getvalue()))))


def _cell(value: Any) -> str:
    """A value as a file has it; nothing for none, and for pandas' NaN."""
    if value is None or value != value:
        return ""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
