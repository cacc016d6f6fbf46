"""What other features open here, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.features.help.keys import HelpDialog
from tui.features.help.palette import CommandSearch, ThemeSearch

if TYPE_CHECKING:
    from tui.kit.commands import Command
    from tui.kit.screen import BaseScreen
    from tui.session.session import Session


def keys(
    screen: BaseScreen[object],
    _: Session,
    declared: tuple[Command, ...],
    moving: tuple[tuple[str, str], ...],
) -> None:
    """Show every key of a screen."""
    screen.app.push_screen(HelpDialog(declared, moving))


def palette(screen: BaseScreen[object], _: Session) -> None:
    """Find a command by typing part of its name."""
    screen.app.push_screen(CommandSearch())


def themes(screen: BaseScreen[object], _: Session) -> None:
    """Choose how the app looks."""
    screen.app.push_screen(ThemeSearch())
