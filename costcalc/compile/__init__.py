"""Syntax trees to closures: names resolved once, so that an evaluation has only values to look up."""

from .links import Loader
from .parameters import ParameterCode, Point
from .program import Program, compile_spec

__all__ = ["Loader", "ParameterCode", "Point", "Program", "compile_spec"]
