"""Points of networks, and what the engine has there."""

from __future__ import annotations

from typing import Any

from costcalc import Network
from costcalc.errors import CostcalcError
from costcalc.language.values import Size


def numbers_of(network: Network) -> list[str]:
    """The parameters that are one number each."""
    values = network.parameters
    return [
        name
        for name, code in network.parameter_codes.items()
        if not code.structural and not isinstance(values[name], str | bool | list | Size)
    ]


def engine(network: Network, point: dict[str, Any]) -> dict[str, int] | None:
    """The counts; None where there are none."""
    try:
        cost = network.cost(point)
        return {"params": cost.params, "mult_adds": cost.mult_adds}
    except CostcalcError:
        return None


def by_record(form: Any, point: dict[str, Any]) -> dict[str, int] | None:
    """The counts by the record alone: a form asks the engine where its guards fail."""
    from costcalc.compiled.plain import Runner

    try:
        record = form.record(form._case(point))
    except CostcalcError:
        return None
    found, problem = Runner(record).run([point[name] for name in record.parameters])
    return None if problem else found
