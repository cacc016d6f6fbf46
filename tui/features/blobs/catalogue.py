"""What is listed of a storage, page by page, and what of that is shown in which order."""

from __future__ import annotations

import asyncio
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from storage_core.errors import StorageError
from storage_core.keys import KINDS
from storage_core.printable import printable
from tui.session import search
from tui.session.background import in_thread, run, stream
from tui.session.garbage import let_go
from tui.session.listing import Listed, Sort, View, arranged

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.worker import Worker

    from tui.kit.screen import BaseScreen
    from tui.session.store import OpenedStore


class Catalogue:
    """The blobs of a store, or what is in one folder of its place.

    Args:
        screen: whose workers list and sort.
        opened: the storage.
        words: what the filter looks for, as typed.
        show: draws what is shown from now on; called with what was looked for.
        tell: says how far the listing is: with how many there are so far, while they come.
        complete: called with everything, and the folder, when a listing has come to its end.
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
        """The folder that is listed; None where all blobs of the store are."""

        self.deep = False
        """Whether what is in its folders is listed too."""

        self.kind: str | None = None
        """Show only what is of this one."""

        self.sort: Sort = "age"
        self.reverse = False
        self.view = View(counts=(0,) * len(KINDS))
        """What is shown."""

        self.listing = False
        """Whether more may come."""

        self.problem = ""
        """Why it could not be listed, or not all of it; fit for drawing."""

        self._blobs: list[Listed] = []
        self._gone: set[str] = set()
        """Keys deleted since the listing began, which may still bring them."""

        self._spare: list[object] = []
        """What is listed or shown no more, until it is freed."""

        self._changed = False
        self._arranging: Worker[None] | None = None

    @property
    def is_by_folder(self) -> bool:
        """Whether there are folders among what is listed, to go into."""
        return self.folder is not None and not self.deep

    def folders(self) -> list[str]:
        """The names of the folders in the one that is listed, as far as they are known."""
        if not self.is_by_folder:
            return []
        return [blob.name for blob in self._blobs if blob.is_folder]

    # ---- listing

    def enter(self, folder: str | None, *, deep: bool = False) -> None:
        """List something else."""
        self.folder, self.deep = folder, deep
        self._spare += [*self._blobs, self.view]
        self._blobs = []
        self.view = View(counts=(0,) * len(KINDS))

    async def load(self) -> None:
        """List it; what was listed before stands until all is listed anew."""
        self.listing, self.problem = True, ""
        if self._gone:
            self._blobs = [blob for blob in self._blobs if blob.key not in self._gone]
        self._gone.clear()
        found: list[Listed] = []
        fresh = not self._blobs
        try:
            self._tell(None)
            folder, deep = self.folder, self.deep
            async for page in stream(lambda: self._opened.pages(folder, deep=deep)):
                self._screen.end_if_left()
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
        await self._screen.while_here(self.rearrange().wait())

    def _replace(self, found: list[Listed]) -> None:
        """This is all that is listed."""
        if found is not self._blobs:
            self._spare += self._blobs
            self._blobs = found

    def forget(self, blobs: Sequence[Listed]) -> None:
        """These are deleted."""
        self._gone.update(blob.key for blob in blobs)
        self.rearrange()

    # ---- arranging

    def _arranged(self, blobs: list[Listed], words: list[str]) -> View:
        # More of them may come meanwhile.
        standing, gone = [*blobs], self._gone
        if gone:
            standing = [blob for blob in standing if blob.key not in gone]
        sort, reverse = self.sort, self.reverse
        return arranged(standing, KINDS, self.kind, words, sort, reverse=reverse)

    def order(self, sort: Sort, *, reverse: bool = False) -> None:
        """Show it in another order."""
        self.sort, self.reverse = sort, reverse
        self.rearrange()

    def rearrange(self) -> Worker[None]:
        """Sort and filter in a thread, and show that; again if there is more by then."""
        self._changed = True
        if self._arranging is None:
            self._arranging = self._screen.run_worker(self._arrange(), group="load-view")
        return self._arranging

    async def _arrange(self) -> None:
        while self._changed:
            self._changed = False
            begun, text = monotonic(), self._words()
            arrange = partial(self._arranged, self._blobs, search.words_of(text))
            view = await self._screen.while_here(in_thread(arrange))
            self._spare.append(self.view)
            self.view = view
            self._show(view, text)
            # Nothing of that is on screen any more.
            spare, self._spare = self._spare, []
            run(partial(let_go, spare))
            if self.listing:
                # Of many it takes a while, and keys wait for a thread that sorts.
                await asyncio.sleep(min(1.0, monotonic() - begun))
        self._arranging = None
