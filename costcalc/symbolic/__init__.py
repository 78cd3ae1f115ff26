"""Closed forms: a network's params and mult-adds as formulas in its parameters, exact or smooth."""

from .building import closed_form
from .forms import Accuracy, ClosedForm, FormRow, Term, terms

__all__ = ["Accuracy", "ClosedForm", "FormRow", "Term", "closed_form", "terms"]
