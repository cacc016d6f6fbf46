"""Undo and redo of changes to the configuration file, for as long as the app is open.

Every change of the app goes through `RecordingFile`, which remembers the file's text before and
after. A step back is only taken when the file still has the text that the change left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from storage_core import ConfigFile
from storage_core.errors import ConfigConflict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from storage_core.config.forget import Moved

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


class RecordingFile(ConfigFile):
    """The configuration file, remembering what each change was made of."""

    recorded: tuple[str, str] | None = None
    """The text before the first change and after the last, since this was None."""

    moved = False
    """Whether a secret left the file in favour of a reference, since `taken`."""

    _condition: Callable[[str, Mapping[str, Any]], None] | None = None

    @contextmanager
    def provided(self, condition: Callable[[str, Mapping[str, Any]], None]) -> Iterator[None]:
        """Changes made meanwhile call `condition` first, under the lock: it raises to stop them.

        Args:
            condition: called with the file's text and its tables as they are then.
        """
        self._condition = condition
        try:
            yield
        finally:
            self._condition = None

    def _rewrite(self, change: Callable[[str, Mapping[str, Any]], str]) -> None:
        texts: list[tuple[str, str]] = []

        def recording(text: str, tables: Mapping[str, Any]) -> str:
            if self._condition:
                self._condition(text, tables)
            new = change(text, tables)
            texts.append((text, new))
            return new

        super()._rewrite(recording)
        before, after = texts[-1]
        self.recorded = (self.recorded[0] if self.recorded else before, after)

    def _forget(self, moved: Iterable[Moved]) -> None:
        self.moved = True
        super()._forget(moved)

    def taken(self) -> tuple[str, str] | None:
        """What was recorded; from now on nothing is."""
        texts, self.recorded, self.moved = self.recorded, None, False
        return texts

    def replace_text(self, expected: str, new: str) -> None:
        """Put `new` in the place of `expected`.

        Raises:
            ConfigConflict: the file has another text by now.
        """

        def swap(text: str, _: Mapping[str, Any]) -> str:
            if text != expected:
                raise ConfigConflict("the file was changed elsewhere since; edit it by hand")
            return new

        super()._rewrite(swap)


class History:
    """What can be undone and redone."""

    def __init__(self) -> None:
        self.done: list[Change] = []
        self.undone: list[Change] = []

    def record(self, label: str, texts: tuple[str, str] | None) -> None:
        """Remember a change that was just made."""
        if texts is None or texts[0] == texts[1]:
            return
        self.done = [*self.done, Change(label, *texts)][-LIMIT:]
        self.undone.clear()

    def clear(self) -> None:
        """Forget all: a secret was moved out of the file, and what came before holds it."""
        self.done.clear()
        self.undone.clear()

    def undo(self, file: RecordingFile) -> str:
        """Take back the last change. Returns what it was; raises what saving raises."""
        change = self.done[-1]
        file.replace_text(change.after, change.before)
        self.undone.append(self.done.pop())
        return change.label

    def redo(self, file: RecordingFile) -> str:
        """Make the change that was undone last once more."""
        change = self.undone[-1]
        file.replace_text(change.before, change.after)
        self.done.append(self.undone.pop())
        return change.label
