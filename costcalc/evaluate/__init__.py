"""Closures to a graph: one evaluation on ints, arrays or symbols, and the built-in layers that it calls."""
