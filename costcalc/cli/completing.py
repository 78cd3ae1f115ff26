"""Names of networks for a shell: from the index, and without loading what a command needs to run."""

from __future__ import annotations

import os
from collections.abc import Iterable

import click
from click.shell_completion import CompletionItem, get_completion_class

from ..language.folders import SUFFIX, own_files, own_networks, shipped
from ..language.index import PublicName, SpecIndex, folded

VARIABLE = "_COSTCALC_COMPLETE"
TAKE_A_SPEC = ("show", "formula", "compare", "reconcile", "check", "verify", "export")
"""The commands whose first word is a SPEC."""


def complete_name(group: click.Group, prog_name: str) -> bool:
    """Answer the shell if it asks for the first word behind a command that takes a SPEC; whether it did.

    All else is left to click, which imports the command to ask its parameters.
    """
    shell, _, asked = os.environ.get(VARIABLE, "").partition("_")
    kind = get_completion_class(shell)
    if kind is None or asked != "complete":
        return False
    completion = kind(group, {}, prog_name, VARIABLE)
    args, incomplete = completion.get_completion_args()
    if len(args) != 1 or args[0] not in TAKE_A_SPEC or incomplete.startswith("-"):
        return False
    for item in tables(incomplete) if args[0] == "check" else specs(incomplete):
        click.echo(completion.format_completion(item))
    return True


def specs(incomplete: str) -> list[CompletionItem]:
    """Shipped networks, variants and aliases, and the networks of the folder one is in; files for a path."""
    if os.sep in incomplete or incomplete.startswith((".", "~")):
        return [CompletionItem(incomplete, type="file")]
    names = sorted({*(known.name for known in _known() if not known.differs), *own_networks("")})
    begun = [name for name in names if name.startswith(incomplete)]
    alike = (name for name in names if folded(name).startswith(folded(incomplete)))
    return [CompletionItem(name) for name in begun or alike]


def tables(incomplete: str) -> list[CompletionItem]:
    """What ``check`` takes: networks, and the tables of the folder one is in."""
    own = [*own_files("", (SUFFIX, ".yml"), b"paper:"), *own_files("", (".csv",))]
    return [*specs(incomplete), *(CompletionItem(name) for name in own if name.startswith(incomplete))]


def _known() -> Iterable[PublicName]:
    """The names in the index; if a spec is newer, as the specs have them."""
    index = SpecIndex()
    found: list[PublicName] = []
    for path in shipped("networks").values():
        names = index.names_of(os.path.relpath(path, index.folder).replace(os.sep, "/"))
        if names is None:
            from ..language.find import known_names  # which reads specs

            return known_names(index)
        found += names
    return found
