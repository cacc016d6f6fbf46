"""What a form does with what is entered: save it, ask about conflicts, test it, leave."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from textual import on
from textual.widgets import Button

from storage_core.declaration.setting import Setting
from tui.features.configurations.changes import renamed
from tui.features.form.field import Field
from tui.kit.screen import StorageScreen
from tui.kit.tasks import flow
from tui.kit.text import named, printable
from tui.session import draft

if TYPE_CHECKING:
    from storage_core.config.entries import Entry
    from storage_core.declaration.configuration import StorageConfiguration
    from tui.session.workspace import TestResult

NAME = Setting(
    label="Name",
    help="What you and your programs call this storage configuration.",
    name="name",
    required=True,
    placeholder="prod-results",
)


class FilledForm(StorageScreen[str | None]):
    """A form whose fields can be asked for what is entered."""

    def __init__(self, cls: type[StorageConfiguration], entry: Entry | None) -> None:
        super().__init__()
        self.cls = cls
        self.entry = entry
        self.given: dict[str, Any] = {}
        """What the file says, by the settings that were meant."""

        self.stray: list[str] = []
        """Keys in the file that the type does not know."""

        self.filled = asyncio.Event()
        """Set when all fields are there that are to be seen at first."""

        self._tested: tuple[StorageConfiguration, TestResult] | None = None
        """The settings that were tested last, and what came of it."""

    def fields(self) -> list[Field]:
        """All fields that there are by now, the name's included, in the order on screen."""
        return list(self.query(Field))

    def values(self) -> dict[str, Any]:
        """What is entered, by setting, with absolute paths; without the name."""
        entered = {f.setting.name: f.value for f in self.fields() if f.setting is not NAME}
        return self._placed({**self.given, **entered})

    def _placed(self, values: dict[str, Any]) -> dict[str, Any]:
        return draft.placed(self.cls, values, self.given, self.app.workspace.file.path)

    @property
    def name_entered(self) -> str:
        """What is entered as the name."""
        return str(self.query_one("#field-name", Field).value)

    @property
    def changed(self) -> bool:
        """Whether anything is entered that is not saved."""
        return any(field.changed for field in self.fields())

    async def show_faults(self, faults: dict[str, str | None]) -> None:
        """Tell what is wrong, each under its field; the first gets the focus."""
        raise NotImplementedError


