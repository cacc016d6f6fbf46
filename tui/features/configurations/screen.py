"""The first screen: the list of configurations beside the details of the one under the cursor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from textual import events, on
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from storage_core.printable import printable
from tui.features.configurations import explained, welcome
from tui.features.configurations.changes import Changes
from tui.features.configurations.commands import LIST
from tui.features.configurations.detail import Detail, lines_of
from tui.features.configurations.editing import Editing
from tui.features.configurations.file import FileCommands
from tui.features.configurations.rows import Rows
from tui.features.configurations.several import Several, can_export
from tui.features.configurations.sharing import Sharing
from tui.features.configurations.table import SORTED_BY, ConfigurationLayout
from tui.features.configurations.testing import Testing
from tui.features.configurations.why_not import why_not
from tui.kit import preload, steps
from tui.kit.bars import KeyBar, TitleBar
from tui.kit.commands import bindings
from tui.kit.filter import FilterLine
from tui.kit.screen import FullScreen
from tui.kit.table import Table
from tui.kit.text import one_word
from tui.kit.workers import start_worker

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.content import Content

    from tui.features.configurations.room.room import Room
    from tui.session.session import Session
    from tui.session.snapshot import Row, Snapshot


ROOMY: Final = (110, 30)
"""Columns and rows of the smallest terminal that has the room below the list."""

ROOM_FOR_ALL: Final = 36
"""Rows of a terminal that has it however many configurations there are."""

BESIDE_ROOM: Final = 20
"""Rows of a terminal with the room that the list cannot use."""

_MINUTE: Final = 60.0
"""Seconds after which the ages of tests are others."""


class Place(NamedTuple):
    """A row that the command palette can go to."""

    name: str
    badge: str
    location: str
    sought: str
    """The text that is searched."""

    go: Callable[[], None]


class ConfigurationsScreen(FullScreen[None]):
    """The list and the details."""

    declared: ClassVar = LIST
    BINDINGS: ClassVar = [
        *bindings(LIST),
        Binding("escape", "clear_filter", show=False),
        Binding("l", "next_pane(1)", show=False),
        Binding("h", "next_pane(-1)", show=False),
    ]
    moving: ClassVar = (
        *Table.moving,
        ("h l  Tab", "from pane to pane: list, details, tests …"),
    )
    AUTO_FOCUS = "#list"

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.testing: set[str] = set()
        """IDs of configurations whose connection is being tested."""

        self.table: Table[Row] = Table(
            ConfigurationLayout(
                session.result,
                self.testing,
                lambda: session.remembered,
            ),
            id="list",
        )
        self.table.heads = SORTED_BY
        self.table.explains = explained.LIST
        self._filter = FilterLine(
            self.table,
            seek=lambda: self.rows.fill(sought=True),
            anchor=lambda: self.row.key if self.row else None,
            placeholder="name, type, location, ID or #tag",
            counts=True,
        )
        self._filter.explains = explained.FILTER
        self._room: Room | None = None
        self._banner = Static(id="banner", markup=False)
        self._welcome = Static(id="welcome", markup=False)
        self.rows = Rows(session, self.table, self._filter, self._show_counts)
        parts = self, session, self.rows
        changes, file = Changes(*parts), FileCommands(*parts)
        editing = Editing(*parts, make_default=changes.make_default)
        self._editing = editing
        tests = self._tests = Testing(*parts, marks=self.testing, redraw=self.redraw)
        several = Several(*parts)
        sharing = Sharing(*parts, tests=tests)
        self.do(
            {
                "new": editing.new,
                "edit": self._on_row(editing.edit),
                "duplicate": self._on_row(changes.duplicate),
                "copy_here": self._on_row(editing.copy_here),
                "rename": self._on_row(changes.rename),
                "delete": self._on_chosen(several.delete, changes.delete),
                "tag": several.tag,
                "default": self._on_row(changes.default),
                "undo": changes.undo,
                "redo": changes.redo,
                "test": self._on_chosen(tests.test_chosen, tests.test),
                "test_all": tests.test_all,
                "copy_id": several.copy_ids,
                "copy_snippet": self._on_row(self._copy_snippet),
                "open_file": file.open_file,
                "make_private": file.make_private,
                "reload": file.reload,
                "browse": self._on_row(lambda row: self.open("blobs", row)),
                "move_secret": self._on_row(lambda row: self.open("move secrets", row)),
                "import": sharing.bring,
                "export": lambda: sharing.export(several.rows(can_export)),
                "doctor": lambda: self.open("doctor"),
                "versions": lambda: self.open("versions"),
                "filter": self._filter.open,
                "sort": self.rows.sort,
                "reverse": self.rows.reverse,
                "group": self.rows.group,
                "choose": self.table.choose,
                "choose_all": self.table.choose_all,
            }
        )
        # Now, before there is anything to style.
        self._fit_room()

    def body(self) -> ComposeResult:
        """The list and the details; messages about the file are mounted when there are any."""
        with Horizontal(id="panes"):
            with Vertical(id="left", classes="pane") as left:
                left.border_title = "Configurations"
                yield self.table
            yield Detail(id="detail")

    def on_mount(self) -> None:
        """Draw the list whenever the file is read; mount the room after the first frame."""
        self.call_after_refresh(lambda: start_worker(self, self._mount_room, group="load-room"))
        self._session.loaded.append(lambda snapshot: self.call_next(self._loaded, snapshot))
        self.set_interval(_MINUTE, self.table.refresh)
        if self._session.jobs.idle.is_set():
            # The file was read before this screen existed.
            self._loaded(self._session.snapshot)

    async def _mount_room(self) -> None:
        # Imported only here: it would delay the first frame.
        from tui.features.configurations.room.room import Room

        preload.read(self.app, Room.LOOKS)
        room = Room(self._session, self.testing, self.key)
        with self.app.batch_update():
            await self.mount(room, after="#panes")
            self._room = room
            # From now on it fills the space that was left free for it.
            self.add_class("-furnished")
            self._draw_room()
            steps.paint(self)
        self._session.learnt.append(self._draw_room)

    @on(events.Resize)
    def _fit_room(self) -> None:
        """Show or hide the room; without space, it replaces the details while it has the focus."""
        width, height = self.app.size
        many = self._session.snapshot.total > height - BESIDE_ROOM
        roomy = width >= ROOMY[0] and height >= ROOMY[1] and not (many and height < ROOM_FOR_ALL)
        changed = roomy != self.has_class("-roomy")
        self.set_class(roomy, "-roomy")
        turned = not roomy and self._room is not None and self._room.reads
        self.set_class(turned, "-turned")
        if changed and self.is_mounted:
            self._show_detail()

    def _draw_room(self) -> None:
        if self._room is not None:
            self._room.show(self.row)

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.table.current

    def places(self) -> list[Place]:
        """The configurations, for the command palette to go to."""
        return [
            Place(row.name, row.badge, row.location, row.sought, partial(self._go_to, row.name))
            for row in self._session.snapshot.rows
            if row.entry
        ]

    def _go_to(self, name: str) -> None:
        if self._filter.is_attached:
            self._filter.clear()
        self.rows.select(name)
        self.action_focus_list()

    def _on_row(self, act: Callable[[Row], object]) -> Callable[[], object]:
        def act_now() -> object:
            # `why_not` has checked that there is one.
            assert self.row is not None
            return act(self.row)

        return act_now

    def _on_chosen(
        self, several: Callable[[], object], one: Callable[[Row], object]
    ) -> Callable[[], object]:
        """Run `several` if several rows are chosen, else `one` on the row that is meant."""

        def act() -> object:
            chosen = self.rows.chosen
            if len(chosen) > 1:
                return several()
            return one(chosen[0]) if chosen else self._on_row(one)()

        return act

    def _loaded(self, snapshot: Snapshot) -> None:
        warnings = list(snapshot.notes)
        if snapshot.read_only:
            warnings.insert(0, f"Nothing can be changed here: {snapshot.read_only}.")
        if snapshot.exposed is not None:
            key = self.key("make_private", "F")
            warnings.append(
                f"Mode {snapshot.exposed:04o}: others can see secrets. {key} makes it private."
            )
        text = "\n".join(f"⚠ {warning}" for warning in warnings)
        if _put(self._banner, text):
            self.mount(self._banner, before="#panes")
        if snapshot.problem and self._filter.is_attached:
            self._filter.clear()
        self.table.forget({row.key for row in snapshot.rows})
        self.rows.fill()

    def changed_elsewhere(self, said: str) -> str:
        """Say only that the file was changed: the list shows the change already."""
        snapshot = self._session.snapshot
        if snapshot.problem or not snapshot.exists:
            return said
        return "The file was changed elsewhere; this is what it says now."

    def _show_counts(self) -> None:
        """Show how many rows there are, or what to do if there are none."""
        snapshot, rows = self._session.snapshot, self.rows.shown
        words = self._filter.words
        self._filter.tell(sum(not row.built_in for row in rows), snapshot.total)
        nothing = bool(words) and not rows
        text: Content | str = ""
        if snapshot.problem:
            text = welcome.unreadable(snapshot, self.key)
        elif nothing:
            text = welcome.nothing_found(words)
        elif snapshot.total == 0:
            text = welcome.newcomer(snapshot, self.key)
        # Check for what is around it: it is itself attached only some time later.
        if _put(self._welcome, text) and not self.query("#around-welcome"):
            self.query_one("#left").mount(Vertical(self._welcome, id="around-welcome"))
        self._say_chosen()
        self._fit_room()
        self.set_class(bool(text) and not nothing, "-empty")
        self.set_class(bool(snapshot.problem), "-broken")
        self.set_class(nothing, "-nothing")
        if self.focused is None and not self.has_class("-broken"):
            # The list was not shown, and could not have the focus.
            self.call_after_refresh(self.action_focus_list)

    @on(Table.Chose)
    def _say_chosen(self) -> None:
        """Show how many rows there are, in what order, and how many of them are chosen."""
        snapshot, rows = self._session.snapshot, self.rows
        count = sum(not row.built_in for row in rows.shown)
        of = f"{count:,} of {snapshot.total:,}" if count < snapshot.total else f"{count:,}"
        said = " · ".join(filter(None, (of, rows.words))) if snapshot.total else ""
        self.query_one("#left").border_subtitle = said
        chosen = len(rows.chosen)
        # In the title too, for terminals that are too small for a frame.
        title = f"Storage · {chosen:,} chosen" if chosen else "Storage"
        self.query_one(TitleBar).title = title
        self.query_one("#keys", KeyBar).called = {"test": f"Test {chosen:,}"} if chosen else {}
        self.refresh_bindings()

    @on(Table.Moved)
    def _show_detail(self) -> None:
        """Draw the details of the row under the cursor."""
        detail, row = self.query_one(Detail), self.row
        self._draw_room()
        if row is None:
            detail.show("", [], "")
            return
        now = datetime.now()  # noqa: DTZ005
        result = self._session.result(row)
        whole = not self.has_class("-roomy")
        lines = lines_of(row, result, now, self.key, whole=whole)
        detail.show(printable(row.name), lines, row.badge)
        self.refresh_bindings()

    def redraw(self, row: Row | None = None) -> None:
        """Draw the marks of tests and the details again; the test of `row` has ended."""
        self.rows.tested(row)
        if row is not None:
            self._say_chosen()
        self.table.refresh()
        self._show_detail()

    @on(Table.Opened)
    async def _chosen(self) -> None:
        await self.run_action("run('edit')")

    @on(Table.HeadClicked)
    def _head_clicked(self, event: Table.HeadClicked) -> None:
        if order := SORTED_BY.get(event.column):
            self.rows.sort_by(order)

    def _copy_snippet(self, row: Row) -> None:
        wanted = "" if row.built_in else repr(row.name)
        self.app.copy(
            "import storage_core\n\n"
            f"store = storage_core.get_store({wanted})\n"
            'key = store.write(b"...")\n'
            "data = store.read(key)\n",
            f"the Python that opens {one_word(row.name)}",
        )

    def can(self, command: str) -> bool:
        """While a person types in the filter, its key is a character like any other."""
        return not (command == "filter" and self._filter.typing) and super().can(command)

    def why_not(self, command: str) -> str:
        """Why a command of the list cannot work now; see the base class."""
        shown = self.rows.shown if command == "test_all" else ()
        chosen = self.rows.chosen
        return why_not(command, self.row, self._session, self.key, shown, chosen)

    def on_paste(self, event: events.Paste) -> None:
        """Fill a block of credentials into the form of its type."""
        from tui.session.blocks import looks_like_block

        event.prevent_default()
        if self.can("new") and looks_like_block(event.text):
            self.start(self._editing.new_from(event.text))
        else:
            self.refuse_paste()

    def action_clear_filter(self) -> None:
        """Stop all tests, or else clear the filter, or else clear the choice of rows."""
        if self._tests.stop():
            return
        if self._filter.active:
            self._filter.clear()
        else:
            self.table.choose_none()
        self.action_focus_list()

    def action_focus_list(self) -> None:
        """Give the list the focus."""
        self.table.focus()

    def action_next_pane(self, way: int) -> None:
        """Go to the next pane (1) or the one before (-1); at either end, stay."""
        panes = [self.table, self.query_one(Detail), *(self._room.panes if self._room else ())]
        at = next((at for at, pane in enumerate(panes) if pane.has_focus), 0)
        panes[max(0, min(at + way, len(panes) - 1))].focus()

    def on_descendant_focus(self) -> None:
        """Fit the room: in a small terminal it is shown only while it has the focus."""
        self._fit_room()


def _put(line: Static, text: Content | str) -> bool:
    """Show a text in a line that is mounted only if it has one; returns whether to mount it.

    Mostly it has none, and each widget less makes the first frame half a millisecond earlier.
    """
    if text or line.is_attached:
        line.update(text)
        line.display = bool(text)
    return bool(text) and not line.is_attached
