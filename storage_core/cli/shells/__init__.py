"""Completion in the shell: click finds what could follow, and these hand it to each shell.

    bash.py    takes the line apart, and quotes what replaces the end of it
    zsh.py     gets the words from the shell, which also quotes what it puts on the line
    fish.py    the same, but for the word at the cursor, which fish hands over as it was typed
    words.py   what the shells have in common that hand over words

click's own scripts put names on the line unquoted in bash, lose what stands before the equals sign
of an option in zsh and fish, and show on the terminal whatever the program writes as an error.
Where such a script is still in use, it gets the answers that it understands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from click.shell_completion import ShellComplete

SHELLS: Final = ("bash", "zsh", "fish")

VARIABLE: Final = "_STORAGE_COMPLETE"
"""Environment variable in which a shell asks for its script, or for completions."""


def shell_class(name: str) -> type[ShellComplete]:
    """What answers this shell; each loads only its own."""
    if name == "bash":
        from storage_core.cli.shells.bash import Bash

        return Bash
    if name == "zsh":
        from storage_core.cli.shells.zsh import Zsh

        return Zsh
    from storage_core.cli.shells.fish import Fish

    return Fish


def register(name: str) -> None:
    """Have click use ours for this shell; others, such as PowerShell, stay click's."""
    if name in SHELLS:
        from click.shell_completion import add_completion_class

        add_completion_class(shell_class(name), name)
