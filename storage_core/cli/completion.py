"""`storage completion`: the script for the shell."""

from __future__ import annotations

import click

from storage_core.cli import output
from storage_core.cli.command import command
from storage_core.cli.shells import SHELLS, VARIABLE, shell_class


@command(
    "completion",
    prints=False,
    needs_file=False,
    examples=(
        "storage completion bash",
        "storage completion zsh > ~/.zfunc/_storage",
        "storage completion fish > ~/.config/fish/completions/storage.fish",
    ),
)
@click.argument("shell", metavar="SHELL", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print a shell's completion script: the Tab key then completes commands, options and names.

    SHELL is bash, zsh or fish. Put the line that loads it into the start-up file of the shell:

    \b
      bash   eval "$(storage completion bash)"
      zsh    eval "$(storage completion zsh)"
      fish   storage completion fish | source
    """
    top = context.find_root()
    made = shell_class(shell)(top.command, {}, top.info_name or "storage", VARIABLE)
    output.emit(made.source().rstrip("\n"))
