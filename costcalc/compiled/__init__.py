"""Compiled exact forms: the columns asked for as one straight line of operations, made once, evaluated many times."""

from __future__ import annotations

from .form import ENGINES as ENGINES
from .form import Form as Form
from .form import compile_form as compile_form
