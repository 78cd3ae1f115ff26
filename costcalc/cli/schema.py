"""``costcalc schema``: JSON Schema of a spec, for editors."""

from __future__ import annotations

import click

from .options import example, output_option
from .output import write_tables

KINDS = ("spec", "convention")


@click.command(epilog=example("costcalc schema -o costcalc.schema.json"))
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    default="spec",
    show_default=True,
    help="A spec (network or blocks), or a counting convention.",
)
@output_option
def schema(kind: str, output: str | None) -> None:
    """The JSON Schema (draft 2020-12) of a spec's sections, so that editors complete and mark them.

    Editors with the YAML language server read it from a comment in the spec's first line:
    "# yaml-language-server: $schema=costcalc.schema.json". What a schema can't tell, "costcalc lint" does.
    """
    from ..language.schema import convention_schema, spec_schema

    document = spec_schema() if kind == "spec" else convention_schema()
    write_tables([], "json", output, document)
