"""`Command`: what a person can do on a screen, declared once.

Bindings, footer, help, command palette and the names in `[app.keys]` are all made from the same
declarations, so they use the same words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple, Self, TypeAlias

from textual.binding import Binding

KeyOf: TypeAlias = Callable[[str, str], str]
"""(command, usual key) -> the key to show: the one it is remapped to, else the usual one."""

APP: Final = "App"
"""The group of commands that run at once, whatever the screen is doing."""


class Reason(str):
    """Why a command cannot work now: in one line, and in a few words for the palette.

    Args:
        said: the line, which also says what to do.
        brief: the few words.
    """

    __slots__ = ("brief",)

    brief: str

    def __new__(cls, said: str, brief: str) -> Self:
        """Make a string with an additional attribute."""
        reason = super().__new__(cls, said)
        reason.brief = brief
        return reason


def brief(reason: str) -> str:
    """The few words of a reason; the beginning of one that has none."""
    return reason.brief if isinstance(reason, Reason) else re.split("[.;:]", reason, maxsplit=1)[0]


class Command(NamedTuple):
    """One thing a person can do on a screen."""

    name: str
    """Its name in `[app.keys]`, and in the `does` of its screen. Commands of several screens with
    the same name mean the same, and are remapped together."""

    keys: tuple[str, ...]
    """Its keys, in Textual's spelling; the first is shown."""

    label: str
    tooltip: str
    """One sentence: what happens."""

    group: str
    footer: bool = False
    priority: bool = False
    """Takes precedence over what the focused widget would do with the key."""

    changes: bool = False
    """Writes the configuration file, so it cannot work while that is read-only."""

    anywhere: bool = False
    """Is offered by the palette of every screen, if it belongs to the first screen."""

    yields: bool = False
    """Leaves its key to any command that is remapped to it."""

    lacking: str = ""
    """A few words for the palette on why it cannot work if its screen gives no reason: its key is
    used otherwise then, or does nothing."""

    was: str = ""
    """A name that it had before, which files may still use."""


HELP: Final = Command("help", ("?", "f1"), "Help", "Show every key of this screen.", APP, True)
PALETTE: Final = Command("palette", ("ctrl+p", ":"), "Commands", "Find any by what it does.", APP)
JUMP: Final = Command(
    "jump",
    ("ctrl+o",),
    "Jump",
    "Go anywhere on screen by a letter.",
    APP,
    yields=True,
)
THEME: Final = Command("theme", ("f8",), "Theme", "Choose how the app looks.", APP)
QUIT: Final = Command("quit", ("q",), "Quit", "Leave the app. Ctrl+Q always works.", APP, True)


def bindings(commands: tuple[Command, ...]) -> list[Binding]:
    """The bindings of a screen that has these commands; each calls its `action_run`."""
    return [
        Binding(
            ",".join(_spelled(key) for key in command.keys),
            f"run('{command.name}')",
            command.label,
            tooltip=command.tooltip,
            id=command.name,
            show=command.footer,
            priority=command.priority,
        )
        for command in commands
    ]


_SHOWN: Final = {
    "exclamation_mark": "!",
    "question_mark": "?",
    "slash": "/",
    "colon": ":",
    "number_sign": "#",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "escape": "Esc",
    "enter": "Enter",
    "delete": "Del",
    "space": "Space",
    "tab": "Tab",
    "down": "↓",
    "left": "←",
    "right": "→",
}


def shown_key(key: str) -> str:
    """A key as people read it: `ctrl+r` is `Ctrl+R`."""
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    if last in _SHOWN:
        last = _SHOWN[last]
    elif len(last) > 1 or modifiers:
        last = last.upper() if len(last) < 4 else last.replace("_", " ").capitalize()
    return "+".join([*(modifier.capitalize() for modifier in modifiers), last])


_NAMES: Final = {
    "!": "exclamation_mark",
    "?": "question_mark",
    "/": "slash",
    ":": "colon",
    "#": "number_sign",
    "<": "less_than_sign",
    ">": "greater_than_sign",
}


def _spelled(key: str) -> str:
    # In a binding's string a comma separates keys, and these signs are spelled by name.
    return _NAMES.get(key, key)
