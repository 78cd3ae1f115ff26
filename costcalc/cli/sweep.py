"""``costcalc sweep``: what many configurations cost."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import click

from ..errors import UsageError
from ..network import Network
from ..reports import parameters
from ..reports.memory import memory_asked
from ..reports.sweep import MOST_ROWS, refuse_long, require_grid, with_budgets
from ..space.frontier import read_aims
from ..space.ranges import Values, read_values
from ..sweeping.asked import SweepRequest, described
from ..sweeping.building import Wanted, ask, part_of
from ..sweeping.evaluating import ENGINES, PLAIN, engine_for
from .options import (
    columns_option,
    complete_specs,
    convention_option,
    example,
    format_option,
    memory_options,
    output_option,
    spec_options,
)
from .spec_command import GivenSpec, SpecCommand, given_specs, given_texts, words_given
from .specs import open_convention
from .sweep_output import FOR_PEOPLE, FORMATS, format_of, write_sweep

MOST_UNASKED = 100_000_000
DASK = "dask"


class SweepCommand(SpecCommand):
    """A command whose parameters take lists and ranges, which no SPEC is."""

    def spec_of(self, word: str) -> str | None:
        return None if word.replace(":", "").replace(".", "").isdigit() else super().spec_of(word)


@click.command(
    cls=SweepCommand,
    epilog=example(
        "costcalc sweep mobilenet_v1 --alpha 1,0.5 --res 224,160 --grid mult_adds",
        "costcalc sweep mobilenet_v2 --alpha 0.35:1:0.05 --where 'params < 3e6'",
        "costcalc sweep mobilenet_v1 mobilenet_v2 --alpha 0.5,1 --pareto params",
        "costcalc sweep mobilenet_v2 --res 96:224:32 --bits 8 --max peak_memory=1MiB",
    ),
)
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True, shell_complete=complete_specs)
@click.option("--where", metavar="CONDITION", default="", help="Only these rows: 'mult_adds < 300e6 and params < 3e6'.")
@click.option(
    "--pareto",
    metavar="ID,…",
    help="Only the rows that no other beats in these columns: smaller is better, behind a - larger (-res).",
)
@click.option(
    "--max", "budgets", metavar="COLUMN=FIGURE", multiple=True,
    help="Only rows within: params=4M, mult_adds=300M, peak_memory=512KiB.",
)  # fmt: skip
@click.option("--grid", metavar="ID", help="This figure as a matrix, where two parameters vary.")
@click.option("--random", type=click.IntRange(min=1), metavar="N", help="N drawn points, not all combinations.")
@click.option("--seed", type=int, metavar="S", default=0, show_default=True, help="Draw others with --random.")
@columns_option()
@convention_option("Count by this convention too, in the column counted")
@memory_options
@click.option("--bits", metavar="N", help="With peak_memory and weight_bytes: bits of a value; 32 unless given.")
@spec_options
@click.option("--jobs", type=click.IntRange(1, 1024), metavar="N", default=1, show_default=True, help="Processes.")
@click.option(
    "--engine",
    type=click.Choice((*ENGINES, DASK)),
    help="What computes: NumPy (where it is installed), numba, plain Python, or a Dask cluster.",
)
@click.option("--scheduler", metavar="ADDRESS", help="With --engine dask: tcp://HOST:PORT; without it a cluster here.")
@click.option("--yes", is_flag=True, help=f"Do so even for more than {MOST_UNASKED:,} rows.")
@click.option("--resume", is_flag=True, help="Go on with FILE.part, which a sweep left that was stopped.")
@format_option(*FORMATS, help="Form of the output; that of FILE's ending, if -o has one of these.")
@output_option
@click.pass_context
def sweep(
    ctx: click.Context,
    /,
    specs: tuple[str, ...],
    where: str,
    budgets: tuple[str, ...],
    pareto: str | None,
    grid: str | None,
    random: int | None,
    seed: int,
    columns: str | None,
    convention: str | None,
    memory: str | None,
    weight_bits: int | None,
    batch: int,
    bits: str | None,
    variant: str | None,
    settings: tuple[str, ...],
    jobs: int,
    engine: str | None,
    scheduler: str | None,
    yes: bool,
    resume: bool,
    fmt: str,
    output: str | None,
    **values: Any,
) -> None:
    """Params and mult-adds of every combination of the parameters' values, a row for each; with --memory also bytes.

    A parameter takes a list (--res 224,192), a range A:B:STEP (--alpha 0.25:1.5:0.05, B included where a step lands on
    it), or both; words and yes/no are lists too. Of several SPECs a value is for those that have the parameter, and a
    SPEC's own point (SPEC:alpha=0.5) wins. With -o the rows go to FILE.part, which becomes FILE when it is whole.
    """
    if scheduler is not None and engine != DASK:
        raise UsageError("--scheduler is for --engine dask")
    fmt = format_of(ctx, fmt, output)
    compute = engine_for(None if engine == DASK else engine)
    words = (where, pareto or "", grid or "", columns or "", *budgets)
    asked_memory = memory_asked(memory, bits, weight_bits, batch, words)
    where = with_budgets(where, budgets, counted=convention is not None, memory=asked_memory is not None)
    aims = read_aims(pareto) if pareto else ()
    wanted = Wanted(random, seed, where, aims, columns, compute, asked_memory)
    texts = given_texts(ctx, values, settings)
    found = given_specs(ctx, words_given(ctx), {}, (), variant)
    parts = [part_of(g.word, g.network, _values(g, texts), wanted) for g in found]
    asked = ask(parts, wanted, None if convention is None else open_convention(convention))
    if grid is not None:
        require_grid(asked, grid)
    if asked.count > MOST_UNASKED and not yes:
        raise UsageError(f"these are {asked.count:,} rows{_factors(asked)}; --yes computes them all")
    if fmt in FOR_PEOPLE and not (where or pareto or grid):
        refuse_long(asked.count)
    if compute == PLAIN and asked.count > MOST_ROWS:
        click.echo("Without NumPy this takes long: pip install 'costcalc[numpy]'", err=True)
    told = {
        "values": dict(texts),
        "points": "all" if random is None else f"{random} drawn, seed {seed}",
        "where": where,
        "pareto": pareto or "",
        "format": fmt,
    }
    write_sweep(
        asked,
        fmt,
        output,
        described(asked, told),
        grid=grid,
        resume=resume,
        jobs=jobs,
        cluster=engine == DASK,
        scheduler=scheduler,
    )


def _values(given: GivenSpec, texts: Mapping[str, str]) -> dict[str, Any]:
    """The values of the parameters of a SPEC: its own point's, and those of the options that it has."""
    network = given.network
    values: dict[str, Any] = {}
    for name, text in texts.items():
        if name in parameters.names(network) and name not in given.values:
            read = read_values(f"--{name}", text, partial(_value, network, name))
            values[name] = read if name in network.parameter_codes or name == parameters.RHO else read[0]
    single = {name: v for name, v in values.items() if not isinstance(v, Values)}
    renamed, said = parameters.renamed(network, {**given.values, **single})
    for line in said:
        click.echo(f"Warning: {line}", err=True)
    return {**renamed, **{name: v for name, v in values.items() if isinstance(v, Values)}}


def _value(network: Network, name: str, text: str) -> Any:
    return parameters.values(network, {name: text})[name]


def _factors(asked: SweepRequest) -> str:
    """What is multiplied, of one network."""
    if len(asked.parts) > 1:
        return f" of {len(asked.parts)} networks"
    sizes = [f"{axis.values.size:,} of {axis.name}" for axis in asked.parts[0].points.axes if axis.values.size > 1]
    return f" ({' times '.join(sizes)})"