class SaveCommands(FilledForm):
    """Save, leave, test."""

    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Write the settings into the file."""
        self._save()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Saving needs a file that can be written."""
        snapshot = self.app.snapshot
        if action == "save" and (snapshot.problem or snapshot.read_only):
            return None
        return True

    @flow
    async def _save(self) -> None:
        await self._write(force=False)

    async def _write(self, *, force: bool) -> None:
        from storage_core.declaration.validation import InvalidSettings

        await self.filled.wait()
        for field in self.fields():
            field.show_fault(None)
        name, values, entry = self.name_entered, self.values(), self.entry
        try:
            if entry is None:
                saved = await self.app.change(
                    f"new {named(name)}",
                    lambda file: draft.save_new(file, self.cls, values, name),
                )
            else:
                changes = self._changes()
                saved = await self.app.change(
                    _label(entry.name, name, bool(changes) or entry.type != self.cls.type),
                    lambda file: draft.save_edit(file, self.cls, entry, changes, name, force=force),
                )
        except InvalidSettings as error:
            faults = {f.name: draft.in_labels(self.cls, f.message) for f in error.faults}
            if not name.strip():
                faults["name"] = "is required"
            await self.show_faults(faults)
        except draft.WrongName as error:
            faults = await self._faults_of(values)
            await self.show_faults(
                {**faults, "name": str(error) if name.strip() else "is required"}
            )
        except draft.ChangedMeanwhile as error:
            await self._settle(error.current)
        else:
            self._remember_test(saved)
            doubts = await self.in_thread(lambda: draft.doubts(self.cls, values))
            cautions = await self.in_thread(lambda: draft.cautions(self.cls, values))
            self._tell(saved, doubts, cautions)
            self.dismiss(saved)

    def _tell(self, saved: str, doubts: dict[str, str], cautions: dict[str, str]) -> None:
        old = self.entry.name if self.entry else saved
        entry = self._as_saved(saved)
        problems = entry.problems if entry else ()
        if old != saved:
            self.app.say(renamed(old, saved, self.app.snapshot))
        elif not problems:
            self.app.say(f"Saved {named(saved)}.")
        for problem in problems:
            self.app.fail(f"{printable(str(problem))}; only a text editor can mend that")
        labels = {setting.name: setting.label for setting in self.cls.settings()}
        for name, doubt in doubts.items():
            said = f"It cannot be opened yet: {labels.get(name, name)} {doubt}"
            self.app.say(said, severity="warning")
        for name, caution in cautions.items():
            said = f"{labels.get(name, name)}: {printable(caution)}"
            self.app.say(said, severity="warning")

    def _remember_test(self, saved: str) -> None:
        """What a test found out holds as long as the settings are those that were tested."""
        entry = self._as_saved(saved)
        if self._tested is None or entry is None or entry.configuration is None:
            return
        tried, result = self._tested
        if entry.configuration.given() == tried.given() and result.complete:
            self.app.workspace.results[entry.id] = result

    def _as_saved(self, name: str) -> Entry | None:
        found = self.app.snapshot.configurations
        return None if found is None else found.entries.get(name)

    def _changes(self) -> dict[str, Any]:
        changed = {f.setting.name: f.value for f in self.fields() if f.changed}
        changed.pop("name", None)
        return {
            # A key that the type does not know is dropped, or has moved to the one that was meant.
            **dict.fromkeys(self.stray),
            **self._placed({s: self.given[s] for s in self.given if s not in self._own_table()}),
            **{name: value if value != "" else None for name, value in changed.items()},
        }

    def _own_table(self) -> dict[str, Any]:
        return dict(self.entry.settings) if self.entry else {}

    async def _faults_of(self, values: dict[str, Any]) -> dict[str, str | None]:
        from storage_core.declaration.validation import InvalidSettings

        try:
            await self.in_thread(lambda: draft.configuration(self.cls, values))
        except InvalidSettings as error:
            return {f.name: draft.in_labels(self.cls, f.message) for f in error.faults}
        return {}

    async def _settle(self, current: Entry | None) -> None:
        from tui.features.form.conflict import ConflictScreen

        assert self.entry is not None
        mine = {**self.given, **self._changes()}
        answer = await self.app.push_screen_wait(ConflictScreen(self.entry, current, mine))
        if answer == "theirs":
            self.dismiss(None)
        elif answer == "mine" and current is not None:
            await self._write(force=True)
        elif answer == "mine":
            self.entry = None
            await self._write(force=False)

    @on(Button.Pressed, "#cancel")
    def action_leave(self) -> None:
        """Back to the list; asks when there are changes."""
        self._leave()

    @flow
    async def _leave(self) -> None:
        if not self.changed:
            self.dismiss(None)
            return
        from tui.kit.ask import Ask

        answer = await self.app.push_screen_wait(
            Ask(
                "Leave without saving?",
                "What you have entered is not saved yet.",
                [("keep", "Keep editing"), ("discard", "Discard"), ("save", "Save")],
                focus="keep",
            )
        )
        if answer == "discard":
            self.dismiss(None)
        elif answer == "save":
            await self._write(force=False)

    def action_try_out(self) -> None:
        """Test the connection with what the form says."""
        self._try_out()

    @flow
    async def _try_out(self) -> None:
        from storage_core.declaration.validation import InvalidSettings
        from tui.features.check.dialog import ProbeScreen

        await self.filled.wait()
        values = self.values()
        try:
            tried = await self.app.in_background(
                "checking", lambda: draft.configuration(self.cls, values)
            )
        except InvalidSettings as error:
            await self.show_faults(
                {f.name: draft.in_labels(self.cls, f.message) for f in error.faults}
            )
            return
        name = self.name_entered.strip() or self.cls.label
        self._tested = tried, await self.app.push_screen_wait(ProbeScreen(name, tried))


def _label(old: str, new: str, settings: bool) -> str:
    """What undo calls it."""
    before, after = named(old), named(new.strip())
    if old == new.strip():
        return f"edit {before}"
    return f"edit {before} and rename it to {after}" if settings else f"rename {before} to {after}"
