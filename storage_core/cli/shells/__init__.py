"""Completion in the shell: click finds the candidates, and these modules pass them to each shell.

    bash.py    splits the line into words, and quotes what replaces the end of the last one
    zsh.py     gets the words from zsh, which also quotes what it inserts
    fish.py    the same, except that fish passes the word at the cursor as it was typed
    words.py   what zsh and fish have in common, which pass words

click's own scripts insert names unquoted in bash, lose the part of an option before its equals sign
in zsh and fish, and let the program's errors appear on the terminal. If such a script is still in
use, it gets the answers that it understands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from click.shell_completion import ShellComplete

SHELLS: Final = ("bash", "zsh", "fish")

VARIABLE: Final = "_STORAGE_COMPLETE"
"""The environment variable in which a shell asks for its script, or for completions."""


def shell_class(name: str) -> type[ShellComplete]:
    """The class that answers a shell; only its module is loaded."""
    if name == "bash":
        from storage_core.cli.shells.bash import Bash

        return Bash
    if name == "zsh":
        from storage_core.cli.shells.zsh import Zsh

        return Zsh
    from storage_core.cli.shells.fish import Fish

    return Fish


def register(name: str) -> None:
    """Have click use our class for this shell; others, such as PowerShell, keep click's."""
    if name in SHELLS:
        from click.shell_completion import add_completion_class

        add_completion_class(shell_class(name), name)
