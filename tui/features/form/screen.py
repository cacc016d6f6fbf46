"""The form of one storage configuration, made from its type's declaration."""

from __future__ import annotations

import asyncio
from itertools import groupby
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import events, on, work
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from storage_core.errors import ConfigurationError
from storage_core.paths import absolute
from storage_core.printable import printable
from tui.features.form.commands import FORM
from tui.features.form.entered import NAME, Entered, proposed_name
from tui.features.form.field import CHANGED, Field
from tui.features.form.fields import field_for
from tui.features.form.filling import Filling
from tui.features.form.lines import Beside, Heading, Landing, More
from tui.features.form.reference_field import LOAD, ReferenceField
from tui.features.form.saving import Saving
from tui.features.form.sight import Sight
from tui.features.form.text_fields import LineField, TextField
from tui.kit.bars import TitleBar
from tui.kit.commands import bindings
from tui.kit.explain import Explanation
from tui.kit.screen import FullScreen
from tui.kit.table import LOOKS, chip_look
from tui.kit.workers import start_worker
from tui.session import draft
from tui.session.background import in_thread
from tui.session.snapshot import short_name

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator, Sequence

    from textual.app import ComposeResult

    from storage_core.config.model.entry import Entry
    from storage_core.declaration.configuration import StorageConfiguration
    from storage_core.declaration.setting import Setting
    from tui.features.form.offering import Offering
    from tui.session.blocks import Block
    from tui.session.session import Session


TOGETHER: Final = 3
"""Fields that are mounted at a time."""


