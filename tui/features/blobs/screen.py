"""The screen with the blobs of one storage: list, filter, sort, preview, download, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import events, on
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from storage_core.blobpath import is_blob_path
from storage_core.keys import KINDS
from storage_core.printable import printable
from storage_core.store import Store
from tui.features.blobs import explained, notices
from tui.features.blobs.acting import BlobCommands
from tui.features.blobs.beside import Beside
from tui.features.blobs.catalogue import Catalogue
from tui.features.blobs.commands import BROWSE
from tui.features.blobs.crumbs import trail
from tui.features.blobs.folders import FolderBar, summaries
from tui.features.blobs.goto import GoToDialog
from tui.features.blobs.preview import PreviewScreen
from tui.features.blobs.table import HEADS, BlobDetail, BlobLayout, BlobTable
from tui.features.blobs.view import BlobView
from tui.kit.bars import KeyBar, TitleBar
from tui.kit.commands import bindings
from tui.kit.filter import FilterLine
from tui.kit.screen import FullScreen
from tui.kit.table import Table
from tui.kit.workers import start_worker
from tui.session import places
from tui.session.background import run
from tui.session.listing import SORTS, Listed, View
from tui.session.store import OpenedStore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from textual.app import ComposeResult

    from tui.session.session import Session
    from tui.session.snapshot import Row

FOLDERS: Final = 1 + len(KINDS)
"""The index of the choice that shows everything below the location, by folder."""

AGES = 30.0
"""Seconds after which the ages on screen are drawn again."""


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
        self.table.heads = {column: sort for column, sort in enumerate(HEADS) if sort}
        self._filter = FilterLine(
            self.table, seek=self._seek, anchor=self._current_key, placeholder="part of the key"
        )
        self._filter.explains = explained.FILTER
        self._folders = FolderBar(("All", *map(str.capitalize, KINDS), "Folders"), id="kinds")
        self._catalogue = Catalogue(
            self,
            self._opened,
            words=lambda: self._filter.words,
            show=self._show,
            tell=self._say,
            complete=self._listed,
        )
        self._next_key: str | None = None
        """The key that the cursor goes to once it is listed."""

        self._beside = Beside(self, session, self._opened, blob=lambda: self.blob)
        self._acting = BlobCommands(
            self,
            session,
            row,
            self._opened,
            blob=lambda: self.blob,
            deleted=self._blobs_deleted,
            chosen=self._several,
        )
        self.do(
            {
                **self._acting.all(),
                **self._beside.all(),
                "preview": self._acting.on_blob(self._look_into),
                "into": self._acting.on_blob(self._look_into),
                "filter": self._filter.open,
                "sort": self._other_order,
                "all_kinds": lambda: self._choose(0),
                "only_flows": lambda: self._choose(1),
                "only_results": lambda: self._choose(2),
                "folders": lambda: self._choose(FOLDERS),
                "all_below": self._list_all_below,
                "up": self._up,
                "choose": self.table.choose,
                "choose_all": self.table.choose_all,
                "go_to": self._go_to,
                "reload": self._reload,
                "leave": self._leave,
            }
        )

    def body(self) -> ComposeResult:
        """The line of choices, notices, the list, the details."""
        yield self._folders
        with Horizontal(id="blob-panes"), Vertical(id="listing", classes="pane"):
            yield self.table
            yield Static(id="notice", markup=False)
        yield BlobDetail(id="strip")

    def on_mount(self) -> None:
        """Begin listing at once."""
        title = self.query_one(TitleBar)
        title.title = f"Storage  ›  Blobs of {printable(self._row.name)}"
        self._say_where()
        self.set_interval(AGES, self.table.refresh)
        self._reload()

    def on_unmount(self) -> None:
        """Close the store, without waiting for that."""
        run(self._opened.leave)

    @on(events.Resize)
    @on(events.ScreenResume)
    def _fit(self) -> None:
        """Show or hide the preview beside the list, as there is room."""
        self._beside.fit()
        self._say_where()
        self._say()

    @on(events.ScreenSuspend)
    def _covered(self) -> None:
        self._beside.leave()

    @on(BlobView.Changed)
    def _looked_into(self) -> None:
        self._beside.entitle()
        self.refresh_bindings()

    def can(self, command: str) -> bool:
        """While a person types in the filter, its key is a character like any other."""
        if command == "filter" and self._filter.typing:
            return False
        if command == "up":
            return bool(self._catalogue.folder)
        if command == "into":
            return self.blob is not None and self.blob.is_folder
        return self._beside.can(command) and super().can(command)

    def why_not(self, command: str) -> str:
        """Why a command cannot work now: there may be no blob."""
        return self._acting.why_not(command)

    @property
    def blob(self) -> Listed | None:
        """The blob under the cursor."""
        return self.table.current

    @property
    def _framed(self) -> bool:
        """Whether panes have frames."""
        return not (self.has_class("-short") or self.has_class("-narrow"))

    def _several(self) -> Sequence[Listed]:
        """The chosen blobs, which commands work on instead."""
        return self.table.chosen_rows if self.table.chosen else ()

    # ---- listing

    def _reload(self) -> None:
        """List everything again."""
        self._beside.reload()
        start_worker(self, self._list, group="load", exclusive=True)

    async def _list(self) -> None:
        await self._catalogue.load()
        self._next_key = None

    def _listed(self, blobs: tuple[Listed, ...], folder: str | None) -> None:
        """Keep the newest blobs of a complete listing."""
        if folder is None:
            self._session.seen(self._row, blobs)

    def _seek(self) -> None:
        """Show what matches the new words of the filter."""
        self._filter.settled.clear()
        self._catalogue.rearrange()

    def _show(self, view: View, words: str) -> None:
        table, sought = self.table, not self._filter.settled.is_set()
        key = self._filter.before if sought else self._next_key or self._current_key()
        place = view.places.get(key or "")
        if place is None:
            near = key is not None and not sought
            place = min(table.cursor, len(view.rows) - 1) if near else 0
        elif key == self._next_key:
            self._next_key = None
        self._layout_of_blobs.view = view
        table.show(view.rows, place)
        self._say()
        if self._filter.words == words:
            self._filter.settled.set()

    def _current_key(self) -> str | None:
        """The key under the cursor; None at the top, where the cursor stays when rows change."""
        blob = self.table.current
        return blob.key if blob and self.table.cursor > 0 else None

    # ---- what is said

    def _say(self, listed: int | None = None) -> None:
        """Update all texts around the list."""
        catalogue, words = self._catalogue, self._filter.words
        view, title = catalogue.view, self.query_one(TitleBar)
        if listed is not None:
            title.progress = f"● listing {listed:,}"
        else:
            title.progress = "● listing" if catalogue.listing else ""
        known = view.total or not (catalogue.listing or catalogue.problem)
        kinds = known and catalogue.folder is None
        self._folders.counts = (view.total, *view.counts) if kinds else ()
        said = summaries(view, words, self._several(), by_folder=catalogue.is_by_folder)
        pane = self.query_one("#listing")
        self._folders.summary = () if self._framed else said
        pane.border_subtitle = Content(said[0] if said and self._framed else "")
        notice, text = self.query_one("#notice", Static), self._notice()
        notice.display = text is not None
        notice.update(text or "")
        self.set_class(not view.rows, "-empty")

    def _notice(self) -> Content | None:
        """The notice in place of blobs, or above them if the listing failed."""
        catalogue = self._catalogue
        total, shown = catalogue.view.total, bool(catalogue.view.rows)
        if catalogue.problem:
            return notices.broken(catalogue.problem, self.key, some=total > 0, shown=shown)
        if shown or (catalogue.listing and total):
            return None
        if catalogue.listing:
            return Content("Listing…")
        if total:
            return notices.nothing_found(self._filter.words, self.key)
        if catalogue.folder is not None:
            return notices.empty_folder(catalogue.folder, self.key)
        return notices.empty(self._row, self._session.workspace.file.source, self.key)

    def _say_where(self) -> None:
        """Show the location and the folder, in the title and as a path to click."""
        location, folder = self._row.location, self._catalogue.folder
        where = f"{location.rstrip('/')}/{folder}" if folder else location
        self.query_one(TitleBar).note = where
        pane = self.query_one("#listing")
        pane.border_title = trail(location, folder, max(20, pane.size.width))
        # Without frames, the path gets a line of its own.
        pane.set_class(folder is not None or self._beside.shown, "-lined")

    @on(Table.Chose)
    def _chose(self) -> None:
        """Show that other blobs are chosen."""
        self._say()
        self.refresh_bindings()

    @on(Table.Moved)
    def _moved(self) -> None:
        """Show the details of the blob under the cursor, and preview it."""
        self.query_one(BlobDetail).blob = self.blob
        is_folder = self.blob is not None and self.blob.is_folder
        self.query_one(KeyBar).called = {"preview": "Open"} if is_folder else {}
        self._beside.follow()
        self.refresh_bindings()

    # ---- what is shown

    def _choose(self, place: int) -> None:
        before, self._folders.chosen = self._folders.chosen, place
        self._catalogue.kind = KINDS[place - 1] if 0 < place < FOLDERS else None
        if place < FOLDERS and before < FOLDERS:
            self._catalogue.rearrange()
        elif place < FOLDERS:
            self._enter(None)
        elif self._catalogue.deep:
            self._enter(self._catalogue.folder)
        elif before < FOLDERS or self._catalogue.folder:
            self._enter("")

    def _list_all_below(self) -> None:
        """List the content of all folders below the folder."""
        self._choose_folders()
        self._enter(self._catalogue.folder or "", deep=True)

    def _choose_folders(self) -> None:
        self._folders.chosen, self._catalogue.kind = FOLDERS, None

    def _enter(self, folder: str | None, *, at: str | None = None, deep: bool = False) -> None:
        """List a folder, the cursor on the path `at`; None lists the blobs of the store."""
        self._next_key = at
        self._catalogue.enter(folder, deep=deep)
        self._folders.rename(FOLDERS, "Files" if deep else "Folders")
        self.table.choose_none()
        # The head of the table stays as it is.
        layout = self._layout_of_blobs
        layout.by_folder = folder is not None
        layout.view = layout.view._replace(rows=(), places={}, blobs={})
        self.table.show((), 0)
        if self._filter.active:
            self._filter.clear()
        self._say_where()
        self._reload()

    def _look_into(self, blob: Listed) -> Awaitable[None] | None:
        """Enter a folder, or preview a blob."""
        if not blob.is_folder:
            return self._preview()
        if is_blob_path(blob.key):
            self._enter(blob.key)
        else:
            self.app.say("A folder of this name cannot be opened.", severity="warning")
        return None

    def _up(self) -> None:
        """List the folder above."""
        if folder := self._catalogue.folder:
            self._enter(folder.rpartition("/")[0], at=folder)

    async def _go_to(self) -> None:
        """Ask for a folder and list it."""
        catalogue, id = self._catalogue, self._row.id
        been = await self._session.jobs.run("", lambda: places.places(id))
        folder = catalogue.folder or ""
        known = catalogue.folders() if catalogue.is_by_folder and not catalogue.listing else None
        found = await self.ask(GoToDialog(self._session.jobs, self._opened, folder, known, been))
        if found is not None:
            self._remember_folder(found)
            self._choose_folders()
            self._enter(found)

    def _remember_folder(self, folder: str | None) -> None:
        """Remember a visited folder, to be offered by `_go_to`."""
        if folder:
            id = self._row.id
            self._session.jobs.start("", lambda: places.visited(id, folder))

    def on_key(self, event: events.Key) -> None:
        """Go up by Backspace too, unless a command is remapped to it."""
        if event.key == "backspace" and self.can("up"):
            event.stop()
            self._up()

    def action_crumb(self, depth: int) -> None:
        """List the folder that is `depth` names deep in the path shown."""
        folder = self._catalogue.folder
        above = "/".join((folder or "").split("/")[:depth])
        if folder != above or folder is None:
            self._choose_folders()
            self._enter(above, at=folder)

    @on(FolderBar.Chosen)
    def _folder_clicked(self, event: FolderBar.Chosen) -> None:
        self._choose(event.place)

    @on(Table.HeadClicked)
    def _head_clicked(self, event: Table.HeadClicked) -> None:
        if sort := HEADS[event.column]:
            # A second click reverses the order.
            catalogue = self._catalogue
            again = sort == catalogue.view.sort and not catalogue.reverse
            catalogue.order(sort, reverse=again)

    def _other_order(self) -> None:
        self._catalogue.order(SORTS[(SORTS.index(self._catalogue.sort) + 1) % len(SORTS)])

    # ---- one blob

    @on(Table.Opened)
    async def _chosen(self) -> None:
        await self.run_action("run('preview')")

    async def _preview(self) -> None:
        await self.ask(
            PreviewScreen(self._session, self._row, self._opened, self.table, self._blobs_deleted)
        )

    def _blobs_deleted(self, blobs: Sequence[Listed]) -> None:
        """Remove deleted blobs from the list."""
        self.table.choose_none()
        self._catalogue.forget(blobs)

    def _leave(self) -> None:
        """Show everything again, or else go back to the list of storages."""
        if self.table.choose_none():
            return
        if self._filter.active:
            self._filter.clear()
        else:
            self._remember_folder(self._catalogue.folder)
            self.dismiss(None)
