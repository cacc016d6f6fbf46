"""`Session`: what all screens work on, as one value that each is handed."""

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
    """The configuration file, what is in it, and what is being done.

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
        """The newest blobs of what was listed."""

        self.jobs = Jobs(show_busy)
        self.loaded: list[Callable[[Snapshot], object]] = []
        """Called when there is a new snapshot."""

        self.asks_for_default = True
        """Whether to ask if a new configuration is to be the default, where there is none."""

        self.learnt: list[Callable[[], object]] = []
        """Called when more is known of a storage than before: its newest blobs."""

        self._say = say
        self._to_keep = False
        """Whether a thread is about to keep the results of tests."""

    # ---- reading

    async def reload(self) -> None:
        """Read the file again and tell the screens."""
        load = partial(undisturbed, self.workspace.load)
        self.show(await self.jobs.run("reading", load))

    def show(self, snapshot: Snapshot) -> None:
        """This is what the file says now."""
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
        """What is said behind a configuration's new name."""
        return "; it is still the default" if name == self.default else ""

    # ---- saving

    async def save(self, function: Callable[[], T]) -> T:
        """Write the file by `function`, in a thread; the screens are told before this returns."""
        try:
            return await self.jobs.run("saving", function)
        finally:
            await self.reload()

    async def change(self, label: str, make: Callable[[Transaction], T]) -> T:
        """Change the file by `make`, to be undone under the name `label`; see `save`."""

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
        """Keep how a test ended; one that was cancelled leaves the one before."""
        if result is None or not (result.complete or result.failure):
            return
        self.workspace.results.add(id, entry, result)
        if not self._to_keep:
            # Many tests may end while one is being written.
            self._to_keep = True
            self.jobs.start("", self._keep_results)

    def last_results(self, row: Row) -> list[TestResult]:
        """How the last tests of a configuration ended, newest first."""
        return self.workspace.results.last(row.id, row.entry)

    def _keep_results(self) -> None:
        self._to_keep = False
        self.workspace.results.save()

    # ---- blobs

    def seen(self, row: Row, blobs: Iterable[Listed]) -> None:
        """All of this was listed just now in the storage `row`."""
        job = self.jobs.start("", partial(self.recent.add, row, blobs))
        job.add_done_callback(lambda _: [tell() for tell in self.learnt])

    # ---- changes by others

    def changed_elsewhere(self) -> str:
        """What is told, in one line, when the file was changed by others."""
        if self.snapshot.problem:
            return "The configuration file was changed elsewhere and cannot be read now."
        if not self.snapshot.exists:
            return "The configuration file was deleted elsewhere."
        return "The configuration file was changed elsewhere."

    # ---- what the app remembers of itself

    def remember(self, **what: Any) -> None:
        """Keep the theme or the sort order for the next time."""
        remembered = self.remembered._replace(**what)
        if remembered != self.remembered:
            self.remembered = remembered
            self.jobs.start("", partial(state.save, remembered))
