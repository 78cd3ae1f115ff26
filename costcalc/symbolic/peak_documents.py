"""The formula of a peak as texts that stand on their own: a Python function, LaTeX, and what JSON holds."""

from __future__ import annotations

from typing import Any

from .documents import argument_names, expression, identifier, json_number, number, symbols_document
from .notation import Latex, Python
from .peak import PeakForm


def python(form: PeakForm) -> str:
    """A module with one function, of the variables' parameters, which returns the bytes at the peak."""
    names = argument_names(form.variables)
    notation = Python(form.symbols, {v.symbol: names[v.parameter] for v in form.variables})
    arguments = ", ".join(f"{names[v.parameter]}={number(v.value)}" for v in form.variables)
    meanings = [f"{names[v.parameter]} is {v.means}" for v in form.variables if v.means != names[v.parameter]]
    told = "".join(f"; {meaning}" for meaning in meanings)
    terms = [notation.text(term.bytes) for term in form.terms]
    return "\n".join(
        [
            f'"""Bytes of activations of {identifier(form.spec)} at the peak."""',
            "",
            "",
            f"def {identifier(form.spec)}_peak_memory({arguments}):",
            f'    """Bytes at {form.memory.bits} bits by {form.memory.definition.name}{told}."""',
            "    return max(",
            *(f"        {term}," for term in terms),
            *(["        0,"] if len(terms) == 1 else []),
            "    )",
            "",
        ]
    )


def latex(form: PeakForm) -> str:
    """The peak as the largest of its terms, and the bytes of weights."""
    notation = Latex(form.symbols)
    terms = [notation.text(term.bytes) for term in form.terms]
    joined = r",\; ".join(terms)
    peak = terms[0] if len(terms) == 1 else rf"\max\left\{{{joined}\right\}}"
    lines = (
        r"\begin{align*}",
        rf"\mathrm{{peak}} &= {peak} \\",
        rf"\mathrm{{weights}} &= {notation.text(form.weights)}",
    )
    return "\n".join([*lines, r"\end{align*}", ""])


def document(form: PeakForm) -> dict[str, object]:
    """What JSON holds: exact coefficients and powers, and every expression as Python text."""
    memory = form.memory
    result: dict[str, Any] = {
        "spec": form.spec,
        "definition": memory.definition.name,
        "bits": memory.bits,
        "weight_bits": memory.weight_bits or memory.bits,
        "batch": memory.batch,
        "symbols": symbols_document(form.variables),
        "parameters": {name: json_number(value) for name, value in form.point.items()},
        "peak_memory": [{"layers": t.layers, "bytes": expression(t.bytes, form.symbols)} for t in form.terms],
        "weight_bytes": expression(form.weights, form.symbols),
        "moves": [
            {
                "parameter": move.variable.parameter,
                "at": json_number(move.at),
                "below": move.below.layers[0],
                "above": move.above.layers[0],
            }
            for move in form.moves
        ],
        "relative_error": {
            "points": form.points,
            "largest": float(form.error),
            "at": {name: json_number(value) for name, value in form.error_at.items()},
        },
    }
    if form.fragmented is not None:
        result["tried"] = form.tried
        result["fragmented"] = [
            {
                "parameter": gap.variable.name,
                "from": json_number(gap.low),
                "to": json_number(gap.high),
                "most": float(gap.most),
            }
            for gap in form.fragmented
        ]
    return result
