"""From a spec to a graph: the text compiled to closures, run on ints, arrays or symbols."""

from .links import Loader
from .parameters import ParameterCode, Point
from .program import Program, compile_spec

__all__ = ["Loader", "ParameterCode", "Point", "Program", "compile_spec"]
