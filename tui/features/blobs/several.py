"""Commands on several blobs at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from storage_core.paths import shortened
from storage_core.printable import printable
from storage_core.quantities import human_size
from tui.features.blobs.deleting import agreed
from tui.session import many
from tui.session.download import folder_proposed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.kit.screen import FullScreen
    from tui.session.listing import Listed
    from tui.session.session import Session
    from tui.session.snapshot import Row
    from tui.session.store import OpenedStore


class SeveralBlobs:
    """Download, delete, copy keys.

    Args:
        screen: the screen that has the commands.
        session: what all screens share.
        row: the storage.
        opened: its store.
        deleted: called when blobs have been deleted.
    """

    def __init__(
        self,
        screen: FullScreen[None],
        session: Session,
        row: Row,
        opened: OpenedStore,
        *,
        deleted: Callable[[Sequence[Listed]], None],
    ) -> None:
        self._screen, self._session, self._row, self._opened = screen, session, row, opened
        self._deleted = deleted

    def copy_keys(self, blobs: Sequence[Listed]) -> None:
        """Put the keys on the clipboard, a line for each."""
        self._screen.app.copy("\n".join(blob.key for blob in blobs), _number(blobs, "key"))

    async def delete(self, blobs: Sequence[Listed]) -> None:
        """Delete the blobs, after asking once."""
        from tui.features.blobs.progress import ProgressDialog

        title = f"Delete {_number(blobs)}, {_size(blobs)}?"
        if not await agreed(self._screen, self._row, title, blobs):
            return
        keys = [blob.key for blob in blobs]
        dialog = ProgressDialog(
            f"Deleting {_number(blobs)}",
            len(blobs),
            lambda: many.removed(self._opened, keys),
            failed="could not be deleted",
        )
        step = await self._screen.ask(dialog)
        left = {key for key, _ in step.failed}
        gone = [blob for blob in blobs[: step.done] if blob.key not in left]
        self._deleted(gone)
        if len(gone) == len(blobs):
            self._screen.app.say(f"Deleted {_number(gone)}.")
        else:
            said = f"Deleted {len(gone):,} of {_number(blobs)}."
            self._screen.app.say(said, severity="warning")

    async def download(self, blobs: Sequence[Listed]) -> None:
        """Write the blobs into a folder."""
        from tui.features.blobs.progress import ProgressDialog
        from tui.kit.ask import Ask, AskName

        jobs = self._session.jobs
        folder, about = await jobs.run("", folder_proposed), ""
        while True:
            title = f"Download {_number(blobs)}, {_size(blobs)}, into"
            entered = await self._screen.ask(
                AskName(title, "Download", folder, about, lambda _: None)
            )
            if not entered:
                return
            folder = entered
            plan = await jobs.run("looking", partial(many.planned, folder, blobs))
            if not plan.problem:
                break
            about = f"✗ {plan.problem}"
        targets, where = plan.targets, printable(shortened(str(plan.folder)))
        if plan.there:
            answer = await self._screen.ask(
                Ask(
                    f"{plan.there:,} of {_number(plan.targets, 'file')} are there already",
                    f"In {where}. Leave out those that are there, or replace them?",
                    [("cancel", "Cancel"), ("leave", "Leave out"), ("replace", "Replace")],
                    focus="leave",
                    danger="replace",
                )
            )
            if answer == "leave":
                targets = tuple(each for each in targets if not each.exists)
            elif answer != "replace":
                return
        dialog = ProgressDialog(
            f"Downloading {_number(targets)}",
            len(targets),
            lambda: many.written(self._opened, targets),
            failed="could not be downloaded",
        )
        step = await self._screen.ask(dialog)
        good = step.done - len(step.failed)
        if good == len(blobs):
            self._screen.app.say(f"Downloaded {_number(targets)} to {where}.")
        else:
            said = f"Downloaded {good:,} of {_number(blobs)} to {where}."
            self._screen.app.say(said, severity="warning")


def _number(blobs: Sequence[object], what: str = "blob") -> str:
    return f"{len(blobs):,} {what}{'' if len(blobs) == 1 else 's'}"


def _size(blobs: Sequence[Listed]) -> str:
    return human_size(sum(blob.size or 0 for blob in blobs))
