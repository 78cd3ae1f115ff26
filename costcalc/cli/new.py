"""``costcalc new``: a spec of one's own that begins as a copy of another."""

from __future__ import annotations

import os

import click

from ..errors import UsageError, printable, quoted
from ..language.folders import SUFFIX
from .options import complete_specs, example
from .output import check_writable, write_text
from .specs import open_network, split_point


@click.command(epilog=example("costcalc new my_mobilenet.yaml --from mobilenet_v2"))
@click.argument("file", metavar="FILE")
@click.option("--from", "spec", metavar="SPEC", required=True, shell_complete=complete_specs, help="What is copied.")
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
def new(file: str, spec: str, force: bool) -> None:
    """Write FILE as a copy of SPEC, and beside it the files that SPEC uses: blocks and other networks.

    SPEC is the name of a shipped network or the path of a file. All its parameters and variants are in the copy, so it
    takes no point. A file that is there already stays as it is, unless it holds the same or --force is given.
    """
    if not file.endswith((SUFFIX, ".yml")):
        raise UsageError(f"a spec's file ends in {SUFFIX}, which {quoted(file)} doesn't")
    if split_point(spec)[1]:
        raise UsageError(f"a copy has every parameter, so --from takes a SPEC without a point, not {quoted(spec)}")
    check_writable(file)
    network = open_network(spec)
    from ..reports.new import files

    texts = files(network, file)
    changed = [path for path, text in texts.items() if _differs(path, text)]
    there = [path for path in changed if os.path.lexists(path)]
    if there and not force:
        told = ", ".join(map(printable, there))
        raise UsageError(f"{told} {'is' if len(there) == 1 else 'are'} there already; --force overwrites")
    for path in changed:
        write_text(texts[path], path)
    click.echo(f"wrote {', '.join(map(printable, changed))}" if changed else "all files are there already", err=True)


def _differs(path: str, text: str) -> bool:
    try:
        with open(path, "rb") as f:
            return f.read(len(text.encode()) + 1) != text.encode()
    except OSError:
        return True
