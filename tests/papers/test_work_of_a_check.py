"""What a check doesn't do twice, and what it doesn't hold on to."""

from __future__ import annotations

import gc
from collections import Counter

import pytest

import costcalc.network
from costcalc.graph import Graph
from costcalc.papers import Checker, load_papers
from costcalc.papers.check import GRAPHS
from costcalc.papers.select import select

SOME = select(load_papers(), ["mobilenet_v3", "mnasnet"])


def test_no_file_is_compiled_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: Counter[str] = Counter()
    compile_spec = costcalc.network.compile_spec

    def counting(source, loader):
        compiled[source.name] += 1
        return compile_spec(source, loader)

    monkeypatch.setattr(costcalc.network, "compile_spec", counting)
    Checker().check(SOME)
    assert len(compiled) > 5
    assert set(compiled.values()) == {1}


def graphs() -> int:
    gc.collect()
    return sum(type(o) is Graph for o in gc.get_objects())


def test_no_graph_is_kept_but_the_last_ones() -> None:
    before = graphs()
    checker = Checker()
    assert len(checker.check(SOME)) > 10 * GRAPHS
    assert 0 < graphs() - before <= GRAPHS


def test_figures_of_a_point_share_its_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    built: Counter[str] = Counter()
    build = costcalc.network.Program.build

    def counting(program, given, variant=None, **how):
        built[f"{program.spec.name} {variant} {sorted(given.items())} {how.get('expand', False)}"] += 1
        return build(program, given, variant, **how)

    monkeypatch.setattr(costcalc.network.Program, "build", counting)
    Checker().check(select(load_papers(), ["mobilenet_v1"]))
    assert sum(built.values()) < 1.2 * len(built)  # a point may come again behind more than GRAPHS others
