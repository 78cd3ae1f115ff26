"""Why one source prints another figure than the next: every convention's total from one graph, and what parts them."""

from .explain import Explanation, explain
from .totals import Total, counted, shipped_conventions, totals
from .waterfall import BY, Waterfall, WaterfallStep, waterfall

__all__ = [
    "BY",
    "Explanation",
    "Total",
    "Waterfall",
    "WaterfallStep",
    "counted",
    "explain",
    "shipped_conventions",
    "totals",
    "waterfall",
]
