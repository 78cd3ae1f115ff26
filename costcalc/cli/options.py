"""Options and arguments that several commands have, and what completes them in a shell."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..render import formats

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

F = TypeVar("F", bound=Callable[..., Any])


def output_options(command: F) -> F:
    """``--format`` and ``-o``, for a command that prints tables."""
    to_file = click.option(
        "-o", "--output", metavar="FILE", help="Write to FILE; what it held stays whole if that fails."
    )
    as_format = click.option(
        "--format", "fmt", type=click.Choice(formats()), default="table", show_default=True, help="Form of the output."
    )
    return as_format(to_file(command))


def example(*lines: str) -> str:
    """The end of a command's help: lines that can be run as they stand."""
    return "\b\n" + "\n".join(["Example:" if len(lines) == 1 else "Examples:", *(f"  {line}" for line in lines)])


def complete_specs(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Shipped networks and variants; files, where the word begins like a path."""
    from click.shell_completion import CompletionItem

    from ..language.find import names_in, open_shipped, shipped

    if incomplete.startswith((".", "/", "~")):
        return [CompletionItem(incomplete, type="file")]
    names = {name for path in shipped("networks").values() for name in names_in(open_shipped(path))}
    return [CompletionItem(name) for name in sorted(names) if name.startswith(incomplete)]


def complete_conventions(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Shipped conventions."""
    from click.shell_completion import CompletionItem

    from ..language.find import shipped

    return [CompletionItem(name) for name in shipped("conventions") if name.startswith(incomplete)]
