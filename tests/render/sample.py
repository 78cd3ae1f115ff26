"""Tables that the renderers' tests share. The figures are the first rows of MobileNetV1 and its classifier."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from costcalc.table import Column, Table, Value

COLUMNS = (
    Column("layer", "layer"),
    Column("op", "op", keep=3),
    Column("input", "input", "shape", keep=2),
    Column("output", "output", "shape", keep=5),
    Column("repeats", "n", "int", keep=1),
    Column("params", "params", "count"),
    Column("mult_adds", "mult-adds", "count"),
    Column("share", "share", "share", keep=6),
)
PARAMS = 864 + 288 + 2_048 + 1_024_000
MULT_ADDS = 10_838_016 + 3_612_672 + 25_690_112 + 1_024_000


def mobilenet() -> Table:
    """Real figures, every kind of column but a ratio, a note and totals."""
    rows: list[tuple[Value, ...]] = [
        ("stem.conv", "conv2d", (3, 224, 224), (32, 112, 112), 1, 864, 10_838_016, Fraction(10_838_016, MULT_ADDS)),
        ("block1.dw", "conv2d", (32, 112, 112), (32, 112, 112), 1, 288, 3_612_672, Fraction(3_612_672, MULT_ADDS)),
        ("block1.pw", "conv2d", (32, 112, 112), (64, 112, 112), 1, 2_048, 25_690_112, Fraction(25_690_112, MULT_ADDS)),
        ("fc", "linear", (1024, 1, 1), (1000,), None, 1_024_000, 1_024_000, Fraction(1_024_000, MULT_ADDS)),
    ]
    return Table(
        COLUMNS,
        rows,
        title="MobileNet, α = 1",
        totals={"params": PARAMS, "mult_adds": MULT_ADDS, "share": 1},
        notes=["mult_adds: one per multiply-accumulate of convolutions and linear layers"],
    )


def table_of(*texts: str) -> Table:
    """One row of texts, each in a column of its own, and a count behind them."""
    columns = [Column(f"c{i}", f"c{i}") for i in range(len(texts))]
    return Table([*columns, Column("params", "params", "count")], [(*texts, 1)])


def sums(rows: Sequence[Sequence[str]], *columns: int) -> tuple[int, ...]:
    """What the exact figures in these columns add up to, read back from text."""
    return tuple(sum(int(row[i].replace(",", "")) for row in rows) for i in columns)
