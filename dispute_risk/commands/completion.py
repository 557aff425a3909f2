"""The command `completion`: lets the shell complete commands, options and the names of steps with the Tab key."""

from __future__ import annotations

import click

__all__ = ["command"]

PROGRAM, VARIABLE = "dispute-risk", "_DISPUTE_RISK_COMPLETE"


@click.command(name="completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print a script that lets SHELL complete what you type with the Tab key.

    Load it once in a session, or put the line into the start file of the shell (~/.bashrc, ~/.zshrc); for fish, write it
    to ~/.config/fish/completions/dispute-risk.fish.

    \b
    Examples:
      eval "$(dispute-risk completion bash)"
      dispute-risk completion fish
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(context.find_root().command, {}, PROGRAM, VARIABLE).source())
