"""Remapped keys: `[app.keys]` of the configuration file, such as `new = "ctrl+n"`.

Whatever is in there, nobody is locked out: a remapping that is not understood, or that takes the
key of another command, is ignored with a note. The keys that lost people press always work as well:
F1, Ctrl+Q, Ctrl+P, Escape, Enter and the arrow keys.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from textual.binding import Binding
from textual.keys import Keys, key_to_character

from storage_core.printable import printable
from tui.kit.commands import Command, shown_key
from tui.kit.table import Table

_RESERVED = {
    *("ctrl+q", "ctrl+c", "ctrl+p", "f1", "escape", "enter", "tab", "shift+tab"),
    *("left", "right", "h", "l"),
    *Table.moves,
    "space",
    # Terminals send them as Backspace, Tab and Enter.
    *("ctrl+h", "ctrl+i", "ctrl+m"),
}
# Textual has names for some that no terminal sends.
_KNOWN = {key.value for key in Keys if "<" not in key.value} - {"return"}
_NAMED = {
    "!": "exclamation_mark",
    "?": "question_mark",
    "/": "slash",
    ":": "colon",
    ",": "comma",
    ".": "full_stop",
    "#": "number_sign",
}
_LETTER = re.compile(r"(ctrl|alt|shift|ctrl\+shift|alt\+shift)\+[a-z0-9]|[^\W_]")


class Keymap:
    """Knows all commands, and which keys each may have.

    Args:
        screens: the commands of each screen.
        typing: commands that exist only on screens where a person types, so that their keys cannot
            be letters.
    """

    def __init__(self, screens: tuple[tuple[Command, ...], ...], typing: Collection[str]) -> None:
        self._screens, self._typing = screens, typing

    def read(
        self, tables: Mapping[str, Any]
    ) -> tuple[dict[str, str], list[tuple[tuple[str, ...], str]]]:
        """Read the remapped keys from `tables`.

        Returns:
            Command -> keys, in Textual's spelling; notes about what is ignored, each with the path
            of its key in the file.
        """
        app = tables.get("app")
        wanted = app.get("keys") if isinstance(app, dict) else None
        if wanted is None:
            return {}, []
        path = ("app", "keys")
        if not isinstance(wanted, dict):
            return {}, [(path, "app.keys must be a table; its keys are left as they are")]
        known = {command.name: command for group in self._screens for command in group}
        # Old names, of commands that are not remapped by their present name.
        old = {each.name: each.was for each in known.values() if each.name not in wanted}
        accepted: dict[str, str] = {}
        notes: dict[tuple[str, ...], str] = {}
        for name, key in wanted.items():
            where = f"app.keys.{printable(name)[:40]}"
            named = [name] if name in known else []
            named += [new for new, was in old.items() if was == name]
            spelled = _spelled(key) if isinstance(key, str) else ""
            if not named:
                notes[*path, name] = f"{where} is no command; `?` lists them"
            elif not spelled:
                note = f'{where} is no key; write something like "ctrl+n" or "N"'
                notes[*path, name] = note
            elif wrong := self._wrong(named[0], spelled):
                notes[*path, name] = f"{where}: {key} {wrong}"
            else:
                accepted |= {each: spelled for each in named if not self._wrong(each, spelled)}
        # A command whose remapping is dropped takes its own key back, which may clash in turn.
        while clashes := {
            n: other for n, k in accepted.items() if (other := self._clash(n, k, accepted, known))
        }:
            for name, other in clashes.items():
                key = shown_key(accepted.pop(name))
                written = name if name in wanted else old[name]
                if written not in accepted:
                    note = f"app.keys.{written}: {key} is the key of {other}; choose another key"
                    notes.setdefault((*path, written), note)
        return {
            name: ",".join(dict.fromkeys((key, *self._kept(name))))
            for name, key in accepted.items()
        }, [*notes.items()]

    def _wrong(self, name: str, key: str) -> str:
        """Why a command cannot have a key, and what to do; empty when it can."""
        kept = self._kept(name)
        if key in kept:
            return ""
        if key in _RESERVED:
            return "has a fixed meaning; choose another key"
        if name in self._typing and _typed(key):
            return 'is typed into fields; choose one such as "ctrl+t"'
        if name in self._typing and key in _editing():
            return 'is for editing in fields; choose one such as "ctrl+t"'
        return ""

    def _kept(self, name: str) -> list[str]:
        """The keys with a fixed meaning that a command has on every screen that has it."""
        keys = [
            command.keys for group in self._screens for command in group if command.name == name
        ]
        return [key for key in keys[0] if key in _RESERVED and all(key in each for each in keys)]

    def _clash(
        self, name: str, key: str, accepted: Mapping[str, str], known: Mapping[str, Command]
    ) -> str:
        """The label of another command on the same screen that has this key."""
        for group in self._screens:
            if all(command.name != name for command in group):
                continue
            for other in group:
                if other.name == name or (other.yields and other.name not in accepted):
                    continue
                keys = (
                    (accepted[other.name],)
                    if other.name in accepted
                    else tuple(_NAMED.get(each, each) for each in other.keys)
                )
                if key in keys:
                    return known[other.name].label
        return ""


def _typed(spelled: str) -> bool:
    """Whether a key changes text in a field: a character (by any name), Backspace, Delete."""
    return spelled in _NAMED.values() or key_to_character(spelled) is not None


def _editing() -> set[str]:
    """The keys that edit text in fields: cut, paste, move by a word, select."""
    # Imported only here: few people remap keys, and the first frame does not need these.
    from textual.widgets import Input, TextArea

    declared = Binding.make_bindings([*Input.BINDINGS, *TextArea.BINDINGS])
    return {binding.key for binding in declared}


def _spelled(key: str) -> str:
    key = key.strip()
    if len(key) == 1:
        return _NAMED.get(key, key if key.isalnum() else "")
    key = key.lower().replace(" ", "")
    if len(key) == len("shift+n") and key.startswith("shift+"):
        # A terminal sends the capital letter; for a digit it depends on the keyboard.
        return key[-1].upper() if key[-1].isalpha() else ""
    return key if key in _KNOWN or _LETTER.fullmatch(key) or key in _NAMED.values() else ""
