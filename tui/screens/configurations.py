"""The first screen: the list of configurations beside the details of the one under the cursor."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui import commands
from tui.screens.browsing import BrowseCommands
from tui.screens.changes import ChangeCommands
from tui.screens.safekeeping import SafekeepingCommands
from tui.screens.testing import TestCommands
from tui.state import SORTS
from tui.widgets.bars import TitleBar
from tui.widgets.configuration_table import ConfigurationTable
from tui.widgets.detail import Detail, lines_of
from tui.widgets.table import Table
from tui.workspace import Row, Snapshot


class ConfigurationsScreen(ChangeCommands, SafekeepingCommands, TestCommands, BrowseCommands):
    """The list and the details. What its commands do is in the classes it is made of."""

    declared: ClassVar = commands.LIST
    BINDINGS: ClassVar = [
        *commands.bindings(commands.LIST),
        Binding("escape", "clear_filter", show=False),
        Binding("l", "focus_detail", show=False),
        Binding("h", "focus_list", show=False),
    ]
    AUTO_FOCUS = "ConfigurationTable"

    def __init__(self) -> None:
        super().__init__()
        self._filter = ""
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
    def table(self) -> ConfigurationTable:
        """The list."""
        return self.query_one(ConfigurationTable)

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.table.current

    def select(self, name: str) -> None:
        """Put the cursor on a configuration, now or as soon as it is read."""
        self._wanted = name
        self._fill()

    def _loaded(self, snapshot: Snapshot) -> None:
        banner, welcome = self.query_one("#banner", Static), self.query_one("#welcome", Static)
        warnings = list(snapshot.notes)
        if snapshot.read_only:
            warnings.insert(0, f"Nothing can be changed here: {snapshot.read_only}.")
        if snapshot.exposed is not None:
            key = commands.shown_key(self.app.key_of("make_private") or "F")
            warnings.append(
                f"Mode {snapshot.exposed:04o}: others can see secrets. {key} makes it private."
            )
        banner.update("\n".join(f"⚠ {warning}" for warning in warnings))
        banner.display = bool(warnings)
        welcome.update(_unreadable(snapshot) if snapshot.problem else _welcome(snapshot))
        welcome.display = bool(snapshot.problem) or snapshot.count == 0
        self.set_class(welcome.display, "-empty")
        self._fill()

    def changed_elsewhere(self) -> str:
        """The list shows it already."""
        snapshot = self.app.snapshot
        if snapshot.problem or snapshot.stamp is None:
            return super().changed_elsewhere()
        return "The file was changed elsewhere; this is what it says now."

    def _fill(self) -> None:
        current = self.row.key if self.row else None
        rows = self._ordered([row for row in self.app.snapshot.rows if self._matches(row)])
        wanted = self._wanted if any(row.key == self._wanted for row in rows) else current
        if wanted == self._wanted:
            self._wanted = None
        place = next((index for index, row in enumerate(rows) if row.key == wanted), None)
        if place is None:
            # What was selected is gone: stay near.
            place = min(self.table.cursor, len(rows) - 1) if current else 0
        self.table.show(rows, place)

    def _ordered(self, rows: list[Row]) -> list[Row]:
        sort = self.app.remembered.sort
        if sort == SORTS[0]:
            return rows
        return sorted(
            rows, key=lambda row: (row.built_in, str(getattr(row, sort)).casefold(), row.name)
        )

    def _matches(self, row: Row) -> bool:
        words = self._filter.casefold().split()
        if not words:
            return True
        text = f"{row.name}\n{row.type}\n{row.location}\n{row.id}".casefold()
        return all(word in text for word in words)

    @on(Table.Moved)
    def show_detail(self) -> None:
        """Draw what is under the cursor."""
        detail, row = self.query_one(Detail), self.row
        if row is None:
            detail.show([])
            return
        result = self.app.workspace.results.get(row.id)
        detail.show(lines_of(row, result, self.app.workspace.shown_path, datetime.now()))  # noqa: DTZ005
        self.refresh_bindings()

    @on(Table.Chosen)
    def _chosen(self) -> None:
        self.action_edit()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What cannot work now is dimmed."""
        declared = next((each for each in commands.LIST if each.name == action), None)
        snapshot = self.app.snapshot
        if declared is None:
            return True
        if declared.changes and (snapshot.problem or snapshot.read_only):
            return None
        if action == "filter" and isinstance(self.focused, Input):
            return None  # There, the key is a character like any other.
        if action == "make_private":
            return True if snapshot.exposed is not None else None
        history = self.app.workspace.history
        if action == "undo":
            return True if history.done else None
        if action == "redo":
            return True if history.undone else None
        if action in _ON_A_ROW:
            row = self.row if self.is_mounted else None
            if row is None:
                return None
            if row.built_in:
                possible = action in _ON_BUILT_IN and (action != "default" or not row.default)
                return True if possible else None
            if row.problem and action not in _ON_BROKEN:
                return None
            if action == "move_secret" and not row.plain:
                return None
        return True

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

    # ---- filter and sort

    def action_filter(self) -> None:
        """Find by typing."""
        if not self.query("#filter"):
            field = Input(id="filter", compact=True, placeholder="name, type, location or ID")
            self.query_one("#left").mount(field, before=0)
        # At once: the next key may have arrived already.
        self.set_focus(self.query_one("#filter"))

    @on(Input.Changed, "#filter")
    def _filtered(self, event: Input.Changed) -> None:
        self._filter = event.value
        self._fill()

    @on(Input.Submitted, "#filter")
    def action_focus_list(self) -> None:
        """To the list."""
        self.table.focus()

    def on_key(self, event: events.Key) -> None:
        """From the filter down into what it found."""
        if event.key in ("down", "up") and isinstance(self.focused, Input):
            self.table.focus()
            event.stop()

    def action_clear_filter(self) -> None:
        """Everything again."""
        self.query("#filter").remove()
        if self._filter:
            self._filter = ""
            self._fill()
        self.table.focus()

    def action_focus_detail(self) -> None:
        """To the details."""
        self.query_one(Detail).focus()

    def action_sort(self) -> None:
        """The next order."""
        following = SORTS[(SORTS.index(self.app.remembered.sort) + 1) % len(SORTS)]
        self.app.remember(sort=following)
        self._fill()
        self.app.say("In the file's order." if following == SORTS[0] else f"Sorted by {following}.")

    def action_reload(self) -> None:
        """Read the file again."""
        self.app.run_worker(self.app.reload(), group="load")


