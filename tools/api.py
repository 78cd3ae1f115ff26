"""The reference of docs/python.md: every public name with its signature and its docstring, as Markdown."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import costcalc
from costcalc.record import Record
from costcalc.shown import Shown

FIRST = ("load", "Network", "Cost", "Row", "LayerCost")
"""What is met first; the others by their names, functions before the classes of their results."""

INNER = {
    "Cost": ("refuse", "groups"),
    "Network": ("parameter_codes", "program", "scaled", "recount"),
    "CheckedTable": ("tables",),
    "ClosedForm": ("key", "numbers"),
    "Sweep": ("asked", "first"),
}
"""Members that the package's own modules call, and that speak of its insides."""

_ROLE = re.compile(r":(?:class|func|meth|attr|mod|data|exc):`[~.]?([^`]+)`")
_WIDTH = 100


class _Plain(str):
    """An annotation that is shown without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def reference() -> str:
    """A section for each name of ``costcalc.__all__``, and in those of classes each public member."""
    rest = sorted(set(costcalc.__all__) - {*FIRST, "__version__"}, key=lambda name: (name[0].isupper(), name))
    text = "\n".join(line for name in (*FIRST, *rest) for line in _section(name, getattr(costcalc, name)))
    return text.replace("]]]", "]] ]")  # which ends what cog writes


def title_of(name: str) -> str:
    """A heading: that of a function tells it from a class that is called so but for its case."""
    return name if name[0].isupper() else f"costcalc.{name}"


def members(name: str) -> dict[str, Any]:
    """The public methods and properties of a class that the package defines, in order."""
    found: dict[str, Any] = {}
    for base in reversed(getattr(costcalc, name).__mro__):
        if base.__module__.startswith("costcalc.") and base not in (Record, Shown):
            found |= {member: thing for member, thing in vars(base).items() if _is_shown(member, thing)}
    return {member: thing for member, thing in found.items() if member not in INNER.get(name, ())}


def _is_shown(name: str, thing: Any) -> bool:
    if name == "__getitem__":
        return bool(thing.__doc__)
    return not name.startswith("_") and (isinstance(thing, property) or inspect.isfunction(thing))


def _section(name: str, thing: Any) -> Iterator[str]:
    yield f"### {title_of(name)}\n"
    if not inspect.isclass(thing):
        yield f"```python\n{_signature(name, thing)}\n```\n"
    yield f"{markdown(inspect.getdoc(thing) or '')}\n"
    if not inspect.isclass(thing):
        return
    own = members(name)
    properties = {member: p for member, p in own.items() if isinstance(p, property)}
    for member, p in properties.items():
        kind = inspect.signature(p.fget).return_annotation  # type: ignore[arg-type]
        about = markdown(inspect.getdoc(p) or "").replace("\n", "\n  ")
        yield f"- **{member}** (`{kind}`): {about}"
    if properties:
        yield ""
    for member, method in own.items():
        if member not in properties:
            own_name = name.lower()
            code = f"{own_name}[name]" if member == "__getitem__" else _signature(f"{own_name}.{member}", method)
            yield f"```python\n{code}\n```\n"
            yield f"{markdown(inspect.getdoc(method) or '')}\n"


def _signature(name: str, thing: Any) -> str:
    """``load(spec: str) -> Network``, an argument a line where it is long."""
    found = inspect.signature(thing)
    own = [p.replace(annotation=_Plain(p.annotation)) for p in found.parameters.values() if p.name != "self"]
    signature = found.replace(parameters=own, return_annotation=_Plain(found.return_annotation))
    text = f"{name}{signature}"
    if len(text) <= _WIDTH:
        return text
    lines: list[str] = []
    for k, p in enumerate(own):
        if p.kind is p.KEYWORD_ONLY and not any(q.kind in (p.KEYWORD_ONLY, p.VAR_POSITIONAL) for q in own[:k]):
            lines.append("*")
        lines.append(str(p))
        if p.kind is p.POSITIONAL_ONLY and all(q.kind is not p.POSITIONAL_ONLY for q in own[k + 1 :]):
            lines.append("/")
    return f"{name}(\n{''.join(f'    {line},{chr(10)}' for line in lines)}) -> {signature.return_annotation}"


def markdown(text: str) -> str:
    """A docstring: names of ours are links, code is code, and lines are those of the source."""

    def name(match: re.Match[str]) -> str:
        target = match[1].rpartition(".")[2] if match[1].startswith("costcalc.") else match[1]
        anchor = title_of(target).lower().replace(".", "")
        return f"[`{target}`](#{anchor})" if target in costcalc.__all__ else f"`{target}`"

    return re.sub(r"``([^`]+)``", r"`\1`", _ROLE.sub(name, text))
