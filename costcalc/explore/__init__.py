"""One HTML page in which a network's parameters move: compiled forms as data, and a small interpreter beside them."""

from __future__ import annotations

from .network import OnPage as OnPage
from .network import described as described
from .page import page as page
