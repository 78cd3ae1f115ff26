"""Numbers and text: figures as papers print them, and counts, shares and ratios as people read them.

Nowhere else does a number become text for people. All arithmetic is on integers, so no figure passes through a float.
Imports stay light (under a millisecond): ``re`` compiles at the first parse, ``fractions`` loads at the first interval,
and annotations are evaluated at once, because ``NamedTuple`` compiles postponed ones (2 ms; a frozen dataclass
takes 1 ms).
"""

import math
import re
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from fractions import Fraction

Rule = Literal["rounded", "truncated", "ceiled"]
"""How a source cut its figure to the printed digits."""

Number: TypeAlias = "int | float | Fraction"

_SCALES = {
    "k": 3, "K": 3, "thousand": 3,
    "M": 6, "million": 6,
    "G": 9, "B": 9, "billion": 9,
    "T": 12, "trillion": 12,
}  # fmt: skip
BYTES = {"KB": 2**10, "MB": 2**20, "GB": 2**30}
"""Bytes of memory, as programs print them."""
_UNITS = {0: "", 3: " k", 6: " M", 9: " G", 12: " T"}
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")

# "569 MAdds" could say 569 or 569 million: without a scale of its own that noun is refused.
_NOUN = r"FLOPs?|MACs?|mult(?:iply)?-?adds?|params|parameters|weights"
_FIGURE = rf"""
    (?P<whole> [0-9]{{1,3}} (?: ,[0-9]{{3}} )+ | [0-9]+ )?
    (?: \. (?P<decimals> [0-9]+ ) )?
    (?:
        \s* (?P<percent> % )
      | (?: [eE] \+? (?P<e> [0-9]{{1,2}} )
          | \s* [x×·*] \s* 10 (?: (?:\^|\*\*) (?P<power> [0-9]{{1,2}} ) | (?P<raised> [⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,2}} ) )
        )? \s* (?P<noun> (?i: {_NOUN} ) )?
      | \s* (?P<bytes> [KMG]B )
      | \s* (?P<scale> [kKMGBT] | (?i: thousand | million | billion | trillion ) )
        (?: \s* (?P<scaled_noun> (?i: {_NOUN} | MAdds? ) ) )?
    )
"""
_VAGUE = r"[~≈<>≤≥±∼]|\+/-|(?i:about|approx|ca\.|circa|under|over|up to)"
_RANGE = r"[0-9a-zA-Z%]\s*(?:\.\.+|…|[-–—]|\bto\b)\s*[0-9]"
_LONGEST = 80  # characters; a figure is short, and what is longer is no figure but may cost time


class FigureError(ValueError):
    """A text that isn't one printed figure. The message names the text and what would be right."""


class Printed(NamedTuple):
    """A figure as printed: ``digits`` × 10^``exponent``, known to its last digit.

    "2.36 M" has digits 236 and exponent 4; "94.86%" is a share of 1 with digits 9486 and exponent -4.
    A share is compared with fractions of 1, anything else with a number of things (params, mult-adds).
    ``noun`` is the word printed behind the figure ("FLOPs"), for messages: it scales nothing, "MB" neither, since
    that is 2²⁰ bytes (:data:`BYTES`).
    """

    text: str
    digits: int
    exponent: int
    is_share: bool = False
    noun: str = ""

    @property
    def value(self) -> "Fraction":
        """The figure itself, in things or as a fraction of 1."""
        return self._times_ulp(self.digits, 1)

    def interval(self, rule: Rule = "rounded") -> "tuple[Fraction, Fraction]":
        """Bounds of what may have been printed so, in things or as fractions of 1.

        The lower bound belongs to the interval and the upper one doesn't; for ``ceiled`` it is the other way round.
        """
        low, high = _bounds(self.digits, rule)
        return self._times_ulp(low, 2), self._times_ulp(high, 2)

    def in_unit(self, power: int) -> str:
        """The figure as it is printed, in units of ten to ``power``: "3.4" of 3.4 million, where power is 6."""
        places = power - self.exponent
        return _fixed(self.digits, 10**places, places) if places > 0 else f"{self.digits * 10**-places:,}"

    def contains(self, value: "int | Fraction", rule: Rule = "rounded") -> bool:
        """Whether ``value`` (things, or a fraction of 1 for a share) would be printed so. Exact.

        Raises ``TypeError`` for a float: at an interval's edge its last bit would decide.
        """
        if isinstance(value, float):
            raise TypeError(f"contains() compares exactly: give an int or a Fraction, not the float {value!r}")
        low, high = _bounds(self.digits, rule)
        twice: int = 2 * int(value.numerator) * 10 ** max(0, -self.exponent)
        unit: int = int(value.denominator) * 10 ** max(0, self.exponent)
        if rule == "ceiled":
            return low * unit < twice <= high * unit
        return low * unit <= twice < high * unit

    def coarser(self, places: int) -> "Printed":
        """The same figure with its last ``places`` digits unknown: 1700 M is [1650 M, 1750 M) without two.

        Raises ``FigureError`` if one of them isn't a zero: padding is zeros.
        """
        digits, rest = divmod(self.digits, 10**places)
        if rest or not digits:
            raise FigureError(f"{self.text} doesn't end in zeros that could be padding")
        return self._replace(digits=digits, exponent=self.exponent + places)

    def _times_ulp(self, count: int, parts: int) -> "Fraction":
        """``count``/``parts`` of a unit in the last place."""
        from fractions import Fraction

        return Fraction(count * 10 ** max(0, self.exponent), parts * 10 ** max(0, -self.exponent))


