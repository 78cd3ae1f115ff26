"""``--bits`` and ``--prune`` of ``show``: columns of rows at fewer bits or after pruning, and a table of the totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from ..cost import By, Cost
from ..errors import UsageError, quoted
from ..network import Network
from ..record import Record, fresh
from ..slimming import prune_channels, prune_weights, size
from ..table import Column, Table
from . import parameters

_WIDTHS = (32, 16, 8, 4)


class Variation(Record):
    """Another cost of the same rows. ``columns`` are (id, title, what of a row); ``bits`` or ``pruned`` say which.

    ``problem`` says why there is no such cost.
    """

    cost: Cost | None
    columns: Sequence[tuple[str, str, str]] = ()
    bits: int = 0
    pruned: str = ""
    problem: str = ""


class WhatIf(Record):
    """What was asked for: several variations, and the share that is pruned, as it was given."""

    variations: list[Variation] = fresh(default_factory=list)
    share: str = ""

    @property
    def problems(self) -> dict[str, str]:
        """Why there is no count, by what would be pruned."""
        return {v.pruned: v.problem for v in self.variations if v.problem}

    @property
    def costs(self) -> list[tuple[Cost, Sequence[tuple[str, str, str]]]]:
        """Every cost that there is, with its columns."""
        return [(v.cost, v.columns) for v in self.variations if v.cost is not None]

    @property
    def columns(self) -> list[Column]:
        """A column for each figure of a row."""
        return [Column(id, title, "count", 6) for _, columns in self.costs for id, title, _ in columns]

    def rows(self, by: By) -> list[list[Any]]:
        """The cells of :attr:`columns`, for each row."""
        picked = [[[getattr(row, of) for _, _, of in columns] for row in cost.by(by)] for cost, columns in self.costs]
        return [[cell for cells in row for cell in cells] for row in zip(*picked, strict=True)]

    @property
    def totals(self) -> dict[str, Any]:
        """The totals by column."""
        return {id: getattr(cost, of) for cost, columns in self.costs for id, _, of in columns}

    def layers(self) -> list[dict[str, Any]]:
        """The figures of every layer, all copies written out."""
        picked = [[{id: getattr(y, of) for id, _, of in columns} for y in cost.layers] for cost, columns in self.costs]
        return [{k: v for part in row for k, v in part.items()} for row in zip(*picked, strict=True)]

    def tables(self, default: Cost) -> list[Table]:
        """The totals, for people."""
        found = []
        if sizes := [v for v in self.variations if v.bits]:
            columns = [
                Column("bits", "bits", "int"),
                Column("params", "params", "count"),
                Column("bytes", "bytes", "count"),
            ]
            rows: list[tuple[Any, ...]] = [(v.bits, default.params, v.cost.params) for v in sizes if v.cost]
            found.append(Table(columns, rows, "Size of the params"))
            found[-1].notes.append(
                "Each tensor begins on a whole byte. Batch norm's running statistics are not included."
            )
        if pruned := [v for v in self.variations if v.pruned]:
            found.append(_pruned_table(default, pruned, self.share))
        return found


def _pruned_table(default: Cost, pruned: Sequence[Variation], share: str) -> Table:
    columns = [
        Column("pruned", "without"),
        Column("params", "params", "count"),
        Column("params_share", "of params", "share", 4),
        Column("mult_adds", "mult-adds", "count"),
        Column("share", "of mult-adds", "share", 4),
    ]
    rows: list[tuple[Any, ...]] = []
    for v in pruned:
        if v.cost is not None:
            params, work = v.cost.params, v.cost.counted
            left = [
                part / total if total else None for part, total in ((params, default.params), (work, default.mult_adds))
            ]
            rows.append((f"{share} of the {v.pruned}", params, left[0], work, left[1]))
    table = Table(columns, rows, "What pruning would leave")
    table.notes.append(
        "channels: of every layer but the results'; weights: of every convolution and fully connected layer. Rounded"
        " layer by layer. A count: it says nothing on accuracy or speed."
    )
    table.notes += [f"Without {share} of the {v.pruned}: {v.problem}" for v in pruned if v.problem]
    return table


def _bits(text: str | None) -> list[int]:
    """``8``, ``8,4`` or ``all``. Raises :class:`UsageError`."""
    if text is None:
        return []
    if text == "all":
        return list(_WIDTHS)
    found = [int(word) if word.strip().isdecimal() else 0 for word in text.split(",")]
    if not all(1 <= n <= 64 for n in found):
        raise UsageError(f"--bits takes numbers from 1 to 64 such as 8 or 16,8,4, or all, not {quoted(text)}")
    return list(dict.fromkeys(found))


def _share(text: str | None) -> Fraction | None:
    """``0.3``, ``30%`` or ``3/10``, exactly. Raises :class:`UsageError`."""
    if text is None:
        return None
    number = text.removesuffix("%")
    if parameters.number(number) is not None:
        found = Fraction(number) / (100 if number != text else 1)
        if 0 <= found < 1:
            return found
    raise UsageError(f"--prune takes a share from 0 to less than 1, such as 0.3 or 30%, not {quoted(text)}")


def what_if(network: Network, values: Mapping[str, Any], bits: str | None, prune: str | None) -> WhatIf:
    """The variations of ``network`` that the options ask for. Raises :class:`UsageError` for what they can't be."""
    widths, share = _bits(bits), _share(prune)
    found = WhatIf([], prune or "")
    for n in widths:
        columns = [(f"bytes_{n}", f"bytes at {n} bits" if n > 1 else "bytes at 1 bit", "params")]
        found.variations.append(Variation(size(network, values, n), columns, bits=n))
    if share is not None:
        for what, without in (("channels", prune_channels), ("weights", prune_weights)):
            columns = [
                (f"{what}_params", f"params, {what} pruned", "params"),
                (f"{what}_mult_adds", f"mult-adds, {what} pruned", "counted"),
            ]
            try:
                found.variations.append(Variation(without(network, values, share), columns, pruned=what))
            except UsageError as e:
                found.variations.append(Variation(None, pruned=what, problem=e.message))
    return found
