"""A network's page in docs/networks: what costcalc computes from its file, and what others have printed of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any
from urllib.parse import quote

from costcalc.network import Network
from costcalc.papers import Result
from costcalc.render import render
from costcalc.reports import formula, parameters, show
from costcalc.reports.check import SHOWN, computed, state_of, summary
from costcalc.reports.counted import count as cost_of
from costcalc.reports.parameters import listed, shown
from costcalc.rows import By
from costcalc.symbolic import closed_form
from costcalc.table import Column, Table

Counts = list[dict[str, Any]]
EXPLORER = "explorer.html"
"""Every network's parameters on one page, of the site alone; what follows "#" is its state."""
MOST_LINES = 200
MOST_FIGURES = 60
FORMS: tuple[tuple[By, bool], ...] = (("layer", True), ("layer", False), ("block", True), ("block", False))
"""A page has the first of these that fits in its lines: its rows, and whether it has the figures that match."""
ALWAYS_SHOWN = SHOWN


def page(every: list[Network], checked: Iterable[Result], counts: Counts, picture: str = "") -> str:
    """The page of a network and its variants; ``picture`` is the file of its diagram."""
    network = every[0]
    spec = network.program.spec
    names = {*spec.aliases, *(n.name for n in every)}
    head = [
        f"- source: {source(spec.source)}",
        f"- family: {spec.family}",
        *([f"- also called {', '.join(spec.aliases)}"] if spec.aliases else []),
        f"- spec: [{spec.origin.name}](../../{spec.origin.name})",
    ]
    above = [
        f"# {spec.name}: {spec.title}\n" if spec.title else f"# {spec.name}\n",
        *([f"{spec.about}\n"] if spec.about else []),
        "\n".join(head) + "\n",
        *([f"![The blocks of {spec.name}, and the tensors between them]({picture})\n"] if picture else []),
    ]
    explorer = f"../{EXPLORER}#a={quote(network.name)}"
    below = [
        *_closed_form(network),
        f'<a href="{explorer}">Move its parameters</a>, with the exact cost at every point.\n',
        *_parameters(network),
        *_variants(every),
        *_published([count for count in counts if count["model"] in names]),
    ]
    rows, printed = _layers(network), [r for r in checked if r.row.network in names]
    text = ""
    for by, matches in FORMS:
        text = "\n".join([*above, *rows(by), *below, *_papers(printed, matches)])
        if text.count("\n") <= MOST_LINES:
            break
    return text


def source(keys: dict[str, str]) -> str:
    """Where a network was published, with a link if that is arXiv."""
    arxiv = f"[arXiv {keys['arxiv']}](https://arxiv.org/abs/{keys['arxiv']})" if keys.get("arxiv") else ""
    others = [value for key, value in keys.items() if key not in ("arxiv", "year", "cite", "authors")]
    return ", ".join(text for text in (arxiv, *others) if text) or "none"


def _markdown(table: Table) -> str:
    return render([table], "markdown")


def _parameters(network: Network) -> Iterator[str]:
    table = Table([Column(name, name) for name in ("parameter", "default", "allowed", "values", "meaning")], [])
    for name, default in network.parameters.items():
        code = network.parameter_codes[name]
        allowed = "yes, no" if isinstance(default, bool) else ", ".join(map(shown, code.choices or ()))
        if code.parameter.low is not None:
            allowed = code.parameter.low.text.value
        values = ", ".join(map(shown, network.program.points.declared_values(name)))
        table.rows.append((name, shown(default), allowed, values, code.parameter.doc))
    if not table.rows:
        return
    if parameters.RHO in parameters.names(network) and parameters.RHO not in network.parameters:
        table.notes.append("rho may be given in place of res: res = its default times rho.")
    if any(row[3] for row in table.rows):
        table.notes.append("values: those that the source evaluates.")
    yield from ("## Parameters\n", _markdown(table))


def _variants(every: list[Network]) -> Iterator[str]:
    columns = [Column(name, name) for name in ("network", "parameters")]
    table = Table([*columns, Column("params", "params", "count"), Column("mult_adds", "mult-adds", "count")], [])
    for network in every:
        cost = network.cost()
        table.rows.append((network.name, parameters_of(network), cost.params, cost.mult_adds))
    table.notes = ["The first at its defaults; of a variant the parameters that it sets."] if len(every) > 1 else []
    yield from ("## Variants\n" if len(every) > 1 else "## Cost\n", _markdown(table))


def parameters_of(variant: Network) -> str:
    """The parameters that a variant sets; nothing for a network at its defaults."""
    own = variant.program.spec.variants[variant.variant].values if variant.variant else {}
    return listed({name: value for name, value in variant.parameters.items() if name in own})


def _layers(network: Network) -> Callable[[By], list[str]]:
    counted = cost_of(network, {})

    def rows(by: By) -> list[str]:
        main, kinds = show.main_table(counted, show.Selection(by)), show.kinds_table(counted)
        main.title = ""
        main.notes = show.notes(counted, main)
        if by != "layer":
            main.notes.append(f"With every layer: costcalc show {network.name}")
        return [f"## {show.NAMES[by].capitalize()}\n", _markdown(main), _markdown(kinds)]

    return rows


def _closed_form(network: Network) -> Iterator[str]:
    text = render(formula.tables(closed_form(network)), "table", width=100)
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    yield from ("## Closed form\n", f"```console\n$ costcalc formula {network.name}\n{lines}\n```\n")


def _published(counts: Counts) -> Iterator[str]:
    if not counts:
        return
    columns = [Column("network", "network"), Column("params", "params", "count")]
    table = Table([*columns, Column("mult_adds", "mult-adds", "count"), Column("source", "published as")], [])
    for count in counts:
        point = listed(count["config"])
        name = f"{count['model']}: {point}" if point else count["model"]
        table.rows.append((name, count["params"], count.get("mult_adds"), count["source"]))
    yield from ("## Published implementations\n", "Each comes out to the last unit (tests/truth).\n", _markdown(table))


def _papers(found: list[Result], matches: bool) -> Iterator[str]:
    if not found:
        return
    matches = matches and len(found) <= MOST_FIGURES
    own = [r for r in found if matches or r.state in ALWAYS_SHOWN]
    told = "." if len(own) == len(found) else "; those that match or aren't modelled are not shown."
    yield from ("## Figures in papers\n", f"{summary(found)}{told}\n")
    columns = [Column(name, name) for name in ("table", "network", "figure", "printed", "computed", "state")]
    for _, group in groupby(own, key=lambda r: r.paper.origin.name):
        rows = list(group)
        table = Table(columns, [], title=rows[0].paper.title)
        reasons: dict[str, list[str]] = {}
        for r in rows:
            printed, state = r.figure.printed.text if r.figure.printed else "", state_of(r)
            figure = r.figure.measure.replace("_", "-")
            table.rows.append((r.table.name, r.subject, figure, printed, computed(r), state))
            if r.reason:
                reasons.setdefault(f"{state}: {r.reason}", []).append(f"{r.table.name}, {r.subject}, {figure}")
        table.notes = [f"{_some(subjects)}: {reason}" for reason, subjects in reasons.items()]
        yield _markdown(table)


def _some(subjects: list[str]) -> str:
    return "; ".join(subjects[:3]) + (f" and {len(subjects) - 3} more" if len(subjects) > 3 else "")
