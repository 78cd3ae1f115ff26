"""One bound of work for whatever a spec makes the program do in several evaluations."""

from __future__ import annotations

from .errors import UsageError

LAYER_STEPS = 20
"""A primitive layer is as much work as so many characters of the spec."""

MAX_STEPS = 100_000_000
"""Characters of the spec evaluated, and layers, in all evaluations of one request: some ten seconds."""


class Budget:
    """What one request may take: ``what`` takes it, and ``advice`` is what to do where it is too much."""

    def __init__(self, what: str, advice: str, most: int = MAX_STEPS) -> None:
        self.what = what
        self.advice = advice
        self.left = self.most = most

    def spend(self, steps: int) -> None:
        """Count ``steps``. Raises :class:`UsageError` once they are too many in all."""
        self.left -= steps
        if self.left < 0:
            raise UsageError(f"{self.what} take more than {self.most:,} steps of evaluation; {self.advice}")
