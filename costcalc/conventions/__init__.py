"""Counting conventions: which named parts of the ops count, and how much. Data in ``specs/conventions``."""

from .convention import DEFAULT, WEIGHT_PARTS, Convention
from .reading import KEYS, PRINTED, load_convention, read_convention

__all__ = ["DEFAULT", "KEYS", "PRINTED", "WEIGHT_PARTS", "Convention", "load_convention", "read_convention"]
