"""``costcalc verify``: the counts against a forward pass through PyTorch."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from ..errors import CostcalcError, UsageError
from ..network import Network, networks
from ..render import ROWS
from .exit_status import FAILED_CHECK
from .options import complete_specs, example, output_options, spec_options
from .output import write_tables
from .progress import progress
from .spec_command import SpecCommand, given_specs, words_given

if TYPE_CHECKING:
    from ..witness.verifying import Verification

DEVICES = ("cpu", "meta", "cuda")


@click.command(
    cls=SpecCommand,
    epilog=example(
        "costcalc verify mobilenet_v1 --alpha 0.5 --res 160",
        "costcalc verify shufflenet_v2 --all-layers --format csv",
    ),
)
@click.argument("specs", metavar="SPEC...", nargs=-1, shell_complete=complete_specs)
@click.option("--all", "every", is_flag=True, help="Every shipped network and variant, at its defaults.")
@click.option("--all-layers", is_flag=True, help="Every layer, and not only the first that differs.")
@click.option(
    "--device",
    type=click.Choice(DEVICES),
    help="Where the forward pass runs; meta has shapes and no values.  [default: cpu; meta for large networks]",
)
@click.option(
    "--against",
    metavar="MODULE:CALLABLE",
    help="Compare SPEC with the torch.nn.Module that this gives: its convolutions and linear layers, in the order in "
    "which they run. Runs that code, so name only what you trust. The current directory is importable.",
)
@click.option("--kwargs", metavar="JSON", help="Arguments of that callable by name, as a JSON object.")
@click.option("--traceback", is_flag=True, help="Show where in PyTorch or in that code an error is from.")
@spec_options
@output_options
@click.pass_context
def verify(
    ctx: click.Context,
    /,
    specs: tuple[str, ...],
    every: bool,
    all_layers: bool,
    device: str | None,
    against: str | None,
    kwargs: str | None,
    traceback: bool,
    variant: str | None,
    settings: tuple[str, ...],
    fmt: str,
    output: str | None,
    **values: Any,
) -> None:
    """Build SPEC as a PyTorch module, run it, and measure it; exit status 1 if a layer differs.

    Measured of every layer are the shape of its output, its trainable weights, and the multiply-accumulates that
    PyTorch's own FlopCounterMode sees (two of its flops are one mult-add). The module is made of the ops' arguments
    and the graph's edges alone, by none of the formulas that are checked.
    """
    _check_usage(specs, every, against, kwargs)
    from ..witness import require_torch
    from ..witness.needs import require_device

    require_torch("costcalc verify")
    require_device(device or "cpu")
    points: list[tuple[Network, dict[str, Any]]]
    if every:
        if variant is not None or settings:
            raise UsageError("--all takes every network and variant at its defaults")
        points = [(network, {}) for network in networks()]
    else:
        found = given_specs(ctx, words_given(ctx), values, settings, variant)
        points = [(given.network, given.values) for given in found]
    with _traced(traceback):
        if against is not None:
            agree = _against(*points[0], against, kwargs, device, all_layers, fmt, output)
        else:
            agree = _verify(points, every, device, all_layers, fmt, output, traceback)
    if not agree:
        ctx.exit(FAILED_CHECK)


def _check_usage(specs: Sequence[str], every: bool, against: str | None, kwargs: str | None) -> None:
    if every and specs:
        raise UsageError("--all is every shipped network; give it or a SPEC")
    if not every and not specs:
        raise UsageError("there is no SPEC; --all is every shipped network")
    if against is not None and (every or len(specs) != 1):
        raise UsageError("--against compares a module with one SPEC")
    if kwargs is not None and against is None:
        raise UsageError("--kwargs are for the callable of --against")


def _verify(
    points: Sequence[tuple[Network, dict[str, Any]]],
    every: bool,
    device: str | None,
    all_layers: bool,
    fmt: str,
    output: str | None,
    traceback: bool,
) -> bool:
    """Whether all agree, once that is written."""
    from ..reports import verify as verify_tables

    results: list[tuple[Network, Verification]] = []
    for network, values in progress(points, lambda point: point[0].name, wanted=every):
        result = verify_tables.measured(network, values, device)
        if traceback and result.failure is not None:
            _print_cause(result.failure)
        results.append((network, result))
    if fmt == "json":
        found = [result for _, result in results]
        write_tables([], fmt, output, verify_tables.document(found, all_layers, several=every or len(found) > 1))
    elif fmt in ROWS and all_layers:
        write_tables([verify_tables.raw_layers(results)], fmt, output)
    elif fmt in ROWS or (every and not all_layers):
        write_tables([verify_tables.overview(results, raw=fmt in ROWS)], fmt, output)
    else:
        chosen = device is not None
        tables = [t for network, r in results for t in verify_tables.tables(network, r, all_layers, chosen)]
        write_tables(tables, fmt, output)
    return all(result.agrees for _, result in results)


def _against(
    network: Network,
    values: dict[str, Any],
    target: str,
    kwargs: str | None,
    device: str | None,
    all_layers: bool,
    fmt: str,
    output: str | None,
) -> bool:
    """Whether the user's module agrees, once that is written."""
    from ..reports.verify_against import compared

    told = compared(network, values, target, kwargs, device)
    if fmt == "json":
        write_tables([], fmt, output, told.document(all_layers))
    elif fmt in ROWS:
        write_tables([told.layers_table() if all_layers else told.totals_table(raw=True)], fmt, output)
    else:
        write_tables(told.tables(all_layers), fmt, output)
    return told.agrees


@contextmanager
def _traced(wanted: bool) -> Iterator[None]:
    """Tells where an error comes from, if that is wanted, before its line is told."""
    try:
        yield
    except CostcalcError as e:
        if wanted:
            _print_cause(e)
        raise


def _print_cause(e: CostcalcError) -> None:
    import traceback

    if e.__cause__ is not None:
        traceback.print_exception(e.__cause__, file=sys.stderr)
