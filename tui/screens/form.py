"""The form of one storage configuration, made from its type's declaration."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Button, Input, Select, Static

from storage_core.declaration.setting import Setting
from tui import commands, draft
from tui.background import in_thread
from tui.flow import flow
from tui.screens.base import StorageScreen
from tui.text import cut, printable
from tui.theme import MUTED
from tui.widgets.bars import TitleBar
from tui.widgets.fields import LOAD, Field, ReferenceField, TextField, field_for

if TYPE_CHECKING:
    from storage_core.config.entries import Entry
    from storage_core.declaration.configuration import StorageConfiguration

NAME = Setting(
    label="Name",
    help="What you and your programs call this storage configuration.",
    name="name",
    required=True,
    placeholder="prod-results",
)


class More(Static, can_focus=True):
    """The line that opens and closes the settings that few need."""

    class Toggled(Message):
        """It was chosen."""

    def on_click(self) -> None:
        """By mouse."""
        self.post_message(self.Toggled())

    def on_key(self, event: events.Key) -> None:
        """By keyboard."""
        if event.key in ("enter", "space"):
            event.stop()
            self.post_message(self.Toggled())


class Landing(Widget):
    """Where blobs would land, or how many settings are wrong; cut to its width as it is drawn."""

    place: reactive[str] = reactive("")
    wrong: reactive[int] = reactive(0)

    def render(self) -> Content:
        """One line."""
        if self.wrong:
            many = "One setting is" if self.wrong == 1 else f"{self.wrong} settings are"
            return Content.styled(f"✗ {many} wrong", "$error")
        shown = cut(f"{self.place}…", self.size.width - 15) if self.place else "—"
        return Content.assemble(("Blobs land at  ", MUTED), (shown, "$foreground"))


class FormScreen(StorageScreen[str | None]):
    """A new configuration, or `entry` to be edited. Its result is the name saved under, or None."""

    CSS_PATH = "form.tcss"
    declared: ClassVar = commands.FORM
    BINDINGS: ClassVar[list[Any]] = [*commands.bindings(commands.FORM)]
    AUTO_FOCUS = ""

    def __init__(self, cls: type[StorageConfiguration], entry: Entry | None = None) -> None:
        super().__init__()
        self.cls = cls
        self.entry = entry
        self._notes = [cls.note] if cls.note else []
        self._given, self._stray = self._settings_of(entry)

    def _settings_of(self, entry: Entry | None) -> tuple[dict[str, Any], list[str]]:
        """What the file says, and its keys that the type does not know."""
        given = dict(entry.settings) if entry else {}
        known = [setting.name for setting in self.cls.settings()]
        stray = [key for key in given if key not in known]
        for key in stray:
            nearest = get_close_matches(key.lower().replace("-", "_"), known, n=1)
            value = given.pop(key)
            if nearest and nearest[0] not in given and isinstance(value, str):
                given[nearest[0]] = value
                label = self.cls.setting_named(nearest[0])
                assert label is not None
                self._notes.append(f"{printable(key)} is taken for {label.label}; look at it.")
            else:
                self._notes.append(
                    f"{printable(key)} is no setting of {self.cls.label}; saving removes it."
                )
        return given, stray

    def body(self) -> ComposeResult:
        """A note, the fields, where blobs land, the buttons."""
        settings = self.cls.settings()
        yield Static("\n".join(f"⚠ {note}" for note in self._notes), id="note", markup=False)
        with VerticalScroll(id="fields", can_focus=False):
            plain = [setting for setting in settings if not setting.advanced]
            for setting in sorted(plain, key=lambda setting: not setting.required):
                yield field_for(setting, self._given.get(setting.name))
            yield TextField(NAME, self.entry.name if self.entry else None)
            yield More(id="more", markup=False)
            with Vertical(id="advanced"):
                for setting in settings:
                    if setting.advanced:
                        yield field_for(setting, self._given.get(setting.name))
        with Horizontal(id="foot"):
            yield Landing(id="landing")
            yield Button("Cancel", id="cancel", compact=True)
            yield Button("Save", id="save", compact=True)

    def on_mount(self) -> None:
        """The first field has the focus; what checks values is loaded meanwhile."""
        title = f"Edit {printable(self.entry.name)}" if self.entry else f"New {self.cls.label}"
        self.query_one(TitleBar).title = f"Storage  ›  {title}"
        self.query_one("#note").display = bool(self._notes)
        self.set_class(any(self._is_set(s) for s in self.cls.settings() if s.advanced), "-advanced")
        self._label_more()
        self.query(Field).first().focus_target.focus()
        self.run_worker(self._prepare(), group="prepare")

    def _is_set(self, setting: Setting) -> bool:
        return self._given.get(setting.name) not in (None, setting.default)

    async def _prepare(self) -> None:
        await self.app.in_background("", lambda: draft.prepare(self.cls))
        self._show_landing()
        for field in self.fields():
            if suggest := field.setting.suggest:
                found = await self.app.in_background("", lambda suggest=suggest: list(suggest()))  # type: ignore[misc]
                field.offer(found)

    def fields(self) -> list[Field]:
        """All fields, the name's included, in the order on screen."""
        return list(self.query(Field))

    def values(self) -> dict[str, Any]:
        """What is entered, by setting; without the name."""
        return {f.setting.name: f.value for f in self.fields() if f.setting is not NAME}

    @property
    def name_entered(self) -> str:
        """What is entered as the name."""
        return str(self.query_one("#field-name", Field).value)

    @property
    def changed(self) -> bool:
        """Whether anything is entered that is not saved."""
        return any(field.changed for field in self.fields())

    # ---- while it is filled in

    @on(Field.Edited)
    def _edited(self, event: Field.Edited) -> None:
        event.stop()
        event.field.show_fault(None)
        self._show_landing()

    @work(group="landing", exclusive=True)
    async def _show_landing(self) -> None:
        values = self.values()
        place = await in_thread(lambda: draft.landing(self.cls, values))
        landing = self.query_one(Landing)
        landing.wrong = len(self.query(".-wrong"))
        landing.place = printable(place)

    @on(Field.Left)
    def _left(self, event: Field.Left) -> None:
        event.stop()
        field = event.field
        if isinstance(field, ReferenceField) and field.source == LOAD:
            self._load(field)
        elif field.changed:
            self._check(field)

    def _check(self, field: Field) -> None:
        self.run_worker(self._find_fault(field), group=f"check-{field.id}", exclusive=True)

    async def _find_fault(self, field: Field) -> None:
        value = field.value
        if field.setting is NAME:
            own = self.entry.name if self.entry else None
            fault = await in_thread(
                lambda: draft.name_fault(self.app.workspace.file, value, own) if value else None
            )
        else:
            fault = await in_thread(lambda: draft.fault_of(self.cls, field.setting, value))
        if field.value == value:
            field.show_fault(fault)
            self._show_landing()

    @flow
    async def _load(self, field: ReferenceField) -> None:
        from storage_core.config.read import read_text
        from storage_core.paths import absolute

        path = field.query_one(Input).value.strip()
        if not path:
            return
        text = await self.app.in_background("reading", lambda: read_text(absolute(path)))
        if text:
            field.fill(text)
            self._check(field)
        else:
            field.show_fault("there is no such file, or it is empty")

    @on(More.Toggled)
    def action_advanced(self) -> None:
        """Show or hide the settings that few need."""
        self.toggle_class("-advanced")
        self._label_more()
        if self.has_class("-advanced"):
            first = next(field for field in self.fields() if field.setting.advanced)
            first.focus_target.focus()
        else:
            self.query_one(More).focus()

    def _label_more(self) -> None:
        count = sum(1 for setting in self.cls.settings() if setting.advanced)
        sign = "▾" if self.has_class("-advanced") else "▸"
        self.query_one(More).update(f"{sign} Advanced  ({count} more)")

    def action_reveal(self) -> None:
        """Show the secret in this field for a while."""
        field = self._focused_field()
        if field is None or not field.reveal():
            self.app.say("There is no secret in this field.")

    def _focused_field(self) -> Field | None:
        ancestors = self.focused.ancestors if self.focused else []
        return next((each for each in ancestors if isinstance(each, Field)), None)

    @on(Input.Submitted)
    def _next(self) -> None:
        self.focus_next()

    # ---- saving and leaving

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

        for field in self.fields():
            field.show_fault(None)
        name, values, entry = self.name_entered, self.values(), self.entry
        try:
            if entry is None:
                saved = await self.app.change(
                    f"new {name}", lambda file: draft.save_new(file, self.cls, values, name)
                )
            else:
                changes = self._changes()
                saved = await self.app.change(
                    f"edit {entry.name}",
                    lambda file: draft.save_edit(file, entry, changes, name, force=force),
                )
        except InvalidSettings as error:
            faults = {f.name: draft.in_labels(self.cls, f.message) for f in error.faults}
            if not name.strip():
                faults["name"] = "is required"
            self._show_faults(faults)
        except draft.WrongName as error:
            faults = await self._faults_of(values)
            self._show_faults({**faults, "name": str(error) if name.strip() else "is required"})
        except draft.ChangedMeanwhile as error:
            await self._settle(error.current)
        else:
            self.dismiss(saved)

    def _changes(self) -> dict[str, Any]:
        changed = {f.setting.name: f.value for f in self.fields() if f.changed}
        changed.pop("name", None)
        return {
            # A key that the type does not know is dropped, or has moved to the one that was meant.
            **dict.fromkeys(self._stray),
            **{s: self._given[s] for s in self._given if s not in self._own_table()},
            **{name: value if value != "" else None for name, value in changed.items()},
        }

    def _own_table(self) -> dict[str, Any]:
        return dict(self.entry.settings) if self.entry else {}

    async def _faults_of(self, values: dict[str, Any]) -> dict[str, str | None]:
        from storage_core.declaration.validation import InvalidSettings

        try:
            await in_thread(lambda: draft.configuration(self.cls, values))
        except InvalidSettings as error:
            return {f.name: draft.in_labels(self.cls, f.message) for f in error.faults}
        return {}

    def _show_faults(self, faults: dict[str, str | None]) -> None:
        wrong = [field for field in self.fields() if field.setting.name in faults]
        for field in wrong:
            field.show_fault(faults[field.setting.name])
        if any(field.setting.advanced for field in wrong):
            self.add_class("-advanced")
            self._label_more()
        if wrong:
            wrong[0].focus_target.focus()
        self._show_landing()

    async def _settle(self, current: Entry | None) -> None:
        from tui.screens.conflict import ConflictScreen

        assert self.entry is not None
        mine = {**self._given, **self._changes()}
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
        if isinstance(self.focused, Select) and self.focused.expanded:
            self.focused.expanded = False
        else:
            self._leave()

    @flow
    async def _leave(self) -> None:
        if not self.changed:
            self.dismiss(None)
            return
        from tui.screens.ask import Ask

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
        from tui.screens.probe import ProbeScreen

        values = self.values()
        try:
            tried = await self.app.in_background(
                "checking", lambda: draft.configuration(self.cls, values)
            )
        except InvalidSettings as error:
            self._show_faults({f.name: draft.in_labels(self.cls, f.message) for f in error.faults})
            return
        name = self.name_entered.strip() or self.cls.label
        await self.app.push_screen_wait(ProbeScreen(name, tried))
