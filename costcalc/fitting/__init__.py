"""Which networks fit budgets, and at which points: ``fit(max={"params": "4M", "mult_adds": "300M"})``."""

from __future__ import annotations

from .draws import optuna_sampler as optuna_sampler
from .draws import suggested as suggested
from .judged import FitPoint as FitPoint
from .search import Fit as Fit
from .search import draws as draws
from .search import fit as fit
