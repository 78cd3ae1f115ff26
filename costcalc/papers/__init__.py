"""The papers' figures, and the check of each against the computed one. Data in ``specs/papers``."""

from .check import STATES, Checker, Result
from .figure import Figure
from .read import Paper, PaperTable, PrintedRow, load_papers, read_paper

__all__ = ["STATES", "Checker", "Figure", "Paper", "PaperTable", "PrintedRow", "Result", "load_papers", "read_paper"]
