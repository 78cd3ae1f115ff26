"""Syntax trees to closures: names resolved once, so that an evaluation has only values to look up."""

from .file import Loader
from .parameters import ParameterCode
from .program import Program, compile_spec

__all__ = ["Loader", "ParameterCode", "Program", "compile_spec"]
