"""The total of a network under each convention."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..conventions import DEFAULT, Convention, Passed, SaysNothing, load_convention
from ..cost import Cost
from ..errors import CostcalcError
from ..language.find import shipped
from ..network import Network
from ..record import Record, fresh
from .unseen import Unseen, unseen


class Total(Record):
    """``work`` in the convention's unit and ``params``, both exact; or ``problem``, why it can't count the network.

    ``work`` is a fraction where the convention scales or halves, and an int wherever that is whole. ``unsaid`` are the
    kinds of op that it says nothing about, if that is the problem; ``passed_over`` those layers that its tool has no
    rule for, which count 0, and ``unseen`` those that it doesn't see as the code is written.
    """

    convention: Convention
    work: Any = None
    params: Any = None
    problem: str = ""
    unsaid: tuple[str, ...] = ()
    passed_over: list[Passed] = fresh(default_factory=list)
    unseen: list[Unseen] = fresh(default_factory=list)


def shipped_conventions() -> list[Convention]:
    """Every shipped convention, by name; the default first."""
    names = [DEFAULT, *(name for name in shipped("conventions") if name != DEFAULT)]
    return [load_convention(name) for name in names]


def counted(network: Network, values: Mapping[str, Any], convention: Convention) -> tuple[Cost, Any]:
    """The cost under ``convention``, and what its work is to be taken times: 1, or (res/R)² if it scales from R.

    Where it scales, the cost is that at resolution R. Raises what :meth:`Network.cost` raises.
    """
    point, scale = network.scaled(values, convention)
    return network.cost(point, convention=convention), scale


def totals(network: Network, values: Mapping[str, Any], conventions: Iterable[Convention]) -> list[Total]:
    """The total under each of ``conventions`` at ``values``, in their order; the network is built once.

    Raises what :meth:`Network.cost` raises for the default convention; another that can't count is a total with a
    problem.
    """
    base = network.cost(values)
    return [total(network, values, base, convention) for convention in conventions]


def total(network: Network, values: Mapping[str, Any], base: Cost, convention: Convention) -> Total:
    """The total under ``convention`` at ``values``, where ``base`` is the network's cost under any."""
    try:
        if convention.scaled is None:
            cost, scale = network.recount(base, convention), 1
        else:
            cost, scale = counted(network, values, convention)
        found = Total(convention, whole(cost.counted * scale), whole(cost.params), passed_over=cost.passed_over)
        found.unseen = unseen(cost.convention, cost.graph.layers)
        return found
    except SaysNothing as e:
        return Total(convention, problem=str(e), unsaid=e.kinds)
    except CostcalcError as e:
        return Total(convention, problem=str(e))


def whole(x: Any) -> Any:
    """``x``, as an int where it is whole."""
    return int(x) if x == int(x) else x
