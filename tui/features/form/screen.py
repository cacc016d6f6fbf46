"""The form of one storage configuration, made from its type's declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Input, Static

from storage_core.declaration.table import nearest_setting
from storage_core.errors import ConfigurationError
from storage_core.paths import absolute
from tui.features.form.field import Field
from tui.features.form.fields import field_for
from tui.features.form.lines import Landing, More
from tui.features.form.reference_field import LOAD, ReferenceField
from tui.features.form.saving import NAME, SaveCommands
from tui.features.form.text_fields import TextField
from tui.kit import commands
from tui.kit.bars import TitleBar
from tui.kit.tasks import flow
from tui.kit.text import printable
from tui.session import draft

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from storage_core.config.entries import Entry
    from storage_core.declaration.configuration import StorageConfiguration
    from storage_core.declaration.setting import Setting

BATCH = 3
"""Fields that are mounted at a time, so that no callback takes longer than a key may wait."""


class FormScreen(SaveCommands):
    """A new configuration, or `entry` to be edited. Its result is the name saved under, or None."""

    CSS_PATH = "screen.tcss"
    declared: ClassVar = commands.FORM
    BINDINGS: ClassVar[list[Any]] = [*commands.bindings(commands.FORM)]
    AUTO_FOCUS = ""

    def __init__(self, cls: type[StorageConfiguration], entry: Entry | None = None) -> None:
        super().__init__(cls, entry)
        self._notes = [cls.note] if cls.note else []
        if entry and entry.type != cls.type:
            said = f"its type is {printable(entry.type)}" if entry.type else "it has no type"
            self._notes.append(f"In the file {said}; saving makes it {cls.label}.")
        self._read(entry)
        self._rest = self._plain_fields()
        self._advanced = [setting for setting in cls.settings() if setting.advanced]

    def _read(self, entry: Entry | None) -> None:
        """What the file says, and its keys that the type does not know."""
        given = dict(entry.settings) if entry else {}
        self.stray = [key for key in given if self.cls.setting_named(key) is None]
        for key in self.stray:
            value = given.pop(key)
            nearest = nearest_setting(self.cls, key)
            setting = self.cls.setting_named(nearest.name)
            free = setting is not None and setting.name not in given
            said = f"{printable(key)} is no setting of {self.cls.label}"
            if setting and free and nearest.meant and isinstance(value, str):
                given[setting.name] = value
                self._notes.append(f"{printable(key)} is taken for {setting.label}; look at it.")
            elif setting and free and nearest.alike:
                self._notes.append(f"{said}; did you mean {setting.label}? Saving removes it.")
            else:
                self._notes.append(f"{said}; saving removes it.")
        self.given = given

    def _plain_fields(self) -> Iterator[Field]:
        plain = [setting for setting in self.cls.settings() if not setting.advanced]
        for setting in sorted(plain, key=lambda setting: not setting.required):
            yield field_for(setting, self.given.get(setting.name))
        yield TextField(NAME, self.entry.name if self.entry else None)

    def body(self) -> ComposeResult:
        """A note, the first fields, where blobs land, the buttons."""
        yield Static("\n".join(f"⚠ {note}" for note in self._notes), id="note", markup=False)
        with VerticalScroll(id="fields", can_focus=False):
            yield from _some(self._rest)
            yield More(id="more", markup=False)
            yield Vertical(id="advanced")
        with Horizontal(id="foot"):
            yield Landing(id="landing")
            yield Button("Cancel", id="cancel", compact=True)
            yield Button("Save", id="save", compact=True)

    def on_mount(self) -> None:
        """The first field has the focus; the others follow, and what checks values is loaded."""
        title = f"Edit {printable(self.entry.name)}" if self.entry else f"New {self.cls.label}"
        self.query_one(TitleBar).title = f"Storage  ›  {title}"
        self.query_one("#note").display = bool(self._notes)
        self.query_one("#advanced").display = False
        self._label_more()
        self.query(Field).first().focus_target.focus()
        self.run_worker(self._fill(), group="prepare")

    def _is_set(self, setting: Setting) -> bool:
        return self.given.get(setting.name) not in (None, setting.default)

    async def _fill(self) -> None:
        more = self.query_one(More)
        while fields := _some(self._rest):
            await self.query_one("#fields").mount_all(fields, before=more)
        if any(map(self._is_set, self._advanced)):
            await self._open_advanced()
        self.filled.set()
        await self.app.in_background("", lambda: draft.prepare(self.cls))
        self._show_landing()
        await self._offer(self.fields())

    async def _offer(self, fields: Sequence[Field]) -> None:
        for field in fields:
            if suggest := field.setting.suggest:
                found = await self.app.in_background("", lambda suggest=suggest: list(suggest()))  # type: ignore[misc]
                field.offer(found)

    def changed_elsewhere(self) -> str:
        """The form is not the file: it stays as it is."""
        return (
            f"{super().changed_elsewhere()} The form keeps what you have entered; "
            "saving compares the two."
        )

    # ---- while it is filled in

    @on(Field.Edited)
    def _edited(self, event: Field.Edited) -> None:
        event.stop()
        event.field.show_fault(None)
        event.field.show_doubt(None)
        self._show_landing()

    @work(group="landing", exclusive=True)
    async def _show_landing(self) -> None:
        values = self.values()
        place = await self.in_thread(lambda: draft.landing(self.cls, values))
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
        value, values = field.value, self.values()
        doubt: str | None = None
        if field.setting is NAME:
            own = self.entry.name if self.entry else None
            fault = await self.in_thread(
                lambda: draft.name_fault(self.app.workspace.file, value, own) if value else None
            )
        else:
            fault = await self.in_thread(lambda: draft.fault_of(self.cls, field.setting, value))
            found = await self.in_thread(
                lambda: {**draft.cautions(self.cls, values), **draft.doubts(self.cls, values)}
            )
            doubt = found.get(field.setting.name)
            for other in self.fields():
                # A bucket's name is in doubt only until there is an endpoint.
                if other.setting.name not in found:
                    other.show_doubt(None)
        if field.value == value:
            field.show_fault(fault)
            field.show_doubt(doubt)
            self._show_landing()
            if fault or doubt:
                self._keep_in_sight(field)

    @flow
    async def _load(self, field: ReferenceField) -> None:
        path = field.input.value.strip()
        if not path:
            return
        try:
            text = await self.app.in_background("reading", lambda: draft.text_of(absolute(path)))
        except ConfigurationError as error:
            field.show_fault(printable(str(error)))
            self._keep_in_sight(field)
        else:
            field.fill(text)
            self._check(field)

    async def show_faults(self, faults: dict[str, str | None]) -> None:
        """Tell what is wrong, each under its field; the first gets the focus."""
        if any(setting.name in faults for setting in self._advanced):
            await self._open_advanced()
        wrong = [field for field in self.fields() if field.setting.name in faults]
        for field in wrong:
            field.show_fault(faults[field.setting.name])
        if wrong:
            self._go_to(wrong[0])
        self._show_landing()

    # ---- the settings that few need

    @on(More.Toggled)
    @flow
    async def action_advanced(self) -> None:
        """Show or hide the settings that few need."""
        await self.filled.wait()
        if self._advanced_shown:
            self.query_one("#advanced").display = False
            self._label_more()
            self.query_one(More).focus()
        else:
            await self._open_advanced()
            self._go_to(self.query("#advanced Field").first(Field))

    @property
    def _advanced_shown(self) -> bool:
        return bool(self.query_one("#advanced").display)

    async def _open_advanced(self) -> None:
        box = self.query_one("#advanced")
        box.display = True
        self._label_more()
        if not box.children:
            rest = (field_for(each, self.given.get(each.name)) for each in self._advanced)
            while fields := _some(rest):
                await box.mount_all(fields)
            if self.filled.is_set():
                await self._offer(list(box.query(Field)))

    def _label_more(self) -> None:
        shown = self._advanced_shown
        entered = self.query("#advanced Field").results(Field)
        count = 0 if shown else sum(f.value not in ("", None, f.setting.default) for f in entered)
        some = f", {count} set" if count else ""
        sign, some = ("▾", "") if shown else ("▸", f" more{some}")
        self.query_one(More).update(f"{sign} Advanced  ({len(self._advanced)}{some})")

    # ---- moving

    def _go_to(self, field: Field) -> None:
        # Textual would put it into the middle, now and then: where it is not in sight just then.
        field.focus_target.focus(scroll_visible=False)
        self._keep_in_sight(field)

    def on_descendant_focus(self) -> None:
        """Textual sees to it that the editor is in sight; what is said below it matters too."""
        self._keep_in_sight()

    def _keep_in_sight(self, *fields: Field) -> None:
        """Scroll so that these fields are seen whole, and before all the one with the focus."""

        def scroll() -> None:
            focused = self._focused_field()
            for field in (*fields, *([focused] if focused else [])):
                field.scroll_visible(animate=False, immediate=True)

        # What has just been mounted, or says more than before, has its place only then.
        self.call_after_refresh(scroll)

    def action_reveal(self) -> None:
        """Show the secret in this field for a while."""
        field = self._focused_field()
        if field is None or not field.reveal():
            self.app.say("There is no secret in this field.")

    def action_source(self) -> None:
        """List where the value of this field can be kept."""
        field = self._focused_field()
        if field is None or not field.choose_source():
            self.app.say("The value of this field is always kept in the file.")

    def _focused_field(self) -> Field | None:
        ancestors = self.focused.ancestors if self.focused else []
        return next((each for each in ancestors if isinstance(each, Field)), None)

    @on(Input.Submitted)
    def _next(self) -> None:
        self.focus_next()


def _some(fields: Iterator[Field]) -> list[Field]:
    return [field for _, field in zip(range(BATCH), fields, strict=False)]
