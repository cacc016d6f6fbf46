"""The first screen: the list of configurations beside the details of the one under the cursor."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from tui.features.configurations import welcomes
from tui.features.configurations.browsing import BrowseCommands
from tui.features.configurations.changes import ChangeCommands
from tui.features.configurations.detail import Detail, lines_of
from tui.features.configurations.filtering import FilterCommands
from tui.features.configurations.open_file import OpenFileCommands
from tui.features.configurations.safekeeping import SafekeepingCommands
from tui.features.configurations.table import ConfigurationTable
from tui.features.configurations.testing import TestCommands
from tui.kit import commands
from tui.kit.bars import TitleBar
from tui.kit.filter import FilterLine
from tui.kit.table import Table
from tui.kit.text import printable
from tui.session.snapshot import Row, Snapshot


class ConfigurationsScreen(
    ChangeCommands,
    OpenFileCommands,
    SafekeepingCommands,
    TestCommands,
    BrowseCommands,
    FilterCommands,
):
    """The list and the details. What its commands do is in the classes it is made of."""

    declared: ClassVar = commands.LIST
    BINDINGS: ClassVar = [
        *commands.bindings(commands.FILTER),
        *commands.bindings(commands.LIST),
        Binding("l", "focus_detail", show=False),
        Binding("h", "focus_list", show=False),
    ]
    AUTO_FOCUS = "ConfigurationTable"

    def __init__(self) -> None:
        super().__init__()
        self._wanted: str | None = None

    def body(self) -> ComposeResult:
        """A line for what is wrong with the file, the list, the details."""
        yield Static(id="banner", markup=False)
        with Horizontal(id="panes"):
            with Vertical(id="left"):
                yield ConfigurationTable(self.app.workspace.results, id="list")
                yield Static(id="welcome", markup=False)
            yield Detail(id="detail")

    def on_mount(self) -> None:
        """Draw the file whenever it is read."""
        self.app.loaded.subscribe(self, self._loaded)
        if self.app.idle.is_set():
            # It was read before this screen was there.
            self._loaded(self.app.snapshot)

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.table.current

    def select(self, name: str) -> None:
        """Put the cursor on a configuration, now or as soon as it is read."""
        self._wanted = name
        self.fill()

    def _loaded(self, snapshot: Snapshot) -> None:
        banner = self.query_one("#banner", Static)
        warnings = list(snapshot.notes)
        if snapshot.read_only:
            warnings.insert(0, f"Nothing can be changed here: {snapshot.read_only}.")
        if snapshot.exposed is not None:
            key = self.key("make_private", "F")
            warnings.append(
                f"Mode {snapshot.exposed:04o}: others can see secrets. {key} makes it private."
            )
        banner.update("\n".join(f"⚠ {warning}" for warning in warnings))
        banner.display = bool(warnings)
        if snapshot.problem and self.query(FilterLine):
            self.action_clear_filter()
        self.fill()

    def changed_elsewhere(self) -> str:
        """The list shows it already."""
        snapshot = self.app.snapshot
        if snapshot.problem or snapshot.stamp is None:
            return super().changed_elsewhere()
        return "The file was changed elsewhere; this is what it says now."

    def fill(self, *, sought: bool = False) -> None:
        """Draw the rows that are found, the cursor on the one it was on."""
        current = self.row.key if self.row else None
        if sought:
            current = self.before
        rows = self.found()
        wanted = self._wanted if any(row.key == self._wanted for row in rows) else current
        if wanted == self._wanted:
            self._wanted = None
        place = next((index for index, row in enumerate(rows) if row.key == wanted), None)
        if place is None:
            # What was selected is gone: stay near.
            place = min(self.table.cursor, len(rows) - 1) if current and not sought else 0
        self.table.show(rows, place)
        self._tell(rows)

    def _tell(self, rows: list[Row]) -> None:
        """How many rows there are, and what stands in their place where there are none."""
        snapshot = self.app.snapshot
        for line in self.query(FilterLine):
            line.tell(sum(not row.built_in for row in rows), snapshot.count)
        welcome = self.query_one("#welcome", Static)
        nothing = bool(self.words) and not rows
        if snapshot.problem:
            welcome.update(welcomes.unreadable(snapshot, self.key))
        elif nothing:
            welcome.update(welcomes.nothing_found(self.words))
        elif snapshot.count == 0:
            welcome.update(welcomes.newcomer(snapshot, self.key))
        welcome.display = bool(snapshot.problem) or nothing or snapshot.count == 0
        self.set_class(welcome.display and not nothing, "-empty")
        self.set_class(bool(snapshot.problem), "-broken")
        self.set_class(nothing, "-nothing")
        if self.focused is None and not self.has_class("-broken"):
            # The list was not there to have it.
            self.call_after_refresh(self.action_focus_list)

    @on(Table.Moved)
    def show_detail(self) -> None:
        """Draw what is under the cursor."""
        detail, row = self.query_one(Detail), self.row
        if row is None:
            detail.show([])
            return
        workspace, now = self.app.workspace, datetime.now()  # noqa: DTZ005
        result = workspace.results.get(row.id)
        detail.show(lines_of(row, result, workspace.shown_path, now, self.key))
        self.refresh_bindings()

    @on(Table.Chosen)
    def _chosen(self) -> None:
        self.action_edit()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What cannot work now is dimmed; see `why_not`."""
        if action in ("keep_filter", "into_list"):
            return self.typing
        if action == "filter" and self.typing:
            return None  # There, the key is a character like any other.
        return None if self.why_not(action) else True

    def why_not(self, action: str) -> str:
        """In one line, for each command of the list."""
        snapshot, history = self.app.snapshot, self.app.workspace.history
        if snapshot.problem and action in _ON_A_FILE:
            opens = f"The file cannot be read; {self.key('open_file', 'o')} opens it in your editor"
            if snapshot.versions:
                return f"{opens}, {self.key('versions', 'v')} brings an earlier version back."
            return f"{opens}."
        if reason := super().why_not(action):
            return reason
        if action == "open_file" and snapshot.stamp is None and not snapshot.problem:
            return f"There is no configuration file yet; {self.key('new', 'n')} creates it."
        if action == "undo" and not history.done:
            return "Nothing to undo."
        if action == "redo" and not history.undone:
            return "Nothing to redo."
        if action == "make_private" and snapshot.exposed is None:
            return "Nobody else can see a secret in this file."
        if action == "test_all" and all(row.built_in or row.problem for row in snapshot.rows):
            return f"There is nothing to test yet; {self.key('new', 'n')} creates a configuration."
        return self._why_not_on_row(action) if action in _ON_A_ROW else ""

    def _why_not_on_row(self, action: str) -> str:
        row = self.row if self.is_mounted else None
        if row is None:
            return "Nothing is selected."
        if row.built_in:
            if action == "copy_id":
                return "Temporary Local Storage is built in and has no ID."
            if action == "default" and row.default:
                return "Temporary Local Storage is used already."
            if action not in _ON_BUILT_IN:
                key = self.key("new", "n")
                return f"Temporary Local Storage is built in; {key} creates one of your own."
        elif row.problem and action not in _ON_BROKEN:
            key = self.key("edit", "e")
            return f"{printable(row.name)} has to be mended first; {key} opens it."
        elif action == "move_secret" and not row.plain:
            return f"No secret of {printable(row.name)} stands in the file."
        return ""

    # ---- connection tests

    def result_changed(self, row: Row) -> None:
        """Draw the mark and the details."""
        self.table.refresh()
        self.show_detail()

    def begin(self, row: Row) -> None:
        """Mark it as being tested."""
        self.table.testing.add(row.id)
        self.table.refresh()

    def finish(self, row: Row) -> None:
        """Mark how it ended."""
        self.table.testing.discard(row.id)
        self.result_changed(row)

    def show_progress(self, done: int, of: int) -> None:
        """A bar in the title."""
        filled = round(20 * done / of) if of else 0
        bar = "━" * filled + "╌" * (20 - filled)
        # None when the app is being left meanwhile.
        for title in self.query(TitleBar):
            title.progress = f"testing {bar} {done} of {of}" if of else ""

    def action_focus_list(self) -> None:
        """To the list."""
        self.table.focus()

    def action_focus_detail(self) -> None:
        """To the details."""
        self.query_one(Detail).focus()

    def action_reload(self) -> None:
        """Read the file again."""
        self.app.run_worker(self.app.reload(), group="load")


_ON_A_ROW = {
    *("edit", "duplicate", "rename", "delete", "default", "test", "browse"),
    *("copy_id", "copy_snippet", "move_secret"),
}
_ON_BUILT_IN = {"default", "test", "browse", "copy_snippet"}
_ON_BROKEN = {"edit", "rename", "delete", "copy_id"}
_CHANGING = {command.name for command in commands.LIST if command.changes}
_ON_A_FILE = _ON_A_ROW | _CHANGING | {"filter", "sort", "test_all", "make_private"}
