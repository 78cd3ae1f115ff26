"""One printed figure from YAML: its text, the state that is claimed for it, and what proves that."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ..errors import quoted
from ..language.sections import as_mapping, as_text
from ..language.source import Text, YamlMapping, YamlNode
from ..record import Record, fresh
from ..units import FigureError, Printed, parse_printed
from .fields import known, need, point, text_of, value_of

STATES_GIVEN = ("explained", "copied", "misprint", "nominal", "unexplained", "not_modelled", "doubtful")
_FIGURE = ("printed", *STATES_GIVEN, "convention", "at", "network", "digits", "evidence", "right", "ours", "lead")
_NEEDS = {
    "explained": "an explanation is evaluated: it has a convention, a network, a point (at) or digits",
    "misprint": "a misprint has right: the figure, or {paper: …, table: …} where it is printed",
}


class PrintedCell(Record):
    """A printed figure elsewhere: the paper's file, the table's name there, and its row (by network or label)."""

    text: Text
    paper: str
    table: str
    row: str = ""


class Figure(Record):
    """A printed figure. ``state`` is given where it isn't expected to match: with the reason, and what is evaluated.

    ``printed`` is known to its last digit, ``digits`` says that fewer are (the rest is padding). ``cell`` is where the
    figure was copied from, or where the right one stands; ``right`` is the right one itself.
    ``lead`` is a reading that would give an unexplained figure, for which evidence is wanted.
    """

    measure: str
    text: Text
    printed: Printed | None
    state: str = ""
    reason: str = ""
    convention: str | None = None
    network: str | None = None
    at: dict[str, Any] = fresh(default_factory=dict)
    ours: Fraction | None = None
    digits: int | None = None
    evidence: str = ""
    cell: PrintedCell | None = None
    right: Printed | None = None
    lead: str = ""

    @property
    def read(self) -> Printed | None:
        """The figure to the digits that are known."""
        if self.printed is None or self.digits is None:
            return self.printed
        return self.printed.coarser(len(str(self.printed.digits)) - self.digits)


def read_figure(key: Text, value: YamlNode, *, strict: bool, ratio: bool, network: bool) -> Figure:
    """A figure of a row: a text, or a mapping with a state. ``network``: the row has one, which is evaluated."""
    if isinstance(value, Text):
        return Figure(key.value, key, _printed(value, strict=strict, ratio=ratio))
    fields = as_mapping(value, "{printed: …, explained: …}")
    known(fields, _FIGURE)
    states = [s for s in STATES_GIVEN if fields.get(s) is not None]
    if len(states) != 1:
        raise key.error(f"a figure has one of {', '.join(STATES_GIVEN)}")
    state = states[0]
    due = as_text(need(fields, "printed"), "the printed figure")
    figure = Figure(key.value, key, _printed(due, strict=state not in ("not_modelled", "doubtful"), ratio=ratio), state)
    if state == "copied":
        figure.cell, figure.reason = _cell(need(fields, state)), text_of(fields, "evidence")
    else:
        figure.reason = text_of(fields, state)
        if len(figure.reason) < 10:
            raise key.error(f"{state}: a reason is due")
    _PROOFS.get(state, _nothing)(key, fields, figure, network)
    return figure


def _explained(key: Text, fields: YamlMapping, figure: Figure, network: bool) -> None:
    figure.convention, figure.network = text_of(fields, "convention") or None, text_of(fields, "network") or None
    figure.at, figure.evidence = point(fields.get("at")), text_of(fields, "evidence")
    if (digits := fields.get("digits")) is not None:
        figure.digits = _digits(as_text(digits, "a number of digits"), figure)
    if not (figure.convention or figure.network or figure.at or figure.digits):
        raise key.error(_NEEDS["explained"])
    if len(figure.evidence) < 10:
        raise key.error("explained: evidence is due, which says where the cause can be seen")


def _misprint(key: Text, fields: YamlMapping, figure: Figure, network: bool) -> None:
    right = fields.get("right")
    if right is None:
        raise key.error(_NEEDS["misprint"])
    if isinstance(right, Text):
        figure.right = _printed(right, strict=True, ratio=False)
    else:
        figure.cell = _cell(right)


def _pinned(key: Text, fields: YamlMapping, figure: Figure, network: bool) -> None:
    if network:
        figure.ours = _number(as_text(need(fields, "ours"), "our own figure"))


def _unexplained(key: Text, fields: YamlMapping, figure: Figure, network: bool) -> None:
    figure.lead = text_of(fields, "lead")
    _pinned(key, fields, figure, network)


def _nominal(key: Text, fields: YamlMapping, figure: Figure, network: bool) -> None:
    assert figure.printed is not None
    if len(str(figure.printed.digits).rstrip("0")) > 2:
        raise key.error(f"{figure.printed.text} has more than two digits: a nominal figure is a round one")
    _pinned(key, fields, figure, network)


def _nothing(key: Text, fields: YamlMapping, figure: Figure, network: bool) -> None:
    pass


_PROOFS = {"explained": _explained, "misprint": _misprint, "nominal": _nominal, "unexplained": _unexplained}


def _cell(node: YamlNode) -> PrintedCell:
    fields = as_mapping(node, "{paper: …, table: …}")
    known(fields, ("paper", "table", "row"))
    paper, table = (as_text(need(fields, k), f"the {k}'s name").value for k in ("paper", "table"))
    return PrintedCell(fields.text, paper, table, text_of(fields, "row"))


def _digits(text: Text, figure: Figure) -> int:
    assert figure.printed is not None
    digits, printed = _number(text), figure.printed
    padding = len(str(printed.digits)) - digits
    if digits < 1 or digits.denominator != 1 or padding < 1:
        raise text.error(f"digits are fewer than the {len(str(printed.digits))} of {printed.text}")
    try:
        printed.coarser(int(padding))
    except FigureError as e:
        raise text.error(str(e)) from None
    return int(digits)


def _number(text: Text) -> Fraction:
    value = value_of(text)
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        raise text.error(f"a number is due here, not {quoted(text.value)}")
    return Fraction(value)


def _printed(text: Text, *, strict: bool, ratio: bool) -> Printed | None:
    try:
        if ratio and text.value.endswith(("x", "×")):
            return parse_printed(text.value[:-1])._replace(text=text.value)
        return parse_printed(text.value)
    except FigureError as e:
        if strict:
            raise text.error(str(e)) from None
        return None
