"""Closed forms as MathML, which browsers typeset."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any, ClassVar

from sympy.printing.pretty.pretty_symbology import greek_unicode

from ..arithmetic.roundings import Ceil, Floor, MakeDivisible
from .notation import Notation, _function_name

_GAP = '<mspace width=".12em"/>'
_FENCES = {Ceil: ("⌈", "⌉"), Floor: ("⌊", "⌋"), MakeDivisible: ("[", "]")}


class MathML(Notation):
    """Presentation MathML, to stand in a ``<math>``. Names of a spec are escaped; they never become elements."""

    relations: ClassVar[Mapping[str, str]] = {
        rel: f"<mo>{escape(sign)}</mo>"
        for rel, sign in {">=": "≥", "<=": "≤", ">": ">", "<": "<", "==": "=", "!=": "≠"}.items()
    }
    glue = ""

    def parts(self, e: Any) -> list[str]:
        """Its terms, each with its sign in an element of its own."""
        return [_signed(part) for part in super().parts(e)]

    def integer(self, n: int) -> str:
        return f"<mn>{n:,}</mn>" if n >= 0 else f"<mo>−</mo><mn>{-n:,}</mn>"

    def symbol(self, s: Any) -> str:
        base, _, below = self.names.get(s, s.name).strip("_").partition("_")
        digits = len(base) - len(base.rstrip("0123456789"))
        if digits and not below and base[:-digits].isalpha():
            base, below = base[:-digits], base[-digits:]
        name = f"<mi>{escape(str(greek_unicode.get(base, base)))}</mi>"
        return f"<msub>{name}<mi>{escape(below)}</mi></msub>" if below else name

    def function(self, e: Any, args: list[str]) -> str:
        if e.is_Piecewise:
            return _cases(args)
        if e.func in _FENCES:
            left, right = _FENCES[e.func]
            inner = f"<mrow><mo>{left}</mo>{args[0]}<mo>{right}</mo></mrow>"
            return f"<msub>{inner}<mrow>{args[1]}</mrow></msub>" if e.func is MakeDivisible else inner
        return f"<mi>{escape(_function_name(e))}</mi>{self.fenced('<mo>,</mo>'.join(args))}"

    def power(self, base: str, exponent: Any) -> str:
        return base if exponent == 1 else f"<msup><mrow>{base}</mrow><mrow>{self.text(exponent)}</mrow></msup>"

    def product(self, coefficient: int, factors: list[str]) -> str:
        if not factors:
            return self.integer(coefficient)
        return _GAP.join(factors if coefficient == 1 else [self.integer(coefficient), *factors])

    def fraction(self, above: str, below: str, single: bool) -> str:
        return f"<mfrac><mrow>{above}</mrow><mrow>{below}</mrow></mfrac>"

    def fenced(self, text: str) -> str:
        return f"<mrow><mo>(</mo>{text}<mo>)</mo></mrow>"

    def decimal(self, text: str) -> str:
        return f"<mn>{text}</mn>"


def _signed(part: str) -> str:
    for sign, shown in (("+", "+"), ("-", "−")):
        if part.startswith(sign):
            return f"<mo>{shown}</mo>{part[1:]}"
    return part


def _cases(args: list[str]) -> str:
    """Value and condition of each case, the last without one."""
    when = [f"<mtext>if </mtext>{condition}" if condition else "<mtext>else</mtext>" for condition in args[1::2]]
    rows = [f"<mtr><mtd>{x}</mtd><mtd>{c}</mtd></mtr>" for x, c in zip(args[::2], when, strict=True)]
    return f"<mrow><mo>{{</mo><mtable>{''.join(rows)}</mtable></mrow>"
