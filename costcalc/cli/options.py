"""Options and arguments that several commands have, and what completes them in a shell."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..render import formats

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

SPEC_OPTIONS = frozenset(
    ("accuracy", "against", "all", "all-layers", "any", "as", "batch", "between", "bits", "by", "columns", "compare",
     "convention", "depth-base", "device", "diff", "digits", "dtype", "engine", "exact", "explain", "figure", "format",
     "help", "implicit", "jobs", "kwargs", "max", "memory", "no-diff", "order", "output", "over", "pareto", "prefer",
     "prune", "random", "rank", "repeats", "resolution-base", "resume", "scheduler", "search", "seed", "set", "sort",
     "step", "title", "to", "top", "total", "traceback", "training", "unit", "variant", "weight-bits", "where",
     "width-base", "within", "wrt", "yes")
)  # fmt: skip
"""Every option of the commands that take SPECs, which tests compare with the commands: no parameter becomes one."""

SHADOWING = frozenset(("depth", "grid", "phi"))
"""Options of one command that a shipped network has a parameter of: there --set gives it, elsewhere it is an option."""

F = TypeVar("F", bound=Callable[..., Any])


def output_option(command: F) -> F:
    """``-o``."""
    help = "Write to FILE; what it held stays whole if that fails."
    return click.option("-o", "--output", metavar="FILE", help=help)(command)


def format_option(*names: str, help: str = "Form of the output.") -> Callable[[F], F]:
    """``--format``, the first of ``names`` by default."""
    kind = click.Choice(names)
    return click.option("--format", "fmt", type=kind, default=names[0], show_default=True, help=help)


def output_options(command: F) -> F:
    """``--format`` and ``-o``, for a command that prints tables."""
    return format_option(*formats())(output_option(command))


class OptionalWord(click.Option):
    """An option that may stand alone; a word behind it is its value only if it is one of ``words()``."""

    def __init__(self, *args: Any, words: Callable[[], Collection[str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.words = words


def joined(args: Sequence[str], options: Iterable[click.Parameter]) -> list[str]:
    """``args`` with each :class:`OptionalWord` and its value in one: ``--memory=live``."""
    known = {name: option for option in options if isinstance(option, OptionalWord) for name in option.opts}
    made, rest = list[str](), list(args)
    while rest:
        arg = rest.pop(0)
        if arg == "--":
            return [*made, arg, *rest]
        if arg in known:
            value = rest.pop(0) if rest and rest[0] in known[arg].words() else known[arg].flag_value
            arg = f"{arg}={value}"
        made.append(arg)
    return made


class OptionalWordCommand(click.Command):
    """A command without SPECs that has an :class:`OptionalWord`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, joined(args, self.get_params(ctx)))


def _definitions() -> Collection[str]:
    from ..language.folders import shipped

    return shipped("memory")


def memory_option(command: F) -> F:
    """``--memory``."""
    return click.option(
        "--memory",
        cls=OptionalWord,
        words=_definitions,
        metavar="[DEFINITION]",
        is_flag=False,
        flag_value="live",
        help="Bytes of weights and of activations by a definition: live unless one is named; 32 bits unless --bits.",
    )(command)


def memory_options(command: F) -> F:
    """``--memory``, ``--weight-bits`` and ``--batch``."""
    wide = click.option("--weight-bits", type=click.IntRange(1, 64), metavar="N", help="With --memory: of the weights.")
    batch = click.option(
        "--batch", type=click.IntRange(min=1), metavar="N", default=1, help="With --memory: so many images at a time."
    )
    return memory_option(wide(batch(command)))


def batch_option(command: F) -> F:
    """``--batch`` of a command whose figures are all of so many images."""
    return click.option(
        "--batch",
        type=click.IntRange(min=1),
        metavar="N",
        default=1,
        show_default=True,
        help="So many images at a time.",
    )(command)


def order_option(command: F) -> F:
    """``--order``."""
    return click.option(
        "--order",
        type=click.Choice(["graph", "best"]),
        default="graph",
        help="With --memory: best also looks for the order of layers with the least peak, and says what none is below.",
    )(command)


def training_option(command: F) -> F:
    """``--training``."""
    return click.option(
        "--training",
        cls=OptionalWord,
        words=lambda: ("sgd", "momentum", "adam"),
        metavar="[OPTIMISER]",
        is_flag=False,
        flag_value="sgd",
        help="A step of training: mult-adds backwards, and bytes that are kept: with sgd, momentum or adam.",
    )(command)


def budget_option(command: F) -> F:
    """``--max``, for totals that must keep within budgets."""
    help = "A budget of a total, params=4M: beyond it the exit status is 1, and the layers that cost most are named."
    return click.option("--max", "budgets", metavar="COLUMN=FIGURE", multiple=True, help=help)(command)


def spec_options(command: F) -> F:
    """``--variant`` and ``--set``, for a command whose networks have parameters."""
    to_set = click.option(
        "--set",
        "settings",
        metavar="NAME=VALUE",
        multiple=True,
        help="A parameter, by its name; also one that is called like an option.",
    )
    return click.option("--variant", metavar="NAME", help="A variant of the spec.")(to_set(command))


def columns_option(more: str = "") -> Callable[[F], F]:
    """``--columns``; ``more`` says more of them."""
    return click.option("--columns", metavar="ID,…", help=f"These columns, in this order{more}; a wrong one lists all.")


def sort_option(more: str = "") -> Callable[[F], F]:
    """``--sort``; ``more`` is another sentence."""
    help = "Order the rows: figures from the largest, text from A to Z; -COLUMN descending, +COLUMN ascending."
    return click.option("--sort", metavar="COLUMN", help=f"{help} {more}".rstrip())


def convention_option(help: str, **more: Any) -> Callable[[F], F]:
    """``--convention``: a shipped one or a file, which ``help`` need not say."""
    help = f"{help}: a shipped one, or a YAML file."
    return click.option("--convention", metavar="NAME", shell_complete=complete_conventions, help=help, **more)


def total_option(command: F) -> F:
    """``--total``, for a command whose rows add up."""
    return click.option("--total", is_flag=True, help="With csv: the totals as a last row.")(command)


def example(*lines: str) -> str:
    """The end of a command's help: lines that can be run as they stand."""
    return "\b\n" + "\n".join(["Example:" if len(lines) == 1 else "Examples:", *(f"  {line}" for line in lines)])


def complete_specs(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The networks that a SPEC may be."""
    from .completing import specs

    return specs(incomplete)


def complete_tables(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The networks and tables that ``check`` takes."""
    from .completing import tables

    return tables(incomplete)


def complete_conventions(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Shipped conventions."""
    from click.shell_completion import CompletionItem

    from ..language.folders import shipped

    return [CompletionItem(name) for name in shipped("conventions") if name.startswith(incomplete)]