class FormScreen(FullScreen[str | None]):
    """The form of a new configuration, or of `entry`. Its result is the name saved under, or None.

    Args:
        cls: the storage type.
        entry: the configuration to edit; None for a new one.
        pasted: a block of credentials to fill a new one with.
    """

    CSS_PATH = "screen.tcss"
    declared: ClassVar = FORM
    BINDINGS: ClassVar[list[Any]] = [*bindings(FORM)]
    nowhere: ClassVar = "nothing is typed here; Tab goes to the next field"
    explains: ClassVar = Explanation(
        "The form",
        "One storage configuration. A star means that a setting is needed. What is entered is "
        "checked when a field is left; nothing is written before it is saved.",
    )
    AUTO_FOCUS = ""

    def __init__(
        self,
        session: Session,
        cls: type[StorageConfiguration],
        entry: Entry | None = None,
        pasted: Block | None = None,
    ) -> None:
        super().__init__()
        self._session, self.cls = session, cls
        self._sight = Sight(self)
        self.entered = Entered(cls, entry, session.workspace.file.source, self.fields)
        self._advanced = [setting for setting in cls.settings() if setting.advanced]
        self._filled = asyncio.Event()
        """Set when all fields that are visible at first are mounted."""

        self._pasted = pasted
        self._asked: Offering | None = None
        self._filling = Filling(
            self, session.jobs, self.entered, self._open_advanced, self._show_filled
        )
        self._saving = saving = Saving(self, session, self.entered, self.show_faults)
        self.do(
            {
                "save": saving.save,
                "leave": self._leave,
                "reveal": self._reveal,
                "source": self._choose_source,
                "advanced": self._toggle_advanced,
                "try_out": self._try_out,
                "take_back": self._filling.take_back,
            }
        )

    def fields(self) -> list[Field]:
        """All fields mounted so far, the name's included, in the order on screen."""
        return list(self.query(Field))

    def why_not(self, command: str) -> str:
        """Why a command cannot work now: saving needs a file that can be written."""
        return self._session.why_not_save() if command == "save" else ""

    def take_paste(self, text: str, field: Widget) -> bool:
        """Take a block of credentials, which fills several fields."""
        return self._filling.takes(text, field)

    async def _show_filled(self, filled: list[Field]) -> None:
        for field in filled:
            self._check(field)
        empty = (field for field in self.fields() if field.setting.required and not field.value)
        if (first := next(empty, None)) is not None and first.setting is not NAME:
            self._sight.go_to(first)

    def _plain_fields(self) -> Iterator[Widget]:
        """The basic fields: required ones first, then in the type's order; the name last."""
        plain = [setting for setting in self.cls.settings() if not setting.advanced]
        plain.sort(key=lambda setting: not setting.required)
        sections = [
            (signs_in, [*settings])
            for signs_in, settings in groupby(plain, lambda setting: setting.signs_in)
        ]
        for number, (signs_in, settings) in enumerate(sections):
            if len(sections) > 1:
                yield Heading("Sign-in" if signs_in else "General" if number else "Place")
            yield from map(self._field, settings)
        if len(sections) > 1 and sections[-1][0]:
            yield Heading("Name")
        yield TextField(NAME, self.entered.entry.name if self.entered.entry else None)

    def _field(self, setting: Setting) -> Field:
        return field_for(setting, self.entered.given.get(setting.name))

    def body(self) -> ComposeResult:
        """Notes, the fields, where blobs would be stored, the buttons."""
        notes = self.entered.notes
        yield Static("\n".join(f"⚠ {note}" for note in notes), id="note", markup=False)
        with Horizontal(id="middle"):
            with VerticalScroll(id="fields", classes="pane", can_focus=False) as fields:
                fields.border_title = self._type_shown()
                yield from self._plain_fields()
                yield More(id="more", markup=False)
                yield Vertical(id="advanced")
            yield Beside(id="beside", classes="pane")
        with Horizontal(id="foot"):
            yield Landing(id="landing")
            yield Button("Save", id="save", classes="-main", compact=True)
            yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Focus the first field, and load the validation of values meanwhile."""
        self._tell_changes()
        self.query_one("#note").display = bool(self.entered.notes)
        self.query_one("#advanced").display = False
        self._label_more()
        self._sight.follow()
        self.query(Field).first().focus_target.focus()
        start_worker(self, self._prepare, group="prepare")

    def _is_set(self, setting: Setting) -> bool:
        return self.entered.given.get(setting.name) not in (None, setting.default)

    async def _prepare(self) -> None:
        if any(map(self._is_set, self._advanced)):
            await self._open_advanced()
        self._filled.set()
        if self._pasted is not None:
            await self._filling.fill(self._pasted)
        await self._session.jobs.run("", lambda: draft.prepare(self.cls))
        self._show_landing()
        await self._offer(self.fields())

    async def _offer(self, fields: Sequence[Field]) -> None:
        for field in fields:
            if suggest := field.setting.suggest:
                found = await self._session.jobs.run("", lambda suggest=suggest: list(suggest()))  # type: ignore[misc]
                field.offer(found)
        self._sight.tell()

    def changed_elsewhere(self, said: str) -> str:
        """The message when others changed the file; what is entered stays as it is."""
        return f"{said} The form keeps what you have entered; saving compares the two."

    # ---- while it is filled in

    @on(Field.Edited)
    def _edited(self, event: Field.Edited) -> None:
        event.stop()
        event.field.show_fault(None)
        event.field.show_doubt(None)
        if self._asked is not None and not event.field.setting.offered:
            self._asked.forget()
        event.field.mark(self.entered.entry is not None and event.field.changed)
        self._tell_changes()
        self._show_landing()
        self._sight.tell()

    def _tell_changes(self) -> None:
        """Show in the title what is edited, and how many of its settings have changed."""
        entry, edits = self.entered.entry, self.entered.edits
        title = f"Edit {printable(entry.name)}" if entry else f"New {self.cls.label}"
        count = f"  {CHANGED} {edits} changed" if edits else ""
        self.query_one(TitleBar).title = f"Storage  ›  {title}{count}"

    def _type_shown(self) -> Content:
        badge = short_name(self.cls)
        return Content.assemble((f" {badge} ", LOOKS[chip_look(badge)]), f" {self.cls.label}")

    @work(group="landing", exclusive=True)
    async def _show_landing(self) -> None:
        values = self.entered.values()
        place = await in_thread(lambda: draft.landing(self.cls, values))
        landing = self.query_one(Landing)
        landing.wrong = len(self.query(".-wrong"))
        landing.place = printable(place)

    @on(LineField.Wanted)
    def _wanted(self, event: LineField.Wanted) -> None:
        event.stop()
        self._offering().ask(event.field)

    def _offering(self) -> Offering:
        if self._asked is None:
            # Imported only now: it loads the modules that ask servers.
            from tui.features.form.offering import Offering

            self._asked = Offering(self, self._session.jobs, self.entered, self._sight.tell)
        return self._asked

    @on(Field.Left)
    def _left(self, event: Field.Left) -> None:
        event.stop()
        field = event.field
        field.tidy()
        if isinstance(field, ReferenceField) and field.source == LOAD:
            self.start(self._load(field))
        elif field.changed:
            self._check(field)

    def _check(self, field: Field) -> None:
        start_worker(self, self._find_fault, field, group=f"check-{field.id}", exclusive=True)

    async def _find_fault(self, field: Field) -> None:
        value, values = field.value, self.entered.values()
        doubt: str | None = None
        if field.setting is NAME:
            own = self.entered.entry.name if self.entered.entry else None
            file = self._session.workspace.file
            fault = await in_thread(lambda: draft.name_fault(file, value, own) if value else None)
        else:
            fault, found = await in_thread(
                lambda: (
                    draft.fault_of(self.cls, field.setting, value),
                    {**draft.cautions(self.cls, values), **draft.doubts(self.cls, values)},
                )
            )
            doubt = found.get(field.setting.name)
            for other in self.fields():
                # One value can settle a doubt about another: an endpoint, about a bucket's name.
                if other.setting.name not in found:
                    other.show_doubt(None)
        if field.value == value:
            field.show_fault(fault)
            field.show_doubt(doubt)
            self._show_landing()
            if fault or doubt:
                self._sight.keep(field)

    async def _load(self, field: ReferenceField) -> None:
        path = field.input.value.strip()
        if not path:
            return
        try:
            text = await self._session.jobs.run("reading", lambda: draft.text_of(absolute(path)))
        except ConfigurationError as error:
            field.show_fault(printable(str(error)))
            self._sight.keep(field)
        else:
            field.fill(text)
            self._check(field)

    async def show_faults(self, faults: dict[str, str | None]) -> None:
        """Show each fault under its field, and focus the first of these."""
        if any(setting.name in faults for setting in self._advanced):
            await self._open_advanced()
        wrong = [field for field in self.fields() if field.setting.name in faults]
        for field in wrong:
            field.show_fault(faults[field.setting.name])
        if wrong:
            self._sight.go_to(wrong[0])
        self._show_landing()

    # ---- advanced settings

    @on(More.Toggled)
    def _toggled(self) -> None:
        self.action_run("advanced")

    async def _toggle_advanced(self) -> None:
        await self._filled.wait()
        if self._advanced_shown:
            self.query_one("#advanced").display = False
            self._label_more()
            self.query_one(More).focus()
        else:
            await self._open_advanced()
            self._sight.go_to(self.query("#advanced Field").first(Field))

    @property
    def _advanced_shown(self) -> bool:
        return bool(self.query_one("#advanced").display)

    async def _open_advanced(self) -> None:
        box = self.query_one("#advanced")
        box.display = True
        self._label_more()
        if not box.children:
            # Mounting all of them in one callback took 45 ms; in steps the longest takes 27.
            for start in range(0, len(self._advanced), TOGETHER):
                await box.mount_all(map(self._field, self._advanced[start : start + TOGETHER]))
            if self._filled.is_set():
                await self._offer(list(box.query(Field)))

    def _label_more(self) -> None:
        shown = self._advanced_shown
        entered = self.query("#advanced Field").results(Field)
        count = 0 if shown else sum(f.value not in ("", None, f.setting.default) for f in entered)
        some = f", {count} set" if count else ""
        sign, some = ("▾", "") if shown else ("▸", f" more{some}")
        self.query_one(More).update(f"{sign} Advanced  ({len(self._advanced)}{some})")

    # ---- moving

    def on_descendant_focus(self) -> None:
        """Keep the whole field visible; Textual does so only for the editor in it."""
        field = self._sight.focused
        if field is not None and field.setting is NAME:
            self._propose_name()
        self._sight.keep()

    def _propose_name(self) -> None:
        """Propose a name for a new configuration, as long as it has no other."""
        if self.entered.entry is None:
            name = proposed_name(self.cls, self.entered.values(), self._session.entries)
            self.query_one(f"#field-{NAME.name}", TextField).propose(name)

    @on(events.Resize)
    def _fit_help(self) -> None:
        self._sight.fit()

    @on(Input.Submitted)
    def _next(self) -> None:
        """Go to the next field that still matters; Tab goes to every field."""
        needless = {*self.cls.needless(self.entered.values())}
        fields, here = self.fields(), self._sight.focused
        after = fields[fields.index(here) + 1 :] if here in fields else []
        name = here.setting.name if here is not None else ""
        following = [each for each in after if each.setting.name not in needless]
        if following and following[0] is not after[0] and name not in needless:
            self._sight.go_to(following[0])
        else:
            self.focus_next()

    # ---- commands

    def _leave(self) -> Awaitable[None] | None:
        """Stop a question to the server if there is one, else leave."""
        if self._asked is not None and self._asked.stop():
            return None
        return self._saving.leave()

    @on(Button.Pressed)
    async def _pressed(self, event: Button.Pressed) -> None:
        command = "save" if event.button.id == "save" else "leave"
        if command == "leave" and self._asked is not None:
            self._asked.stop()  # The key only stops the question at first.
        await self.run_action(f"run('{command}')")

    def _reveal(self) -> None:
        """Show the secret in this field for a while."""
        field = self._sight.focused
        if field is None or not field.reveal():
            self.app.say("There is no secret in this field.")

    def _choose_source(self) -> None:
        """List where the value of this field can be kept."""
        field = self._sight.focused
        if field is None or not field.choose_source():
            self.app.say("The value of this field is always kept in the file.")

    async def _try_out(self) -> None:
        """Test the connection with the values entered."""
        from storage_core.declaration.validation import InvalidSettings

        values = self.entered.values()
        try:
            tried = await self._session.jobs.run(
                "checking", lambda: draft.configuration(self.cls, values)
            )
        except InvalidSettings as error:
            await self.show_faults(draft.faults(self.cls, error))
            return
        self._propose_name()
        entered, session = self.entered, self._session
        name = entered.name.strip() or self.cls.label
        chosen: list[str] = []
        ways: tuple[tuple[str, str], ...] = (("save", "Save"),)
        if entered.entry is None and session.default is None:
            ways = (("default", "Save as default"), *ways)
        is_new = entered.changed or entered.entry is None
        save = chosen.append if is_new and not self.why_not("save") else None
        result = await self.open("check", name, tried, save, None, ways)
        if result is not None:
            entered.tested = tried, result
            if not chosen and result.signed_in:
                # The test has already sent these credentials to the server.
                self._offering().ask_quietly()
        if chosen and (entered.name.strip() or await self._ask_name()):
            if len(ways) > 1 and chosen[0]:
                session.asks_for_default = False
            await self._saving.save(default=chosen[0] == "default")

    async def _ask_name(self) -> bool:
        """Ask for a name if none is entered; returns whether there is one now."""
        from storage_core.config.model import names
        from tui.kit.ask import AskName

        taken = set(self._session.entries)
        name = await self.ask(
            AskName(
                "Save it under which name?",
                "Save",
                proposed_name(self.cls, self.entered.values(), taken),
                f"{self.cls.label}, tested and not saved yet",
                lambda name: names.check_new_name(name, taken),
            )
        )
        for field in self.fields():
            if name and field.setting is NAME and isinstance(field, TextField):
                field.input.value = name
        return bool(name)
