"""What can be done with one blob, on the list of blobs and in its preview."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from storage_core.keys import is_content_name
from tui.kit.screen import StorageScreen
from tui.kit.tasks import flow
from tui.kit.text import named, printable
from tui.session.download import proposed

if TYPE_CHECKING:
    from storage_core.declaration.configuration import StorageConfiguration
    from tui.session.blobs import Listed, OpenedStore
    from tui.session.snapshot import Row

ResultT = TypeVar("ResultT")

ON_A_BLOB = {"preview", "download", "delete", "copy_key", "copy_snippet"}
"""Commands that need a blob."""


class BlobCommands(StorageScreen[ResultT]):
    """Download, delete, copy key, copy Python."""

    row: Row
    """The storage."""

    opened: OpenedStore

    @property
    def blob(self) -> Listed | None:
        """The blob that commands are about."""
        raise NotImplementedError

    def blob_deleted(self, blob: Listed) -> None:
        """`blob` is gone."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What cannot work now is dimmed."""
        if action in ON_A_BLOB and (not self.is_mounted or self.blob is None):
            return None
        return True

    def why_not(self, action: str) -> str:
        """There may be no blob."""
        if action in ON_A_BLOB and self.blob is None:
            return "There is no blob to do that with."
        return super().why_not(action)

    def action_copy_key(self) -> None:
        """Put the key on the clipboard."""
        if self.blob:
            self.app.copy_to_clipboard(self.blob.key)
            self.app.say(f"Copied {named(self.blob.key)}.")

    def action_copy_snippet(self) -> None:
        """Put Python on the clipboard."""
        if self.blob:
            self.app.copy_to_clipboard(
                f"import storage_core\n\n{opening(self.row)}\n"
                f"data = store.read({self.blob.key!r})\n"
            )
            self.app.say(f"Copied the Python that reads {named(self.blob.key)}.")

    def action_download(self) -> None:
        """Write it to a file."""
        if self.blob:
            self._download(self.blob)

    @flow
    async def _download(self, blob: Listed) -> None:
        from tui.features.blobs.download import DownloadScreen

        path = await self.app.in_background("", lambda: proposed(blob.name))
        done = await self.app.push_screen_wait(DownloadScreen(self.opened, blob, path))
        if done:
            self.app.say(done)

    def action_delete(self) -> None:
        """Remove it, after asking."""
        if self.blob:
            self._delete(self.blob)

    @flow
    async def _delete(self, blob: Listed) -> None:
        from tui.kit.ask import Ask

        configuration = configuration_of(self.row)
        name = printable(self.row.name)
        text = [f"It is gone from {name} for good: there is no undo for blobs."]
        if configuration.naming == "hash" and is_content_name(blob.name):
            text.append(
                "Its key is the hash of its bytes: whoever stored the same bytes here has the same "
                "blob and loses it too."
            )
        if configuration.protected:
            text.append(f"Its storage is protected: type its name, {name}, to delete the blob.")
        answer = await self.app.push_screen_wait(
            Ask(
                f"Delete {blob.key}?",
                "\n".join(text),
                [("cancel", "Cancel"), ("delete", "Delete")],
                focus="cancel",
                danger="delete",
                typed=self.row.name.strip() if configuration.protected else None,
            )
        )
        if answer == "delete":
            with self.keys_free():
                await self.app.in_background("deleting", lambda: self.opened.delete(blob.key))
            self.app.say(f"Deleted {named(blob.key)}.")
            self.blob_deleted(blob)


def configuration_of(row: Row) -> StorageConfiguration:
    """What is opened to see the blobs of `row`."""
    if row.entry is not None:
        return row.entry.opened()
    from storage_core import TemporaryLocalStorage

    return TemporaryLocalStorage(name=row.name)


def opening(row: Row) -> str:
    """The line of Python that opens it."""
    if row.entry is not None:
        return f"store = storage_core.get_store({row.name!r})"
    if row.default:
        return "store = storage_core.get_store()"
    return "store = storage_core.open_store(storage_core.TemporaryLocalStorage())"
