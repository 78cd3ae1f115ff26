"""Records as a ``pandas.DataFrame``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .errors import UsageError


def data_frame(rows: Sequence[Mapping[str, Any]]) -> Any:
    """A DataFrame of records. Whole numbers stay whole, also in a column that not every record has.

    Raises :class:`UsageError` without pandas.
    """
    found = load_pandas().DataFrame(rows)
    for name, column in found.items():
        if column.dtype.kind == "f" and all(isinstance(row.get(name, 0), int) for row in rows):
            found[name] = column.astype("Int64")
    return found


def load_pandas() -> Any:
    """The module. Raises :class:`UsageError` where it isn't installed."""
    try:
        import pandas
    except ImportError:
        raise UsageError("to_pandas() needs pandas: pip install pandas") from None
    return pandas
