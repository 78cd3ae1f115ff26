"""``costcalc spec``: the text of a spec."""

from __future__ import annotations

from typing import Any

import click

from .options import complete_specs, example, output_option, spec_options
from .output import write_text
from .spec_command import SpecCommand, given_specs, words_given


@click.command(cls=SpecCommand, epilog=example("costcalc spec mobilenet_v1", "costcalc spec mobilenet_v2_140"))
@click.argument("spec", metavar="SPEC", shell_complete=complete_specs)
@spec_options
@output_option
@click.pass_context
def spec(
    ctx: click.Context,
    /,
    spec: str,
    variant: str | None,
    settings: tuple[str, ...],
    output: str | None,
    **values: Any,
) -> None:
    """Print the text of SPEC, comments included.

    The text has every variant and parameter. Where SPEC is a variant, or has values, stderr says which they are.
    "costcalc new FILE --from SPEC" copies it with the files that it uses.
    """
    (given,) = given_specs(ctx, words_given(ctx), values, settings, variant)
    from ..reports.spec import point

    said = point(given.network, given.values)
    write_text(given.network.program.spec.origin.text, output)
    if said:
        click.echo(said, err=True)
