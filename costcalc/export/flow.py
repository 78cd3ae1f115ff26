"""In which calls a network runs: layers that follow one another below a name are one."""

from __future__ import annotations

import json
import keyword
from collections import Counter
from collections.abc import Collection
from itertools import pairwise
from typing import NamedTuple

from torch import nn

from ..witness.module import GraphModule, ModuleGroup, ModuleStep
from ..witness.parts import SplitModule


class Chain(NamedTuple):
    """Steps in one call. ``passed_on``: only the next call takes what it makes."""

    name: str
    sources: tuple[int, ...]
    results: tuple[int, ...]
    passed_on: bool = False


def plain(label: str) -> bool:
    """Whether Python takes it for a name as it stands."""
    return label.isascii() and label.isidentifier() and not keyword.iskeyword(label)


class Access:
    """How a layer is reached: ``self.stage2["1"].dw.conv``."""

    def __init__(self, module: nn.Module, units: Collection[nn.Module] = ()) -> None:
        self.module = module
        self.units = {id(unit) for unit in units}

    def path(self, name: str) -> str:
        """An expression for the layer of that name."""
        found = "self"
        holder: nn.Module = self.module
        for label in name.split("."):
            if plain(label) and not label.startswith("__") and not self._is_taken(holder, label):
                found += f".{label}"
            else:
                at = json.dumps(label)
                is_named = type(holder) is ModuleGroup and id(holder) not in self.units
                found += f"[{at}]" if is_named and holder is not self.module else f"._modules[{at}]"
            child = holder._modules[label]
            assert child is not None
            holder = child
        return found

    def _is_taken(self, holder: nn.Module, label: str) -> bool:
        if hasattr(nn.Module, label) or label in _ATTRIBUTES:
            return True
        if type(holder) in (ModuleGroup, GraphModule):
            return False
        return hasattr(type(holder), label) or label in {**holder.__dict__, **holder._parameters, **holder._buffers}


_ATTRIBUTES = frozenset(nn.Module().__dict__)


def flow(module: GraphModule, apart: Collection[str] = ()) -> list[Chain]:
    """The calls in order. What is at, or above, one of the names ``apart`` isn't one call."""
    steps = module.steps
    taken_by: dict[int, list[int]] = {}
    for k, step in enumerate(steps):
        for number in step.sources:
            taken_by.setdefault(number, []).append(k)
    kept = {number for number, _ in module.outputs.values()}
    follows = {
        k
        for k in range(1, len(steps))
        for source in [steps[k].sources]
        if len(source) == 1 and steps[k - 1].results == source and taken_by[source[0]] == [k] and source[0] not in kept
    }
    at = {step.name: k for k, step in enumerate(steps)}
    found: dict[int, tuple[str, int]] = {}
    above = {name[:k] for name in apart for k, letter in enumerate(f"{name}.") if letter == "."}
    _find(module, "", at, steps, follows, found, above)
    chains: list[Chain] = []
    k = 0
    while k < len(steps):
        name, number = found.get(k, (steps[k].name, 1))
        chains.append(Chain(name, steps[k].sources, steps[k + number - 1].results))
        k += number
    uses = Counter(source for chain in chains for source in set(chain.sources))
    for k, (chain, after) in enumerate(pairwise(chains)):
        (result, *more) = chain.results
        if not more and uses[result] == 1 and result in after.sources and result not in kept:
            chains[k] = chain._replace(passed_on=True)
    if chains and len(module.outputs) == len(chains[-1].results) == 1:
        chains[-1] = chains[-1]._replace(passed_on=True)
    return chains


def _find(
    holder: nn.Module,
    prefix: str,
    at: dict[str, int],
    steps: list[ModuleStep],
    follows: set[int],
    found: dict[int, tuple[str, int]],
    apart: Collection[str],
) -> None:
    """The outermost groups below ``holder`` whose layers run in a row."""
    for label, child in holder._modules.items():
        name = prefix + label
        if child is None or isinstance(child, nn.Sequential):
            continue
        order = _order(child, name, at)
        if type(child) is ModuleGroup and order is not None and name not in apart:
            first = order[0]
            in_a_row = order == list(range(first, first + len(order))) and set(order[1:]) <= follows
            if in_a_row and len(steps[first].sources) == 1 and len(steps[order[-1]].results) == 1:
                found[first] = (name, len(order))
                continue
        _find(child, f"{name}.", at, steps, follows, found, apart)


def _order(module: nn.Module, name: str, at: dict[str, int]) -> list[int] | None:
    """The steps of all layers below a name as they stand there; None if one holds others, or makes several tensors."""
    if isinstance(module, SplitModule):  # a tuple, also of one part
        return None
    if type(module) is not ModuleGroup:
        return [at[name]] if isinstance(module, nn.Sequential) or not module._modules else None
    found: list[int] = []
    for label, child in module._modules.items():
        inner = None if child is None else _order(child, f"{name}.{label}", at)
        if inner is None:
            return None
        found += inner
    return found or None
