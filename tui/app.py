"""`StorageApp`: the app that the bare command `storage` opens."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Callable, Mapping
from concurrent.futures import wait
from functools import partial
from importlib import import_module
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import work

from storage_core.keyrings import never_ask
from storage_core.paths import command
from storage_core.printable import printable
from tui.kit.app import STYLES, KitApp
from tui.kit.preload import preload
from tui.kit.routes import Routes
from tui.kit.screen import FullScreen
from tui.kit.workers import start_worker
from tui.session.background import in_thread, run
from tui.session.garbage import collect_all, only_on_request
from tui.session.session import Session

if TYPE_CHECKING:
    from types import ModuleType

    from textual.screen import Screen
    from textual.worker import Worker

    from tui.session.snapshot import Snapshot

HERE: Final = Path(__file__).parent

ROUTES: Final = {
    "blobs": "tui.features.blobs.screen:BrowseScreen",
    "check": "tui.features.check.dialog:CheckDialog",
    "choose type": "tui.features.form.picker:TypePicker",
    "doctor": "tui.features.doctor.screen:DoctorScreen",
    "export": "tui.features.exporting.dialog:ExportDialog",
    "form": "tui.features.form.screen:FormScreen",
    "help": "tui.features.help.keys:HelpDialog",
    "jump": "tui.kit.jump:jump",
    "import": "tui.features.importing.screen:ImportScreen",
    "move secrets": "tui.features.secrets.move:move_secrets",
    "palette": "tui.features.help.palette:CommandSearch",
    "theme": "tui.features.help.palette:ThemeSearch",
    "versions": "tui.features.versions.restore:restore",
}
"""What features can open, by name."""

NEEDED_SOON: Final = (
    "tui.features.form.screen",
    "tui.features.form.picker",
    "tui.features.help.keys",
    "tui.features.check.dialog",
    "tui.features.versions.restore",
    "tui.kit.ask",
    "tui.kit.jump",
    "tui.kit.line_input",
    "storage_core.config.model.revision",
    "storage_core.config.transaction",
)
"""Modules that the first keys would otherwise have to wait for."""

FIRST_READ: Final = 0.25
"""The most seconds that the first frame waits for the configuration file."""

POLL: Final = 1.0
"""Seconds between two checks of the file on disk."""

ALONE: Final = 60.0
"""Seconds without a key or the mouse after which the app counts as left alone."""


class StorageApp(KitApp):
    """The full-screen app.

    Args:
        config_path: the configuration file; by default `$STORAGE_CONFIG`, else
            `$PREFECT_HOME/storage.toml`.
        few_colours: whether the terminal has no more than 16.
    """

    TITLE = "Storage"
    # The first screen's styles too: Textual does not load those by itself.
    CSS_PATH: ClassVar[Any] = [STYLES, HERE / "features" / "configurations" / "screen.tcss"]

    def __init__(
        self, config_path: str | os.PathLike[str] | None = None, *, few_colours: bool = False
    ) -> None:
        never_ask()
        self.session = Session(config_path, say=self.say, show_busy=self._show_busy)
        super().__init__(Routes(ROUTES, self.session, self._load_module), few_colours=few_colours)
        self.sub_title = self.session.workspace.shown_path
        self._leaving = False
        """Whether the app will close as soon as everything is saved."""

        self._check_due = False
        """Whether the file on disk may have changed since the last check of it began."""

        self._checker: Worker[None] | None = None
        """The last worker that checked the file."""

        self._collection_due = False
        """Whether anything was read or saved since the last full garbage collection."""

        self._keymap_notes: list[str] = []
        self.session.loaded.append(self._loaded)
        if self.session.remembered.theme in self.available_themes:
            self.theme = self.session.remembered.theme
        self._first_load = run(self.session.workspace.load)
        # Most files are read at once, so wait: nothing is on screen yet, and the thread and the
        # event loop would only slow each other down.
        wait([self._first_load], FIRST_READ)

    def _show_busy(self, what: str) -> None:
        self.busy = what

    async def _load_module(self, name: str) -> ModuleType:
        # In a thread: on the event loop, keys would wait for it.
        return await self.session.jobs.run("opening", partial(import_module, name))

    def theme_taken(self, name: str) -> None:
        """Remember the theme for the next start."""
        self.session.remember(theme=name)

    def get_default_screen(self) -> Screen[None]:
        """Make the list the first screen, with none below it."""
        from tui.features.configurations.screen import ConfigurationsScreen

        return ConfigurationsScreen(self.session)

    def on_mount(self) -> None:
        """Show the file, then check it for changes from time to time."""
        self.theme_changed_signal.subscribe(self, lambda _: self.theme_taken(self.chosen_theme))
        self.screen_change_signal.subscribe(self, lambda _: self._screen_changed())
        if self._first_load.done():
            # Before the screen is laid out, so that its first frame is complete.
            self.session.show(self._first_load.result())
            self.session.jobs.idle.set()
        start_worker(self, self._start, group="load")
        self.set_interval(POLL, self._poll)

    async def _start(self) -> None:
        if not self.session.jobs.idle.is_set():
            self.session.show(await self.session.jobs.run("reading", self._first_load.result))
        self.call_after_refresh(lambda: start_worker(self, self._preload, group="warm"))

    async def _preload(self) -> None:
        await preload(self, sorted(HERE.rglob("*.tcss")))
        await in_thread(_load_needed)
        only_on_request()

    # ---- the file

    def _loaded(self, snapshot: Snapshot) -> None:
        self._collection_due = True
        found = snapshot.configurations
        keys, notes = _remapped(found.tables if found is not None else {})
        self.remap(keys)
        if notes != self._keymap_notes:
            self._keymap_notes = notes
            if len(notes) > 1:
                # One message for each would cover the screen.
                lists = command("validate", self.session.workspace.file.source)
                notes = [f"[app.keys] has {len(notes)} mistakes; `{printable(lists)}` lists them."]
            for note in notes:
                self.say(note, severity="warning")
        self.refresh_bindings()

    def _poll(self) -> None:
        self.look_at_terminal()
        if self.session.jobs.idle.is_set():
            self._check_due = True
            if self._checker is None or self._checker.is_finished:
                self._checker = self._check_file()
        if self._collection_due and monotonic() - self.touched > ALONE:
            self._collection_due = False
            self._collect(collect_all)

    @work(group="poll")
    async def _check_file(self) -> None:
        # One check after the other. If each poll replaced the check in progress, none would ever
        # finish on a disk where a check takes longer than the time between polls.
        while self._check_due:
            self._check_due = False
            await self._check_once()

    async def _check_once(self) -> None:
        session = self.session
        found = session.snapshot.configurations
        stamp = await in_thread(lambda: session.workspace.stamp(found))
        if stamp != session.snapshot.stamp and session.jobs.idle.is_set():
            before = session.snapshot
            await session.reload()
            if not session.snapshot.says_the_same(before):
                screens = [each for each in self.screen_stack if isinstance(each, FullScreen)]
                self.say(screens[-1].changed_elsewhere(session.changed_elsewhere()))

    # ---- leaving

    async def action_quit(self) -> None:
        """Leave once everything is saved; when asked a second time, at once."""
        if self._leaving or not self.session.saving:
            await super().action_quit()
            return
        self._leaving = True
        self.say("Saving first; Ctrl+Q again leaves at once.", severity="warning")
        start_worker(self, self._leave_saved, group="quit")

    async def _leave_saved(self) -> None:
        while jobs := self.session.jobs.called("saving"):
            await asyncio.wait(jobs)
            if any(job.exception() for job in jobs):
                # The screen that saves says why, and still has what was entered.
                self._leaving = False
                return
        self.exit()

    def stop(self, code: int) -> None:
        """End with this exit code once everything is saved; when asked a second time, at once."""
        if self._leaving or not self.session.saving:
            self.exit(return_code=code)
            return
        self._leaving = True
        start_worker(self, self._stop_saved, code, group="quit")

    async def _stop_saved(self, code: int) -> None:
        while jobs := self.session.jobs.called("saving"):
            await asyncio.wait(jobs)
        self.exit(return_code=code)

    # ---- garbage

    def _screen_changed(self) -> None:
        self.keys.look_again()
        # Back on the list: once it has been drawn, collect the closed screen, whose objects refer
        # to each other.
        if len(self.screen_stack) == 1:
            self.set_timer(POLL, lambda: self._collect(gc.collect))

    @work(group="collect", exclusive=True)
    async def _collect(self, how: Callable[[], object]) -> None:
        await in_thread(how)


def _load_needed() -> None:
    from storage_core.types import all_types
    from tui.session import draft

    for name in NEEDED_SOON:
        import_module(name)
    for cls in all_types():
        draft.prepare(cls)


def _remapped(tables: Mapping[str, Any]) -> tuple[dict[str, str], list[str]]:
    if "app" not in tables:
        return {}, []
    # Imported only here: most files remap no key, and loading all commands takes 3 ms.
    from tui.features.commands import keymap

    return keymap(tables)
