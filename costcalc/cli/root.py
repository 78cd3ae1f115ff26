"""``costcalc`` itself: which commands there are, and where each is loaded from."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from .._version import __version__
from .exit_status import WRONG_INPUT, run

COMMANDS = {
    "show": ("show", "What a network costs, layer by layer."),
    "formula": ("formula", "What a network costs as closed forms in its parameters."),
    "compare": ("compare", "Networks side by side, and the layers that differ."),
    "table": ("table", "Networks as a table for a paper."),
    "cite": ("cite", "Where networks were published, as BibTeX."),
    "fit": ("fit", "Which networks fit budgets, and at which points."),
    "explain": ("explain", "A layer's formulas; a convention, a parameter, a kind of op."),
    "reconcile": ("reconcile", "Every counting convention's total, and what parts them."),
    "sweep": ("sweep", "What every combination of parameters' values costs."),
    "scale": ("scale", "A network made deeper, wider and finer, and what that costs."),
    "plot": ("plot", "Pictures: bars, curves, and networks as points."),
    "explore": ("explore", "Networks as a page whose parameters move."),
    "roofline": ("roofline", "What a device needs for a network at least."),
    "algorithms": ("algorithms", "What other ways to compute the convolutions of a network take."),
    "list": ("list_", "Which networks and variants there are."),
    "check": ("check", "The figures that papers print, against the computed ones."),
    "verify": ("verify", "The counts against a forward pass through PyTorch."),
    "import": ("import_", "A PyTorch module as a spec."),
    "export": ("export", "A network as a PyTorch file, as ONNX, or as a diagram."),
    "spec": ("spec", "The text of a spec."),
    "new": ("new", "A copy of a spec with the files that it uses."),
    "lint": ("lint", "All problems of a spec at once."),
    "schema": ("schema", "JSON Schema of a spec, for editors."),
    "completion": ("completion", "The script that completes names and options in a shell."),
}
"""Every command: the module of this package that has it under the same name, and its line in the help."""


class Commands(click.Group):
    """A group that imports a command when it is called, and that ends every run in one way (:mod:`.exit_status`)."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), err=True)
            ctx.exit(WRONG_INPUT)
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = COMMANDS[cmd_name][0]
        command: click.Command = getattr(import_module(f"{__package__}.{module}"), module)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-") and not ctx.resilient_parsing:
            from ..errors import UsageError, nearest, quoted

            known = f"; there are {', '.join(COMMANDS)}"
            raise UsageError(f"no command is called {quoted(args[0])}{nearest(args[0], COMMANDS)}{known}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands' lines, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run and exit. Without ``standalone_mode`` errors are the caller's, and the exit status is returned."""
        name = prog_name or "costcalc"
        words = list(sys.argv[1:] if args is None else args)

        def command() -> int:
            if "_COSTCALC_COMPLETE" in os.environ:
                from .completing import complete_name

                if complete_name(self, name):
                    return 0
            self._main_shell_completion(extra, name, complete_var)
            try:
                with self.make_context(name, words, **extra) as ctx:
                    self.invoke(ctx)
            except click.exceptions.Exit as e:
                return e.exit_code
            return 0

        if not standalone_mode:
            return command()
        raise SystemExit(run(command))


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="\b\nExample:\n  costcalc show mobilenet_v1 --alpha 0.5 --res 160",
)
@click.version_option(__version__, prog_name="costcalc", message="%(prog)s %(version)s")
def costcalc() -> None:
    """What a convolutional network costs, before anyone builds it.

    Params and mult-adds per layer, from a YAML file that reads like the table in the network's paper.
    """
