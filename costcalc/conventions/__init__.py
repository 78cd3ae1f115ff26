"""Counting conventions: which named parts of the ops count, and how much. Data in ``specs/conventions``."""

from .convention import DEFAULT, Convention, Saying, SaysNothing, Why
from .passed import Passed, passed_over
from .reading import KEYS, PRINTED, load_convention, read_convention

__all__ = [
    "DEFAULT",
    "KEYS",
    "PRINTED",
    "Convention",
    "Passed",
    "Saying",
    "SaysNothing",
    "Why",
    "load_convention",
    "passed_over",
    "read_convention",
]