def _bounds(digits: int, rule: Rule) -> tuple[int, int]:
    """Both ends of the interval, in halves of a unit in the last place (so that they are integers)."""
    if rule == "rounded":
        return 2 * digits - 1, 2 * digits + 1
    if rule == "truncated":
        return 2 * digits, 2 * digits + 2
    if rule == "ceiled":
        return 2 * digits - 2, 2 * digits
    raise ValueError(f"unknown rounding rule {rule!r}: rounded, truncated or ceiled")


def parse_printed(text: str) -> Printed:
    """Read one figure exactly as printed: "569 M", "4.2 million", "4,231,976", "94.86%", "3.8 x 10^9", "579 MFLOPs".

    Raises ``FigureError`` for anything else, approximate figures ("~5M", "<1 M") and ranges included.
    """
    stripped = text.strip()
    match = re.fullmatch(_FIGURE, stripped, re.VERBOSE) if len(stripped) <= _LONGEST else None
    if match is None or not (match["whole"] or match["decimals"]):
        raise FigureError(_complaint(stripped))
    whole, decimals = (match["whole"] or "").replace(",", ""), match["decimals"] or ""
    power = match["e"] or match["power"] or (match["raised"] or "").translate(_SUPERSCRIPTS)
    if match["bytes"] is not None:
        return Printed(text, int(whole + decimals), -len(decimals), False, match["bytes"])
    scale = match["scale"] or ""
    exponent = int(power or 0) + _SCALES.get(scale, _SCALES.get(scale.lower(), 0)) - len(decimals)
    is_share = match["percent"] is not None
    noun = match["noun"] or match["scaled_noun"] or ""
    return Printed(text, int(whole + decimals), exponent - 2 if is_share else exponent, is_share, noun)


def _complaint(text: str) -> str:
    """Why ``text`` isn't a printed figure, and what would be one."""
    shown = repr(text if len(text) <= _LONGEST else text[:_LONGEST] + "…")
    if not text:
        return "empty figure: write it as printed, such as '569 M'"
    if re.match(_VAGUE, text):
        return f"{shown} is approximate or a bound: only a figure printed as digits can be checked, such as '569 M'"
    if re.match(r"[-−+]\s*[0-9.]", text):
        return f"{shown} has a sign: counts and shares are printed without one"
    if re.search(_RANGE, text):
        return f"{shown} is a range: give one figure"
    if re.match(r"[0-9]*,", text) and not re.match(r"[0-9]{1,3}(,[0-9]{3})+(?![0-9,])", text):
        return f"{shown}: a comma separates thousands, as in '4,231,976'; decimals follow a point, as in '4.2 M'"
    return (
        f"{shown} is no printed figure: write digits and a unit as in '569 M', '4.2 million', '145k', '0.7 B', "
        "'579 MFLOPs', '4,231,976', '94.86 %' or '3.8e9'"
    )


# ---- numbers to text ---------------------------------------------------------------------------------------------


