"""Pictures: what one shows (:mod:`.picture`), and matplotlib that draws it (:mod:`.draw`), loaded when it is asked for.

As a renderer, what draws sees tables only: every figure in a picture is a cell of one.
"""

from __future__ import annotations

from .picture import Bars, Curves, Picture, Roof, Scatter

__all__ = ["FORMATS", "Bars", "Curves", "Picture", "Roof", "Scatter"]

FORMATS = {".svg": "svg", ".png": "png", ".pdf": "pdf"}
"""The forms of pictures, by the ending of a file."""
