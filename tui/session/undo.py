"""Undo and redo of changes to the configuration file, for as long as the app is open.

Remembers the file's text before and after each change. A step back is taken only while the file
still has the text that the change left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage_core.errors import ConfigConflict

if TYPE_CHECKING:
    from storage_core import ConfigFile

LIMIT = 100
"""Changes that are kept; each holds the file's text twice."""


class Change(NamedTuple):
    """One change of the file. Its texts hold secrets: never shown, never logged."""

    label: str
    """What was done, as shown: "delete laptop"."""

    before: str
    after: str

    def __repr__(self) -> str:
        return f"<Change {self.label!r}>"


class History:
    """What can be undone and redone."""

    def __init__(self) -> None:
        self.done: list[Change] = []
        self.undone: list[Change] = []

    def record(self, label: str, before: str, after: str) -> None:
        """Remember a change that was just made."""
        if before != after:
            self.done = [*self.done, Change(label, before, after)][-LIMIT:]
            self.undone.clear()

    def clear(self) -> None:
        """Forget everything: a secret was moved out of the file, and earlier texts hold it."""
        self.done.clear()
        self.undone.clear()

    def undo(self, file: ConfigFile) -> str:
        """Take back the last change. Returns its label; raises what saving raises."""
        change = self.done[-1]
        _swap(file, change.after, change.before)
        self.undone.append(self.done.pop())
        return change.label

    def redo(self, file: ConfigFile) -> str:
        """Make the last undone change again. Returns its label; raises what saving raises."""
        change = self.undone[-1]
        _swap(file, change.before, change.after)
        self.done.append(self.undone.pop())
        return change.label


def _swap(file: ConfigFile, expected: str, new: str) -> None:
    """Replace the text `expected` by `new`; raises `ConfigConflict` if the file has another."""
    with file.transaction() as edit:
        if edit.text != expected:
            raise ConfigConflict("the file was changed elsewhere since; edit it by hand")
        edit.text = new
