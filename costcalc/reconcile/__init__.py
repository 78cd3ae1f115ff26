"""Why one source prints another figure than the next: every convention's total from one graph, and what parts them."""

from .causes import WEIGHTS, Cause, Search, explain
from .chance import Chance
from .everywhere import Counts, NetworkMatch, everywhere, shipped_counts
from .parts import Measure
from .printing import Reading, padded, reading
from .totals import Total, counted, shipped_conventions, total, totals
from .unseen import Unseen, unseen
from .waterfall import BY, Waterfall, WaterfallStep, waterfall

__all__ = [
    "BY",
    "WEIGHTS",
    "Cause",
    "Chance",
    "Counts",
    "Measure",
    "NetworkMatch",
    "Reading",
    "Search",
    "Total",
    "Unseen",
    "Waterfall",
    "WaterfallStep",
    "counted",
    "everywhere",
    "explain",
    "padded",
    "reading",
    "shipped_conventions",
    "shipped_counts",
    "total",
    "totals",
    "unseen",
    "waterfall",
]
