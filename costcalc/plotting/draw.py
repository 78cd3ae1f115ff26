"""A picture as the bytes of a file: the same ones for the same table and the same matplotlib."""

from __future__ import annotations

import io
import warnings
from typing import Any

from ..errors import UsageError
from .picture import Bars, Curves, Picture, Scatter

_METADATA: dict[str, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": "costcalc"},
    "png": {"Software": "costcalc"},
    "pdf": {"CreationDate": None, "Creator": "costcalc", "Producer": None},
}
"""No time of the day, and no version: those would make each run another file."""


def draw(picture: Picture, fmt: str) -> bytes:
    """``picture`` as an SVG, PNG or PDF. Raises :class:`UsageError` where matplotlib isn't installed."""
    out = io.BytesIO()
    with warnings.catch_warnings():
        # A letter that the font hasn't is a box in the picture, and what matplotlib will change one day no news either.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            import matplotlib.style
        except ImportError:
            raise UsageError(
                "a picture needs matplotlib: pip install 'costcalc[plot]'; without it there are bars in text"
            ) from None
        from .style import STYLE

        with matplotlib.style.context(["default", STYLE]):
            _drawn(picture).savefig(out, format=fmt, metadata=_METADATA[fmt])
    return out.getvalue()


def _drawn(picture: Picture) -> Any:
    if isinstance(picture, Bars):
        from .bars import draw_bars

        return draw_bars(picture)
    if isinstance(picture, Curves):
        from .curves import draw_curves

        return draw_curves(picture)
    if isinstance(picture, Scatter):
        from .scatter import draw_scatter

        return draw_scatter(picture)
    from .roof import draw_roof

    return draw_roof(picture)
