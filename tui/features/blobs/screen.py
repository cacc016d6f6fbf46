"""The blobs of one storage: listed page by page, filtered, sorted, previewed, fetched, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.content import Content
from textual.widgets import Static

from storage_core.blobpath import is_blob_path
from storage_core.errors import StorageError
from storage_core.keys import KINDS
from storage_core.printable import printable
from storage_core.quantities import human_size
from storage_core.store import Store
from tui.features.blobs import explained, notices
from tui.features.blobs.acting import BlobCommands
from tui.features.blobs.commands import BROWSE
from tui.features.blobs.folders import FolderBar
from tui.features.blobs.preview import PreviewScreen
from tui.features.blobs.table import HEADS, ORDERS, BlobDetail, BlobLayout, BlobTable
from tui.kit.bars import KeyBar, TitleBar
from tui.kit.commands import bindings
from tui.kit.filter import FilterLine
from tui.kit.screen import FullScreen
from tui.kit.table import Table
from tui.session import search
from tui.session.background import in_thread, run, stream
from tui.session.listing import SORTS, Listed, Sort, View, arranged
from tui.session.store import OpenedStore

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from textual.app import ComposeResult
    from textual.worker import Worker

    from tui.session.session import Session
    from tui.session.snapshot import Row

FOLDERS: Final = 1 + len(KINDS)
"""The place among what can be shown of everything below the location."""

AGES = 30.0
"""Seconds after which the ages on screen are drawn anew."""


class BrowseScreen(FullScreen[None]):
    """The blobs of the storage `row`."""

    CSS_PATH = "screen.tcss"
    declared: ClassVar = BROWSE
    BINDINGS: ClassVar = [*bindings(BROWSE)]
    moving: ClassVar = Table.moving
    explains: ClassVar = explained.BLOBS
    AUTO_FOCUS = "BlobTable"

    def __init__(self, session: Session, row: Row) -> None:
        super().__init__()
        self._session, self._row = session, row
        self._opened = OpenedStore(lambda: Store(row.configuration(), timeout=None))
        self._layout_of_blobs = BlobLayout()
        self.table = BlobTable(self._layout_of_blobs, id="blobs")
        self.table.heads = [column for column, sort in enumerate(HEADS) if sort]
        self._filter = FilterLine(
            self.table, seek=self._seek, anchor=self._current_key, placeholder="part of the key"
        )
        self._filter.explains = explained.FILTER
        self._folders = FolderBar(("All", *map(str.capitalize, KINDS), "Folders"), id="kinds")
        self._folder: str | None = None
        """The folder that is listed; None where all blobs of the store are."""

        self._deep = False
        """Whether what is in its folders is listed too."""

        self._next_key: str | None = None
        """Where the cursor is to be once it is listed."""

        self._blobs: list[Listed] = []
        self._gone: set[str] = set()
        """Keys deleted since the listing began, which may still bring them."""

        self._view = View(counts=(0,) * len(KINDS))
        self._sort: Sort = "age"
        self._reverse = False
        self._listing = False
        self._problem = ""
        self._changed = False
        self._arranging: Worker[None] | None = None
        self._acting = BlobCommands(
            self,
            session,
            row,
            self._opened,
            blob=lambda: self.blob,
            deleted=self._blob_deleted,
        )
        self.do(
            {
                **self._acting.all(),
                "preview": self._acting.on_blob(self._look_into),
                "filter": self._filter.open,
                "sort": lambda: self._order(SORTS[(SORTS.index(self._sort) + 1) % len(SORTS)]),
                "all_kinds": lambda: self._choose(0),
                "only_flows": lambda: self._choose(1),
                "only_results": lambda: self._choose(2),
                "folders": lambda: self._choose(FOLDERS),
                "all_below": self._list_all_below,
                "up": self._up,
                "reload": self._reload,
                "leave": self._leave,
            }
        )

    def body(self) -> ComposeResult:
        """Folders, what there is to say instead of blobs or beside them, the list, the details."""
        yield self._folders
        yield self.table
        yield Static(id="notice", markup=False)
        yield BlobDetail(id="strip")

    def on_mount(self) -> None:
        """Begin to list at once."""
        title = self.query_one(TitleBar)
        title.title = f"Storage  ›  Blobs of {printable(self._row.name)}"
        title.note = self._row.location
        self.set_interval(AGES, self.table.refresh)
        self._reload()

    def on_unmount(self) -> None:
        """Close the store; nobody waits for that."""
        run(self._opened.leave)

    def why_not(self, command: str) -> str:
        """There may be no blob."""
        return self._acting.why_not(command)

    @property
    def blob(self) -> Listed | None:
        """The blob under the cursor."""
        return self.table.current

    # ---- listing

    def _reload(self) -> None:
        """List everything again."""
        self.run_worker(self._list(), group="load", exclusive=True)

    async def _list(self) -> None:
        self._listing, self._problem = True, ""
        self._blobs = self._standing()
        self._gone.clear()
        found: list[Listed] = []
        fresh = not self._blobs
        try:
            self._say()
            folder, deep = self._folder, self._deep
            async for page in stream(lambda: self._opened.pages(folder, deep=deep)):
                self.end_if_left()
                found += page
                if fresh:
                    # Otherwise what was listed before stands until all is listed anew.
                    self._blobs = found
                    self._rearrange()
                self._say(len(found))
            self._blobs = found
            if folder is None:
                self._session.seen(self._row, tuple(found))
        except StorageError as error:
            self._problem = printable(str(error))
            if not fresh and found:
                self._blobs = found
        self._listing = False
        self._say()
        await self._rearrange().wait()
        self._next_key = None

    def _standing(self) -> list[Listed]:
        """What is listed, without what was deleted since."""
        return [blob for blob in self._blobs if blob.key not in self._gone]

    def _seek(self) -> None:
        """Other words are looked for."""
        self._filter.settled.clear()
        self._rearrange()

    def _rearrange(self) -> Worker[None]:
        """Sort and filter in a thread, and show that; again if there is more by then."""
        self._changed = True
        if self._arranging is None:
            self._arranging = self.run_worker(self._arrange(), group="load-view")
        return self._arranging

    async def _arrange(self) -> None:
        while self._changed:
            self._changed = False
            blobs, chosen = self._standing(), self._folders.chosen
            kind = KINDS[chosen - 1] if 0 < chosen < FOLDERS else None
            text, sort, reverse = self._filter.words, self._sort, self._reverse
            sought = not self._filter.settled.is_set()
            words = search.words_of(text)
            view = await self.while_here(
                in_thread(lambda: arranged(blobs, KINDS, kind, words, sort, reverse=reverse))  # noqa: B023
            )
            self._show(view, sought=sought)
            if self._filter.words == text:
                self._filter.settled.set()
        self._arranging = None

    def _show(self, view: View, *, sought: bool) -> None:
        table = self.table
        key = self._filter.before if sought else self._next_key or self._current_key()
        place = next((place for place, blob in enumerate(view.rows) if blob.key == key), None)
        if place is None:
            near = key is not None and not sought
            place = min(table.cursor, len(view.rows) - 1) if near else 0
        if any(blob.key == self._next_key for blob in view.rows):
            self._next_key = None
        self._view = view
        self._layout_of_blobs.longest = view.longest
        self._layout_of_blobs.shown_sort = view.sort
        self._layout_of_blobs.reverse = view.reverse
        table.show(view.rows, place)
        self._say()

    def _current_key(self) -> str | None:
        """The key under the cursor; None at the top, where it stays whatever comes to be first."""
        blob = self.table.current
        return blob.key if blob and self.table.cursor > 0 else None

    def _say(self, listed: int | None = None) -> None:
        """Everything around the list."""
        view = self._view
        title, notice = self.query_one(TitleBar), self.query_one("#notice", Static)
        if listed is not None:
            title.progress = f"● listing {listed:,}"
        elif not self._listing:
            title.progress = ""
        else:
            title.progress = "● listing"
        shown, words = len(view.rows), self._filter.words
        many = f"{shown:,} of {self._number(view.total)}" if words else self._number(shown)
        size = human_size(view.size) if view.size else ""
        order = ORDERS[view.sort, view.reverse]
        # Without a filter the number stands among the folders as well.
        few = ((many, size), (many,)) if words else ((size, order), (order,), (size,))
        known = view.total or not (self._listing or self._problem)
        kinds = known and self._folder is None
        self._folders.counts = (view.total, *view.counts) if kinds else ()
        self._folders.summary = tuple(
            ", ".join(filter(None, parts)) for parts in ((many, size, order), *few) if view.total
        )
        text = self._notice()
        notice.display = text is not None
        notice.update(text or "")
        self.set_class(not view.rows, "-empty")

    def _notice(self) -> Content | None:
        """What is said instead of blobs, or above them when not all could be listed."""
        total, shown = self._view.total, bool(self._view.rows)
        if self._problem:
            return notices.broken(self._problem, self.key, some=total > 0, shown=shown)
        if shown or (self._listing and total):
            return None
        if self._listing:
            return Content("Listing…")
        if total:
            return notices.nothing_found(self._filter.words, self.key)
        if self._folder is not None:
            return notices.empty_folder(self._folder, self.key)
        return notices.empty(self._row, self._session.workspace.file.source, self.key)

    @on(Table.Moved)
    def _show_detail(self) -> None:
        """Say exactly what is under the cursor."""
        self.query_one(BlobDetail).blob = self.blob
        is_folder = self.blob is not None and self.blob.is_folder
        self.query_one(KeyBar).called = {"preview": "Open"} if is_folder else {}
        self.refresh_bindings()

    # ---- what is shown

    def _choose(self, place: int) -> None:
        before, self._folders.chosen = self._folders.chosen, place
        if place < FOLDERS and before < FOLDERS:
            self._rearrange()
        elif place < FOLDERS:
            self._list_folder(None)
        elif self._deep:
            self._list_folder(self._folder)
        elif before < FOLDERS or self._folder:
            self._list_folder("")

    def _list_all_below(self) -> None:
        """List what is in the folders of the folder too."""
        self._folders.chosen = FOLDERS
        self._list_folder(self._folder or "", deep=True)

    def _list_folder(
        self, folder: str | None, *, at: str | None = None, deep: bool = False
    ) -> None:
        """List a folder, with the cursor on the path `at`; None lists the blobs of the store."""
        self._folder, self._next_key, self._deep = folder, at, deep
        self._folders.rename(FOLDERS, "Files" if deep else "Folders")
        self._blobs = []
        self._view = View(counts=(0,) * len(KINDS))
        self.table.show((), 0)
        if self._filter.active:
            self._filter.clear()
        location = self._row.location
        self.query_one(TitleBar).note = f"{location.rstrip('/')}/{folder}" if folder else location
        self._reload()

    def _look_into(self, blob: Listed) -> Awaitable[None] | None:
        """Open a folder, or show what is in a blob."""
        if not blob.is_folder:
            return self._preview()
        if is_blob_path(blob.key):
            self._list_folder(blob.key)
        else:
            self.app.say("A folder of this name cannot be opened.", severity="warning")
        return None

    def _up(self) -> None:
        """List the folder above."""
        if self._folder:
            self._list_folder(self._folder.rpartition("/")[0], at=self._folder)

    @on(FolderBar.Chosen)
    def _folder_clicked(self, event: FolderBar.Chosen) -> None:
        self._choose(event.place)

    @on(Table.HeadClicked)
    def _head_clicked(self, event: Table.HeadClicked) -> None:
        if sort := HEADS[event.column]:
            # Once more turns the order round.
            self._order(sort, reverse=sort == self._view.sort and not self._reverse)

    def _order(self, sort: Sort, *, reverse: bool = False) -> None:
        self._sort, self._reverse = sort, reverse
        self._rearrange()

    def can(self, command: str) -> bool:
        """While one types in the filter, its key is a character like any other."""
        if command == "filter" and self._filter.typing:
            return False
        return (command != "up" or bool(self._folder)) and super().can(command)

    # ---- one blob

    @on(Table.Chosen)
    async def _chosen(self) -> None:
        await self.run_action("run('preview')")

    async def _preview(self) -> None:
        await self.ask(
            PreviewScreen(self._session, self._row, self._opened, self.table, self._blob_deleted)
        )

    def _blob_deleted(self, blob: Listed) -> None:
        """Take it off the list."""
        self._gone.add(blob.key)
        self._rearrange()

    def _number(self, count: int) -> str:
        one, many = ("entry", "entries") if self._is_by_folder else ("blob", "blobs")
        return f"{count:,} {one if count == 1 else many}"

    @property
    def _is_by_folder(self) -> bool:
        return self._folder is not None and not self._deep

    def _leave(self) -> None:
        """Everything again, or back to the list of storages."""
        if self._filter.active:
            self._filter.clear()
        else:
            self.dismiss(None)
