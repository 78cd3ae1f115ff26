"""``costcalc completion``: the script that completes names and options in a shell."""

from __future__ import annotations

import click

from .options import example, output_option
from .output import write_text

SHELLS = ("bash", "zsh", "fish")


@click.command(epilog=example("costcalc completion bash"))
@click.argument("shell", type=click.Choice(SHELLS))
@output_option
@click.pass_context
def completion(ctx: click.Context, shell: str, output: str | None) -> None:
    """Print the script that completes commands, networks and their parameters in SHELL.

    For bash, put this into ~/.bashrc: eval "$(costcalc completion bash)"; for zsh the same with zsh into ~/.zshrc.
    For fish: costcalc completion fish -o ~/.config/fish/completions/costcalc.fish
    """
    from click.shell_completion import get_completion_class

    complete = get_completion_class(shell)
    assert complete is not None
    write_text(complete(ctx.find_root().command, {}, "costcalc", "_COSTCALC_COMPLETE").source() + "\n", output)
