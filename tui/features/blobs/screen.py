"""The blobs of one storage: listed page by page, filtered, sorted, previewed, fetched, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from storage_core.errors import StorageError
from storage_core.keys import KINDS
from storage_core.store import Store
from tui.features.blobs import notices
from tui.features.blobs.blob import configuration_of
from tui.features.blobs.blob_filter import BlobFilter
from tui.features.blobs.table import ORDERS, BlobDetail, BlobTable, KindBar
from tui.kit import commands
from tui.kit.bars import TitleBar
from tui.kit.table import Table
from tui.kit.tasks import flow
from tui.kit.text import printable
from tui.session.background import begin, stream
from tui.session.blobs import SORTS, Listed, OpenedStore, Sort, View, arranged
from tui.session.quantities import human_size

if TYPE_CHECKING:
    from textual.worker import Worker

    from tui.session.snapshot import Row

AGES = 30.0
"""Seconds after which the ages on screen are drawn anew."""


class BrowseScreen(BlobFilter):
    """The blobs of the storage `row`."""

    CSS_PATH = "screen.tcss"
    declared: ClassVar = commands.BROWSE
    BINDINGS: ClassVar = [
        *commands.bindings(commands.FILTER),
        *commands.bindings(commands.BROWSE),
    ]
    AUTO_FOCUS = "BlobTable"

    def __init__(self, row: Row) -> None:
        super().__init__()
        self.row = row
        self.opened = OpenedStore(lambda: Store(configuration_of(row), timeout=None))
        self._blobs: list[Listed] = []
        self._gone: set[str] = set()
        """Keys deleted since the listing began, which may still bring them."""

        self._view = View()
        self._kind = 0
        self._listing = False
        self._problem = ""
        self._changed = False
        self._arranging: Worker[None] | None = None

    def body(self) -> ComposeResult:
        """Kinds, what there is to say instead of blobs or beside them, the list, the details."""
        yield KindBar(id="kinds")
        yield BlobTable(id="blobs")
        yield Static(id="notice", markup=False)
        yield BlobDetail(id="strip")

    def on_mount(self) -> None:
        """Begin to list at once."""
        title = self.query_one(TitleBar)
        title.title = f"Storage  ›  Blobs of {printable(self.row.name)}"
        title.note = self.row.location
        self.set_interval(AGES, self.table.refresh)
        self.action_reload()

    def on_unmount(self) -> None:
        """Close the store; nobody waits for that."""
        begin(self.opened.leave)

    @property
    def table(self) -> BlobTable:
        """The list."""
        return self.query_one(BlobTable)

    @property
    def blob(self) -> Listed | None:
        """The blob under the cursor."""
        return self.table.current

    # ---- listing

    def action_reload(self) -> None:
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
            async for page in stream(self.opened.pages):
                self.end_if_left()
                found += page
                if fresh:
                    # Otherwise what was listed before stands until all is listed anew.
                    self._blobs = found
                    self.rearrange()
                self._say(len(found))
            self._blobs = found
        except StorageError as error:
            self._problem = printable(str(error))
            if not fresh and found:
                self._blobs = found
        self._listing = False
        self._say()
        await self.rearrange().wait()

    def _standing(self) -> list[Listed]:
        """What is listed, without what was deleted since."""
        return [blob for blob in self._blobs if blob.key not in self._gone]

    def rearrange(self) -> Worker[None]:
        """Sort and filter in a thread, and show that; again if there is more by then."""
        self._changed = True
        if self._arranging is None:
            self._arranging = self.run_worker(self._arranged(), group="load-view")
        return self._arranging

    async def _arranged(self) -> None:
        while self._changed:
            self._changed = False
            blobs, kind = self._standing(), KINDS[self._kind - 1] if self._kind else None
            words, sort = self.words.lower().split(), self.table.sort
            text, sought = self.words, not self.found.is_set()
            view = await self.in_thread(lambda: arranged(blobs, kind, words, sort))  # noqa: B023
            self._show(view, sought=sought)
            if self.words == text:
                self.found.set()
        self._arranging = None

    def _show(self, view: View, *, sought: bool) -> None:
        table = self.table
        key = self.before if sought else self.current_key
        place = next((place for place, blob in enumerate(view.rows) if blob.key == key), None)
        if place is None:
            near = key is not None and not sought
            place = min(table.cursor, len(view.rows) - 1) if near else 0
        self._view = view
        table.longest, table.shown_sort = view.longest, view.sort
        table.show(view.rows, place)
        self._say()

    def _say(self, listed: int | None = None) -> None:
        """Everything around the list."""
        view, kinds = self._view, self.query_one(KindBar)
        title, notice = self.query_one(TitleBar), self.query_one("#notice", Static)
        if listed is not None:
            title.progress = f"● listing {listed:,}"
        elif not self._listing:
            title.progress = ""
        else:
            title.progress = "● listing"
        total, shown = view.counts[0], len(view.rows)
        many = f"{shown:,} of {total:,} blobs" if self.words else _blobs(shown)
        size = human_size(view.size) if view.size else ""
        order = ORDERS[view.sort]
        # Without a filter the number stands among the kinds as well.
        few = ((many,),) if self.words else ((size, order), (size,))
        known = total or not (self._listing or self._problem)
        kinds.counts, kinds.chosen = view.counts if known else None, self._kind
        kinds.summary = tuple(
            ", ".join(filter(None, parts))
            for parts in ((many, size, order), (many, size), *few)
            if total
        )
        text = self._notice()
        notice.display = text is not None
        notice.update(text or "")
        self.set_class(not view.rows, "-empty")

    def _notice(self) -> Content | None:
        """What is said instead of blobs, or above them when not all could be listed."""
        total = self._view.counts[0]
        if self._problem:
            return notices.broken(
                self._problem, self.key, some=total > 0, shown=bool(self._view.rows)
            )
        if self._view.rows or (self._listing and total):
            return None
        if self._listing:
            return Content("Listing…")
        if total:
            return notices.nothing_found(self.words, self.key)
        return notices.empty(self.row, self.app.workspace.file.path, self.key)

    @on(Table.Moved)
    def show_detail(self) -> None:
        """Say exactly what is under the cursor."""
        self.query_one(BlobDetail).blob = self.blob
        self.refresh_bindings()

    # ---- what is shown

    def _choose(self, kind: int) -> None:
        self._kind = kind
        self.rearrange()

    def action_all_kinds(self) -> None:
        """Both kinds."""
        self._choose(0)

    def action_only_flows(self) -> None:
        """Flows."""
        self._choose(1)

    def action_only_results(self) -> None:
        """Results."""
        self._choose(2)

    @on(KindBar.Chosen)
    def _kind_clicked(self, event: KindBar.Chosen) -> None:
        self._choose(event.kind)

    def action_sort(self) -> None:
        """The next order."""
        self._order(SORTS[(SORTS.index(self.table.sort) + 1) % len(SORTS)])

    @on(BlobTable.Ordered)
    def _head_clicked(self, event: BlobTable.Ordered) -> None:
        self._order(event.sort)

    def _order(self, sort: Sort) -> None:
        self.table.sort = sort
        self.rearrange()

    # ---- one blob

    def action_preview(self) -> None:
        """Look into the blob."""
        if self.blob:
            self._preview()

    @on(Table.Chosen)
    def _chosen(self) -> None:
        self.action_preview()

    @flow
    async def _preview(self) -> None:
        from tui.features.blobs.preview import PreviewScreen

        await self.app.push_screen_wait(PreviewScreen(self))

    def blob_deleted(self, blob: Listed) -> None:
        """Take it off the list."""
        self._gone.add(blob.key)
        self.rearrange()

    def action_leave(self) -> None:
        """Everything again, or back to the list of storages."""
        if self.filtering:
            self.action_clear_filter()
        else:
            self.dismiss(None)


def _blobs(count: int) -> str:
    return f"{count:,} blob" if count == 1 else f"{count:,} blobs"
