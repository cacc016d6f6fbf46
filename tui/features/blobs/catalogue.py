"""`Catalogue`: lists the blobs of a storage page by page, and filters and sorts them."""

from __future__ import annotations

import asyncio
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from storage_core.errors import StorageError
from storage_core.keys import KINDS
from storage_core.printable import printable
from tui.kit.workers import start_worker
from tui.session import search
from tui.session.background import in_thread, run, stream
from tui.session.garbage import let_go
from tui.session.listing import Listed, Sort, View, arranged

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.kit.screen import BaseScreen
    from tui.session.store import OpenedStore


class Catalogue:
    """The blobs of a store, or the content of one folder below its location.

    Args:
        screen: has the workers that list and sort.
        opened: the storage.
        words: returns the words of the filter, as typed.
        show: draws what is to be shown; called with the words that were used.
        tell: shows the progress of the listing; called with the number of blobs so far.
        complete: called with all blobs, and the folder, when a listing is complete.
    """

    def __init__(
        self,
        screen: BaseScreen[Any],
        opened: OpenedStore,
        *,
        words: Callable[[], str],
        show: Callable[[View, str], object],
        tell: Callable[[int | None], object],
        complete: Callable[[tuple[Listed, ...], str | None], object],
    ) -> None:
        self._screen, self._opened, self._words = screen, opened, words
        self._show, self._tell, self._complete = show, tell, complete
        self.folder: str | None = None
        """The folder that is listed; None for all blobs of the store."""

        self.deep = False
        """Whether the content of its folders is listed too."""

        self.kind: str | None = None
        """The kind that is shown; None for all."""

        self.sort: Sort = "age"
        self.reverse = False
        self.view = View(counts=(0,) * len(KINDS))
        """What is shown."""

        self.listing = False
        """Whether more may come."""

        self.problem = ""
        """Why the listing failed, perhaps after some blobs; fit for drawing."""

        self._blobs: list[Listed] = []
        self._deleted: set[str] = set()
        """Keys deleted since the listing began, which may still return them."""

        self._to_free: list[object] = []
        """Objects that are no longer shown, to be freed a few at a time."""

        self._changed = False
        self._settled = asyncio.Event()
        """Set while nothing is being arranged."""

        self._settled.set()

    @property
    def is_by_folder(self) -> bool:
        """Whether the listing has folders that can be entered."""
        return self.folder is not None and not self.deep

    def folders(self) -> list[str]:
        """The names of the folders in the listed one, as far as they are known."""
        if not self.is_by_folder:
            return []
        return [blob.name for blob in self._blobs if blob.is_folder]

    # ---- listing

    def enter(self, folder: str | None, *, deep: bool = False) -> None:
        """List something else."""
        self.folder, self.deep = folder, deep
        self._to_free += [*self._blobs, self.view]
        self._blobs = []
        self.view = View(counts=(0,) * len(KINDS))

    async def load(self) -> None:
        """List the blobs; the old listing stays until the new one is complete."""
        self.listing, self.problem = True, ""
        if self._deleted:
            self._blobs = [blob for blob in self._blobs if blob.key not in self._deleted]
        self._deleted.clear()
        found: list[Listed] = []
        fresh = not self._blobs
        try:
            self._tell(None)
            folder, deep = self.folder, self.deep
            async for page in stream(lambda: self._opened.pages(folder, deep=deep)):
                found += page
                if fresh:
                    self._blobs = found
                    self.rearrange()
                self._tell(len(found))
            self._replace(found)
            self._complete(tuple(found), folder)
        except StorageError as error:
            self.problem = printable(str(error))
            if found:
                self._replace(found)
        self.listing = False
        self._tell(None)
        self.rearrange()
        # Waiting for the worker instead would cancel it together with this one.
        await self._settled.wait()

    def _replace(self, found: list[Listed]) -> None:
        """Take `found` as all that is listed."""
        if found is not self._blobs:
            self._to_free += self._blobs
            self._blobs = found

    def forget(self, blobs: Sequence[Listed]) -> None:
        """Remove blobs that have been deleted."""
        self._deleted.update(blob.key for blob in blobs)
        self.rearrange()

    # ---- arranging

    def _arranged(self, blobs: list[Listed], words: list[str]) -> View:
        # Copy the list, since more blobs may be added meanwhile.
        listed, gone = [*blobs], self._deleted
        if gone:
            listed = [blob for blob in listed if blob.key not in gone]
        sort, reverse = self.sort, self.reverse
        return arranged(listed, KINDS, self.kind, words, sort, reverse=reverse)

    def order(self, sort: Sort, *, reverse: bool = False) -> None:
        """Show the blobs in another order."""
        self.sort, self.reverse = sort, reverse
        self.rearrange()

    def rearrange(self) -> None:
        """Filter and sort in a thread and show the result; again if more has come meanwhile."""
        self._changed = True
        if self._settled.is_set():
            self._settled.clear()
            start_worker(self._screen, self._arrange, group="load-view")

    async def _arrange(self) -> None:
        while self._changed:
            self._changed = False
            begun, text = monotonic(), self._words()
            arrange = partial(self._arranged, self._blobs, search.words_of(text))
            view = await in_thread(arrange)
            self._to_free.append(self.view)
            self.view = view
            self._show(view, text)
            # None of these objects is on screen any more.
            spare, self._to_free = self._to_free, []
            run(partial(let_go, spare))
            if self.listing:
                # Pause: sorting many blobs takes a while, and slows keys down.
                await asyncio.sleep(min(1.0, monotonic() - begun))
        self._settled.set()
