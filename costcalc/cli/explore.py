"""``costcalc explore``: networks as a page whose parameters move."""

from __future__ import annotations

from typing import Any

import click

from ..errors import UsageError
from .options import SPEC_OPTIONS, complete_specs, example, output_option, spec_options
from .output import check_writable, to_stdout, write_text
from .progress import progress
from .spec_command import SpecCommand, given_specs, words_given


@click.command(
    cls=SpecCommand,
    epilog=example(
        "costcalc explore mobilenet_v2 -o page.html",
        "costcalc explore mobilenet_v2:alpha=0.75 efficientnet_b0 -o two.html",
    ),
)
@click.argument("specs", metavar="[SPEC]...", nargs=-1, shell_complete=complete_specs)
@spec_options
@output_option
@click.pass_context
def explore(
    ctx: click.Context,
    /,
    specs: tuple[str, ...],
    variant: str | None,
    settings: tuple[str, ...],
    output: str | None,
    **values: Any,
) -> None:
    """One HTML file in which the parameters of SPEC move: exact counts, bars, the closed form, a table, a budget.

    It needs no server and no connection. Several SPECs are side by side, two at a time. Without SPEC: every shipped
    network, to be searched, which takes a minute.
    """
    from ..reports import explore as report

    if to_stdout(output) and _is_terminal():
        raise UsageError("the page is for a browser: write it to a file, -o page.html")
    if output is not None and not to_stdout(output):
        check_writable(output)
    if not specs:
        networks = report.zoo(SPEC_OPTIONS)
        text = report.zoo_page(progress(networks, lambda one: one.network.name))
    else:
        given = given_specs(ctx, words_given(ctx), values, settings, variant)
        asked = [report.asked_of(g.network, g.values, g.spec, SPEC_OPTIONS) for g in given]
        text = report.written(progress(asked, lambda one: one.network.name))
    write_text(text, output)


def _is_terminal() -> bool:
    import sys

    return sys.stdout is not None and sys.stdout.isatty()
