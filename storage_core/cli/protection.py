"""Protected configurations: their name has to be typed before anything is deleted."""

from __future__ import annotations

from typing import Final

import click

from storage_core.cli import prompts
from storage_core.cli.errors import CommandFailed, WrongUsage
from storage_core.config.model.names import quoted

confirm_option: Final = click.option(
    "--confirm",
    metavar="NAME",
    help="Confirm with the name of the configuration instead of typing it when asked.",
)


def require_confirmation(name: str, *, is_protected: bool, confirm: str | None, doing: str) -> bool:
    """Require the name of a protected configuration, from --confirm or typed.

    Args:
        name: the name of the configuration.
        is_protected: whether it is protected.
        confirm: the value of --confirm; None without it.
        doing: what is about to happen, for the question.

    Returns:
        Whether the name was given, so that no other question is needed.

    Raises:
        WrongUsage: --confirm has another name.
        NoTerminal: the name has to be typed, and there is no terminal.
        CommandFailed: another name was typed.
    """
    if confirm is not None:
        if confirm != name:
            raise WrongUsage(
                f"--confirm names another one than {quoted(name)}; nothing was deleted"
            )
        return True
    if not is_protected:
        return False
    prompts.require_terminal(f"{quoted(name)} is protected, so give its name with --confirm NAME")
    prompts.say(f"{name} is protected. Type its name to confirm {doing}.")
    if prompts.ask("Name: ") != name.strip():
        raise CommandFailed("the names differ; nothing was deleted")
    return True
