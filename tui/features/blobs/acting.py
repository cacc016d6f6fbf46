"""Commands on one blob, in the list of blobs and in the preview."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from storage_core.blobpath import is_blob_path
from storage_core.blobs.objects.names import BUILT_IN, parse
from storage_core.keys import is_key
from storage_core.printable import printable
from tui.features.blobs.deleting import agreed
from tui.features.blobs.several import SeveralBlobs
from tui.kit.commands import Reason
from tui.kit.text import one_word
from tui.session.download import proposed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tui.kit.screen import FullScreen
    from tui.session.listing import Listed
    from tui.session.session import Session
    from tui.session.snapshot import Row
    from tui.session.store import OpenedStore

ON_A_BLOB: Final = {"preview", "download", "delete", "copy_key", "copy_snippet"}
"""Commands that need a blob."""

ON_SEVERAL: Final = {"download", "delete", "copy_key"}
"""Commands that also work on several chosen blobs."""


class BlobCommands:
    """Download, delete, copy key, copy Python.

    Args:
        screen: the screen that has the commands.
        session: what all screens share.
        row: the storage.
        opened: its store.
        blob: returns the blob to work on; None if there is none.
        chosen: returns several blobs to work on instead; empty if none are chosen.
        deleted: called when blobs have been deleted.
    """

    def __init__(
        self,
        screen: FullScreen[None],
        session: Session,
        row: Row,
        opened: OpenedStore,
        *,
        blob: Callable[[], Listed | None],
        deleted: Callable[[Sequence[Listed]], None],
        chosen: Callable[[], Sequence[Listed]] = tuple,
    ) -> None:
        self._screen, self._session, self._row, self._opened = screen, session, row, opened
        self._blob, self._deleted, self._chosen = blob, deleted, chosen
        self._several = SeveralBlobs(screen, session, row, opened, deleted=deleted)

    def all(self) -> Mapping[str, Callable[[], object]]:
        """What each command does, by its name."""
        return {
            "download": self._on_each(self.download, self._several.download),
            "delete": self._on_each(self.delete, self._several.delete),
            "copy_key": self._on_each(self.copy_key, self._several.copy_keys),
            "copy_snippet": self.on_blob(self.copy_snippet),
        }

    def on_blob(self, act: Callable[[Listed], object]) -> Callable[[], object]:
        """A function that calls `act` with the blob of that moment."""

        def act_now() -> object:
            blob = self._blob()
            # `why_not` has checked that there is one.
            assert blob is not None
            return act(blob)

        return act_now

    def _on_each(
        self, act: Callable[[Listed], object], act_on_all: Callable[[Sequence[Listed]], object]
    ) -> Callable[[], object]:
        """The same, or one that calls `act_on_all` if several blobs are chosen."""
        on_one = self.on_blob(act)

        def act_now() -> object:
            chosen = self._chosen()
            return act_on_all(chosen) if chosen else on_one()

        return act_now

    def why_not(self, command: str) -> str:
        """Why a command cannot work now: there may be no blob."""
        blob = self._blob()
        if command not in ON_A_BLOB:
            return ""
        if command == "delete" and self._row.read_only:
            said = f"{printable(self._row.name)} is read-only by its configuration."
            return Reason(said, "read-only")
        if command in ON_SEVERAL and self._chosen():
            return ""
        if blob is None:
            return Reason("There is no blob to do that with.", "no blob")
        if not blob.is_folder:
            if command == "copy_key" or is_blob_path(blob.key):
                return ""
            said = "A blob of this name is listed, and cannot be opened."
            return Reason(said, "cannot be opened")
        if command in ("preview", "copy_key"):
            return ""
        return Reason("That is a folder; open it, and choose a blob.", "a folder")

    def copy_key(self, blob: Listed) -> None:
        """Put the key on the clipboard."""
        self._screen.app.copy(blob.key, one_word(blob.key))

    def copy_snippet(self, blob: Listed) -> None:
        """Put Python code that reads the blob on the clipboard."""
        self._screen.app.copy(
            f"import storage_core\n\n{opening(self._row)}\n{reading(blob)}\n",
            f"the Python that reads {one_word(blob.key)}",
        )

    async def download(self, blob: Listed) -> None:
        """Write the blob to a file."""
        from tui.features.blobs.download import DownloadDialog

        path = await self._session.jobs.run("", lambda: proposed(blob.name))
        dialog = DownloadDialog(self._session.jobs, self._opened, blob, path)
        done = await self._screen.ask(dialog)
        if done:
            self._screen.app.say(done)

    async def delete(self, blob: Listed) -> None:
        """Delete the blob, after asking."""
        if await agreed(self._screen, self._row, f"Delete {blob.key}?", [blob]):
            with self._screen.keys_free():
                await self._session.jobs.run("deleting", lambda: self._opened.delete(blob.key))
            self._screen.app.say(f"Deleted {one_word(blob.key)}.")
            self._deleted([blob])


def reading(blob: Listed) -> str:
    """The line of Python that reads a blob of an opened storage."""
    if not is_key(blob.key):
        return f"data = store.backend.get({blob.key!r})"
    said = parse(blob.name)
    if said is not None and said.serializer in ("pickle", "cloudpickle"):
        return f"obj = store.load({blob.key!r}, allow_pickle=True)  # runs what is in the pickle"
    if said is not None and said.serializer in BUILT_IN:
        return f"obj = store.load({blob.key!r})"
    if said is not None and said.serializer == "tar" and said.is_hash:
        return f'store.load_flow({blob.key!r}, "flow")'
    return f"data = store.read({blob.key!r})"


def opening(row: Row) -> str:
    """The line of Python that opens a storage."""
    if row.entry is not None:
        return f"store = storage_core.get_store({row.name!r})"
    if row.default:
        return "store = storage_core.get_store()"
    return "store = storage_core.open_store(storage_core.TemporaryLocalStorage())"
