"""`Session`: what all screens work on, as one value that is passed to each."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from tui.session import state
from tui.session.background import Jobs
from tui.session.garbage import undisturbed
from tui.session.recent import Recent
from tui.session.snapshot import Snapshot
from tui.session.workspace import Workspace

if TYPE_CHECKING:
    from storage_core.config.model.entry import Entry
    from storage_core.config.transaction import Transaction
    from tui.session.checks import TestResult
    from tui.session.listing import Listed
    from tui.session.snapshot import Row

T = TypeVar("T")


class Session:
    """The configuration file, its content, and the work in progress.

    Args:
        config_path: the configuration file; see `StorageApp`.
        say: tells the person something in one line.
        show_busy: see `Jobs`.
    """

    def __init__(
        self,
        config_path: str | os.PathLike[str] | None,
        *,
        say: Callable[[str], None],
        show_busy: Callable[[str], None],
    ) -> None:
        self.workspace = Workspace(config_path)
        self.snapshot = Snapshot()
        """The file as it was read last."""

        self.remembered = state.load()
        self.recent = Recent()
        """The newest blobs in the last listing of each storage."""

        self.jobs = Jobs(show_busy)
        self.loaded: list[Callable[[Snapshot], object]] = []
        """Called when there is a new snapshot."""

        self.asks_for_default = True
        """Whether to ask if a new configuration is to be the default when there is none."""

        self.learnt: list[Callable[[], object]] = []
        """Called when the newest blobs of a storage have been listed."""

        self._say = say
        self._save_pending = False
        """Whether a thread is about to save the results of tests."""

    # ---- reading

    async def reload(self) -> None:
        """Read the file again and tell the screens."""
        load = partial(undisturbed, self.workspace.load)
        self.show(await self.jobs.run("reading", load))

    def show(self, snapshot: Snapshot) -> None:
        """Take `snapshot` as the content of the file, and tell the screens."""
        self.snapshot = snapshot
        for tell in self.loaded:
            tell(snapshot)

    @property
    def entries(self) -> Mapping[str, Entry]:
        """The configurations in the file, by name."""
        found = self.snapshot.configurations
        return {} if found is None else found.entries

    @property
    def default(self) -> str | None:
        """The name that the file says is the default."""
        found = self.snapshot.configurations
        return None if found is None else found.default

    def still_default(self, name: str) -> str:
        """What a message says after a configuration's new name."""
        return "; it is still the default" if name == self.default else ""

    # ---- saving

    async def save(self, function: Callable[[], T]) -> T:
        """Call `function`, which writes the file, in a thread; tell the screens, then return."""
        try:
            return await self.jobs.run("saving", function)
        finally:
            await self.reload()

    async def change(self, label: str, make: Callable[[Transaction], T]) -> T:
        """Change the file with `make`; `label` is what undo calls the change. See `save`."""

        def change() -> T:
            with self.workspace.transaction(label) as edit:
                return make(edit)

        result = await self.save(partial(undisturbed, change))
        if self.workspace.moved:
            self._say("This and earlier changes cannot be undone: the file held a secret then.")
        return result

    @property
    def saving(self) -> bool:
        """Whether the file is being written."""
        return bool(self.jobs.called("saving"))

    def why_not_save(self) -> str:
        """Why the file cannot be changed, in one line; empty when it can."""
        if self.snapshot.problem:
            return "The file cannot be read; nothing can be saved until it is mended."
        if self.snapshot.read_only:
            return f"Nothing can be changed here: {self.snapshot.read_only}."
        return ""

    # ---- connection tests

    def result(self, row: Row) -> TestResult | None:
        """How the last test of a configuration ended."""
        return self.workspace.results.of(row.id, row.entry)

    def tested(self, id: str, entry: Entry | None, result: TestResult | None) -> None:
        """Keep the result of a test; a cancelled one does not replace the one before."""
        if result is None or not (result.complete or result.failure):
            return
        self.workspace.results.add(id, entry, result)
        if not self._save_pending:
            # Many tests may end while results are being written.
            self._save_pending = True
            self.jobs.start("", self._save_results)

    def last_results(self, row: Row) -> list[TestResult]:
        """How the last tests of a configuration ended, newest first."""
        return self.workspace.results.last(row.id, row.entry)

    def _save_results(self) -> None:
        self._save_pending = False
        self.workspace.results.save()

    # ---- blobs

    def seen(self, row: Row, blobs: Iterable[Listed]) -> None:
        """Keep the newest of `blobs`, which were just listed in the storage `row`."""
        job = self.jobs.start("", partial(self.recent.add, row, blobs))
        job.add_done_callback(lambda _: [tell() for tell in self.learnt])

    # ---- changes by others

    def changed_elsewhere(self) -> str:
        """The message, in one line, when another program has changed the file."""
        if self.snapshot.problem:
            return "The configuration file was changed elsewhere and cannot be read now."
        if not self.snapshot.exists:
            return "The configuration file was deleted elsewhere."
        return "The configuration file was changed elsewhere."

    # ---- what the app remembers of itself

    def remember(self, **what: Any) -> None:
        """Keep the theme, the sort order and the like for the next start."""
        remembered = self.remembered._replace(**what)
        if remembered != self.remembered:
            self.remembered = remembered
            self.jobs.start("", partial(state.save, remembered))