def exact(value: "Number") -> str:
    """Every digit, with thousands separators: "568,740,352". What isn't whole keeps its form: "2.5", "5/2"."""
    if _is_endless(value):
        return str(value)
    sign, numerator, denominator = _parts(value)
    if denominator == 1:
        return f"{sign}{numerator:,}"
    return f"{value:,}" if isinstance(value, float) else f"{sign}{numerator:,}/{denominator:,}"


def short(value: "Number", digits: int = 4) -> str:
    """``digits`` significant digits and a unit: "568.7 M". Units are k, M, G and T; half rounds up.

    Whole numbers below 1000 stay exact.
    """
    if _is_endless(value):
        return str(value)
    sign, numerator, denominator = _parts(value)
    if denominator == 1 and numerator < 1000:
        return f"{sign}{numerator}"
    power, figure = 0, _figure(numerator, denominator, digits)
    # The rounded figure decides, not the value: 999,999 is "1.000 M", not "1,000 k".
    while "," in figure and power < max(_UNITS):
        power += 3
        figure = _figure(numerator, denominator * 10**power, digits)
    return _signed(sign, figure) + _UNITS[power]


def significant(value: "Number", scale: int, digits: int) -> str:
    """``value`` in units of ``scale`` to ``digits`` significant digits: "3.50" of 3,504,872 in millions.

    No digit before the point is lost: "3,858". Half rounds up.
    """
    if _is_endless(value):
        return str(value)
    sign, numerator, denominator = _parts(value)
    return _signed(sign, _figure(numerator, denominator * scale, digits))


def share(value: "Number") -> str:
    """A fraction of 1 as percent with two decimals: "94.86 %". Half rounds up."""
    if _is_endless(value):
        return str(value)
    sign, numerator, denominator = _parts(value)
    return _signed(sign, _fixed(numerator * 100, denominator, 2)) + " %"


def ratio(value: "Number") -> str:
    """A plain factor with four significant digits: "8.412", "0.1189". Half rounds up."""
    if _is_endless(value):
        return str(value)
    sign, numerator, denominator = _parts(value)
    return _signed(sign, _figure(numerator, denominator, 4))


def _is_endless(value: "Number") -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _parts(value: "Number") -> tuple[str, int, int]:
    """Sign ("-" or ""), numerator and denominator of the exact value."""
    # Integers of NumPy have a numerator, but no as_integer_ratio().
    pair = value.as_integer_ratio() if isinstance(value, float) else (value.numerator, value.denominator)
    numerator, denominator = int(pair[0]), int(pair[1])
    return ("-" if numerator < 0 else ""), abs(numerator), denominator


def _round(numerator: int, denominator: int) -> int:
    """The nearest integer to a fraction that isn't negative; half goes up, as in a printed figure's interval."""
    return (2 * numerator + denominator) // (2 * denominator)


def _places(numerator: int, denominator: int, digits: int) -> int:
    """How many decimals show ``digits`` significant digits (12 at most)."""
    magnitude = len(str(numerator)) - len(str(denominator))  # of the value, or one more
    places = max(0, min(12, digits - magnitude)) if numerator else 0
    while places and len(str(_round(numerator * 10**places, denominator))) > digits:
        places -= 1
    return places


def _figure(numerator: int, denominator: int, digits: int) -> str:
    """A fraction that isn't negative with ``digits`` significant digits."""
    return _fixed(numerator, denominator, _places(numerator, denominator, digits))


def _fixed(numerator: int, denominator: int, places: int) -> str:
    """A fraction that isn't negative with ``places`` decimals and thousands separators."""
    whole, rest = divmod(_round(numerator * 10**places, denominator), 10**places)
    return f"{whole:,}.{rest:0{places}d}" if places else f"{whole:,}"


def _signed(sign: str, figure: str) -> str:
    """``figure`` behind its sign, unless it was rounded to zero."""
    return sign + figure if figure.strip("0.,") else figure


def bytes_text(n: int) -> str:
    """Bytes exactly, and in the largest of KiB, MiB and GiB: ``1,505,280 bytes (1.44 MiB)``."""
    for unit, size in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if n >= size:
            return f"{n:,} bytes ({n / size:.2f} {unit})"
    return f"{n:,} bytes"


_EIGHTHS = " ▏▎▍▌▋▊▉"


def bar(part: "Number", most: "Number", cells: int) -> str:
    """A bar of ``cells`` character cells for ``most``, and in eighths of one for ``part``; what isn't 0 has one."""
    eighths = max(round(part * 8 * cells / most), 1) if most and part else 0
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