_ON_A_ROW = {
    *("edit", "duplicate", "rename", "delete", "default", "test", "browse"),
    *("copy_id", "copy_snippet", "move_secret"),
}
_ON_BUILT_IN = {"default", "test", "browse", "copy_snippet"}
_ON_BROKEN = {"edit", "rename", "delete", "copy_id"}


def _welcome(snapshot: Snapshot) -> Content:
    return Content.assemble(
        ("No storage is configured yet\n\n", "bold $text"),
        ("Give each place that keeps results and flow code a name: a folder, a bucket, a "),
        ("container. Programs then ask for it by that name, or for the default.\n\n"),
        ("n", "bold $footer-key-foreground"),
        "  creates the first one\n",
        *_restorable(snapshot),
        ("?", "bold $footer-key-foreground"),
        "  shows every key",
    )


def _unreadable(snapshot: Snapshot) -> Content:
    return Content.assemble(
        ("⚠ The configuration file cannot be read\n\n", "bold $warning"),
        (f"{snapshot.problem}\n\n", "$text"),
        "The app leaves the file alone until it can be read, and looks again when it changes.",
        "\n\n" if snapshot.versions else "",
        *_restorable(snapshot),
    )


def _restorable(snapshot: Snapshot) -> list[str | tuple[str, str]]:
    if not snapshot.versions:
        return []
    many = snapshot.versions > 1
    some = f"one of {snapshot.versions} earlier versions" if many else "the earlier version"
    return [("v", "bold $footer-key-foreground"), f"  brings back {some} of the file\n"]
