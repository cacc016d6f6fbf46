"""The configuration file as the app works on it: reading it, and every change to it.

All of it may touch the disk: call it in threads. What it returns can be drawn without further work.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from storage_core import ConfigFile
from storage_core.errors import ConfigurationError
from storage_core.paths import shortened
from storage_core.printable import printable
from tui.session.results import Results
from tui.session.snapshot import Snapshot, built_in, row_of
from tui.session.undo import History

if TYPE_CHECKING:
    from storage_core import Configurations
    from storage_core.config.history import Version
    from storage_core.config.transaction import Transaction
    from tui.session.differences import Difference
    from tui.session.versions import KeptVersion


class Workspace:
    """The configuration file, with the history of changes and the results of tests."""

    def __init__(self, config_path: str | os.PathLike[str] | None = None) -> None:
        self.file = ConfigFile(config_path)
        self.history = History()
        self.results = Results(self.file.source)
        """The last tests of each configuration."""

        self.moved = False
        """Whether the last change took a secret out of the file, so that it cannot be undone."""

        self._turn = Lock()

    @property
    def shown_path(self) -> str:
        """The file's path as people read it."""
        return printable(shortened(self.file.source))

    def stamp(self, found: Configurations | None = None) -> object:
        """A value that changes whenever the file changes, or the permission to write it.

        Args:
            found: what was read last from the file and those beneath it; None if it was unreadable.
        """
        return self.file.stamp(found)

    def load(self) -> Snapshot:
        """The file as it is now, with what is wrong with it."""
        from storage_core.config.secrets import audit

        stamp = self.stamp()
        exists = self._exists()
        self.results.load()
        try:
            found = self.file.load()
        except ConfigurationError as error:
            return Snapshot(
                problem=printable(str(error)), versions=self._kept(), stamp=stamp, exists=exists
            )
        mode = audit.loose_mode(self.file.source)
        rows = [row_of(entry, found) for entry in found.entries.values()]
        rows.append(built_in(found.default is None))
        notes = [str(each) for each in found.problems if each.name is None]
        if found.override:
            notes.append(found.override)
        return Snapshot(
            tuple(rows),
            found,
            notes=tuple(map(printable, notes)),
            read_only=self._read_only(found),
            exposed=mode if mode is not None and audit.holds_secrets(found) else None,
            versions=0 if found.entries else self._kept(),
            stamp=found.stamp,
            exists=exists,
        )

    @contextmanager
    def transaction(self, label: str) -> Iterator[Transaction]:
        """Change the file in one step; `label` is what undo calls the change.

        When a reference has replaced a secret in the file, everything that could be undone is
        forgotten: any step back would put the secret into the file again.
        """
        with self._turn:
            self.moved = False
            edit = None
            try:
                with self.file.transaction() as edit:
                    yield edit
            finally:
                # Even if removing a secret from the history failed, since the file has been saved.
                if edit is not None and edit.saved:
                    self.moved = bool(edit.moved)
                    if self.moved:
                        self.history.clear()
                    else:
                        self.history.record(label, edit.before, edit.text)

    def undo(self) -> str:
        """Take back the last change. Returns its label."""
        with self._turn:
            return self.history.undo(self.file)

    def redo(self) -> str:
        """Make the last undone change again. Returns its label."""
        with self._turn:
            return self.history.redo(self.file)

    def make_private(self) -> None:
        """Take the permissions of everybody but the owner away; raises `ConfigurationError`."""
        from storage_core.config.secrets import audit

        audit.make_private(self.file.source)

    def move_secret(self, name: str, setting: str, reference: str) -> None:
        """Replace a plain secret by `reference`, without undo; raises `ConfigurationError`."""
        from storage_core.config.secrets.relocate import relocated

        secret = relocated(self.file.load(), name, setting, reference)
        with self.transaction(f"move {setting}") as edit:
            edit.update_settings(name, secret.change_of(edit.find(name)))

    def versions(self) -> list[KeptVersion]:
        """The kept versions of the file, newest first."""
        from tui.session.versions import kept_versions

        return kept_versions(self.file.source)

    def differences(self, version: Version, newer: Version | None) -> list[Difference]:
        """The changes from `version` to `newer`, or to the present file if that is None."""
        from storage_core.config import history
        from storage_core.config.toml.read import read_text
        from tui.session.differences import differences

        now = read_text(self.file.source) if newer is None else history.text_of(newer)
        return differences(history.text_of(version), now)

    def restore(self, version: Version, when: str) -> None:
        """Bring back a version; raises `ConfigurationError`.

        Undo takes this back if the file could be read; restoring the version before it always can.
        """
        from storage_core.config import history

        with self._turn:
            before = history.restore(self.file.source, version)
            if before is not None:
                after = history.text_of(version)
                self.history.record(f"restore the version of {when}", before, after)

    def _kept(self) -> int:
        # Imported only here: the modules that edit the file would slow down every start.
        from storage_core.config import history

        return len(history.versions(self.file.source))

    def _exists(self) -> bool:
        return self.file.path is None or Path(self.file.path).exists()

    def _read_only(self, found: Configurations) -> str:
        if found.newer:
            return "written by a newer version of this program"
        if self.file.path is None:
            return f"{self.file.source} is never written"
        try:
            path = Path(self.file.path).resolve(strict=True)
            mode = path.stat().st_mode
        except (OSError, ValueError, RuntimeError):
            return ""
        if not (mode & 0o222 and os.access(path, os.W_OK)):
            return "the file is read-only"
        if not os.access(path.parent, os.W_OK):
            return "its folder is read-only"
        return ""
