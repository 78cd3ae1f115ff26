"""``costcalc cite``: where networks were published, as BibTeX."""

from __future__ import annotations

import click

from ..reports.cite import cited, document, text
from .options import complete_specs, example, format_option, output_option
from .output import write_tables, write_text
from .specs import open_network, split_point


@click.command(epilog=example("costcalc cite mobilenet_v2 resnet_50"))
@click.argument("specs", metavar="[SPEC]...", nargs=-1, shell_complete=complete_specs)
@format_option("bibtex", "json")
@output_option
def cite(specs: tuple[str, ...], fmt: str, output: str | None) -> None:
    """BibTeX of the papers that SPECs are from; without SPEC, of all that shipped networks are from.

    A network of several papers has an entry for each. Keys are those that "costcalc table --as paper" cites.
    """
    plain = [split_point(word)[0] for word in specs]
    found = cited((word, open_network(word)) for word in plain)
    if fmt == "json":
        write_tables([], fmt, output, document(found))
    else:
        write_text(text(found), output)
