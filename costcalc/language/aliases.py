"""Other names of a network: a list, or a table of the names that libraries have for it and for points of it."""

from __future__ import annotations

import re

from ..errors import Problems, SpecError, nearest, quoted
from .model import Alias, Spec, Variant
from .nodes import YamlNode, as_texts
from .tables import BLANK, check_width, header, read_cell, split_rows
from .text import Text

COLUMNS = ("name", "of", "variant", "differs")
"""Of a table of aliases; all others are parameters."""

AliasRows = list[tuple[Alias, Text | None]]
"""Each alias, and the cell that names its variant."""


def public_name(text: Text, what: str) -> str:
    """A name that people ask by. Raises :class:`SpecError` for what is none."""
    if not re.fullmatch(r"\w[\w.-]{0,99}", text.value):
        raise text.error(f"{what} is up to 100 letters, digits, _ . and -, not {quoted(text.value)}")
    return text.value


def read_aliases(value: YamlNode, problems: Problems) -> tuple[dict[str, Text], AliasRows]:
    """The parameters in the table's header, and its rows; of a list no parameters."""
    if not (isinstance(value, Text) and value.style == "|"):
        return {}, [(Alias(t.value, t), None) for t in as_texts(value, "names, [a, b], or a table of them")]
    rows = split_rows(value)
    names = header(rows[0], "name")
    aliases: AliasRows = []
    empty = value.part(0, 0)
    for cells in rows[1:]:
        try:
            check_width(cells, names)
            by_name = dict(zip(names, cells, strict=True))
            name, base = by_name.pop("name"), by_name.get("variant", empty)
            filled = {k: v for k, v in by_name.items() if v.value not in BLANK}
            of, variant, differs = (filled.pop(column, empty).value for column in COLUMNS[1:])
            values = {k: read_cell(v) for k, v in filled.items()}
            aliases.append((Alias(name.value, name, of, variant, values, differs), base if variant else None))
        except SpecError as e:
            problems.append(e)
    if not rows[1:]:
        raise value.error("a table without rows")
    return {c.value: c for c in rows[0] if c.value not in COLUMNS}, aliases


def name_aliases(spec: Spec, rows: AliasRows, problems: Problems) -> None:
    """The aliases, and the points of those that have one of their own, once the variants are known."""
    spec.points = dict(spec.variants)
    firsts: dict[tuple[object, ...], str] = {}
    for alias, base in rows:
        try:
            public_name(alias.text, "an alias")
            if alias.name in (spec.name, *spec.aliases, *spec.points):
                raise alias.text.error(f"{quoted(alias.name)} is a name of this network already")
            if base is not None and base.value not in spec.variants:
                raise base.error(f"no variant is called {quoted(base.value)}{nearest(base.value, spec.variants)}")
        except SpecError as e:
            problems.append(e)
            continue
        spec.aliases[alias.name] = alias
        alias.point = alias.base or None
        if alias.values:
            alias.point = firsts.setdefault((alias.base, *_texts(alias)), alias.name)
            below = spec.variants[alias.base].values if alias.base else {}
            spec.points.setdefault(alias.point, Variant(alias.name, alias.text, below | alias.values))


def _texts(alias: Alias) -> list[tuple[str, str]]:
    return [(name, cell.text.value) for name, cell in alias.values.items()]
