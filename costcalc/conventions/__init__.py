"""Counting conventions: which named parts of the ops count, and how much. Data in ``specs/conventions``."""

from .convention import DEFAULT, Convention
from .reading import KEYS, PRINTED, load_convention, read_convention

__all__ = ["DEFAULT", "KEYS", "PRINTED", "Convention", "load_convention", "read_convention"]
