"""Folding: calls to blocks, repeats, rows; never to other layers than those that were there."""

from .fold import Folded, fold

__all__ = ["Folded", "fold"]
