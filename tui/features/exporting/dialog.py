"""The export dialog: shows the text without secrets, and copies or writes it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from rich.cells import cell_len
from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Static

from storage_core.errors import StorageError
from storage_core.paths import shortened
from storage_core.printable import printable
from tui.features.exporting.commands import EXPORT, FORM_KEYS
from tui.kit.choices import ChoiceBar
from tui.kit.commands import bindings
from tui.kit.dialog import Box, Dialog
from tui.kit.pager import Pager
from tui.kit.table import LOOKS, chip_look
from tui.kit.text import cut, wrap
from tui.kit.workers import start_worker
from tui.session.background import in_thread
from tui.session.exports import FORMS, Exports, Shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from tui.kit.pager import Line
    from tui.session.session import Session
    from tui.session.snapshot import Row

_NOTES = 3
"""Notes on what is left out that are shown if the text itself has no comments on it."""


class ExportDialog(Dialog[str]):
    """Configurations in the forms of other tools. The result is a message to show; empty for none.

    Args:
        session: what all screens share.
        rows: the configurations; none is the built-in one.
    """

    CSS_PATH = "dialog.tcss"
    declared: ClassVar = EXPORT
    BINDINGS: ClassVar[list[Any]] = [*bindings(EXPORT)]
    AUTO_FOCUS = "#copy_export"

    def __init__(self, session: Session, rows: Sequence[Row]) -> None:
        super().__init__()
        self._session, self._rows = session, list(rows)
        self._form, self._secrets = 0, False
        self._shown: Shown | None = None
        """The export on screen; None while it is being made."""

        self.do(
            {
                **{f"as_{form}": partial(self._choose, n) for n, form in enumerate(FORMS)},
                "previous_form": lambda: self._choose((self._form - 1) % len(FORMS)),
                "next_form": lambda: self._choose((self._form + 1) % len(FORMS)),
                "copy_export": self._copy,
                "write_export": self._write,
                "with_secrets": self._with_secrets,
                "scroll_up": lambda: self.query_one(Pager).action_page(-1),
                "scroll_down": lambda: self.query_one(Pager).action_page(1),
                "leave": lambda: self.dismiss(""),
            }
        )

    def compose(self) -> ComposeResult:
        """Forms, the text, notes, buttons."""
        names = [printable(row.name) for row in self._rows]
        few = len(names) == 1
        title = f"Export {names[0]}" if few else f"Export {len(names)} configurations"
        about = self._rows[0].location if few else cut(", ".join(names), 400)
        with Box(title, about=about):
            yield ChoiceBar([*FORM_KEYS.items()], id="forms")
            pager = Pager(id="text")
            pager.can_focus = False
            yield pager
            yield Static(id="notes", markup=False)
            yield Static(id="secrets", markup=False)
            with Horizontal(classes="buttons"):
                yield Button(_keyed("Copy", "c"), id="copy_export", classes="-main", compact=True)
                yield Button(_keyed("Write", "w"), id="write_export", compact=True)
                yield Button(_keyed("With secrets", "s"), id="with_secrets", compact=True)
                yield Button("Close", id="leave", compact=True)

    def on_mount(self) -> None:
        """Show the first form at once."""
        if len(self._rows) == 1:
            row, box = self._rows[0], self.query_one(Box)
            chip = Content.styled(f" {row.badge} ", LOOKS[chip_look(row.badge)])
            box.border_title = Content.assemble(chip, f" Export {printable(row.name)}")
        self._show()

    # ---- what is shown

    @on(ChoiceBar.Chosen)
    def _clicked(self, event: ChoiceBar.Chosen) -> None:
        self._choose(event.place)

    def _choose(self, place: int) -> None:
        self._form = place
        self.query_one(ChoiceBar).chosen = place
        self.query_one(Pager).scroll_home(animate=False)
        self._show()

    def _with_secrets(self) -> None:
        self._secrets = not self._secrets
        self._show()

    def _show(self) -> None:
        self._shown = None
        start_worker(self, self._look, group="load", exclusive=True)

    async def _look(self) -> None:
        form, secrets = FORMS[self._form], self._secrets
        self._shown = await in_thread(lambda: self._exported(form, secrets=secrets))
        self._draw()

    def _exported(self, form: str, *, secrets: bool) -> Shown:
        try:
            return self._exports().shown(form, secrets=secrets)
        except StorageError as error:
            return Shown(form, problem=str(error))

    def _exports(self) -> Exports:
        """Raises `StorageError` if a configuration is broken."""
        return Exports([row.configuration() for row in self._rows], self._session.default)

    def on_resize(self) -> None:
        """Draw again, since lines are wrapped to the width."""
        self._draw()

    def _draw(self) -> None:
        shown, pager = self._shown, self.query_one(Pager)
        notes, secrets = self.query_one("#notes", Static), self.query_one("#secrets", Static)
        width = notes.content_size.width or self.query_one(ChoiceBar).size.width
        if shown is None or width <= 0:
            return
        pager.border_title = Content(shown.label)
        pager.show([*_folded(shown.text, max(8, pager.room))])
        if shown.problem:
            said = [*wrap(f"✗ {printable(shown.problem)}", width)]
        else:
            notes_besides = [each for each in shown.notes if not _is_in(shown.text, each)]
            said = [part for each in notes_besides for part in wrap(f"⚠ {printable(each)}", width)]
            if len(said) > _NOTES:
                said = [*said[: _NOTES - 1], f"  … {len(notes_besides)} to note in all"]
        notes.update("\n".join(said))
        notes.display = bool(said)
        notes.set_class(bool(shown.problem), "-wrong")
        key = self.key("with_secrets", "s")
        secrets.update(
            "⚠ With secrets: copied and written as they are, never shown. Whoever reads them has "
            f"them; {key} leaves them out."
            if self._secrets
            else f"Secrets are left out, references stay; {key} takes secrets along."
        )
        secrets.set_class(self._secrets, "-wrong")
        label = "Without secrets" if self._secrets else "With secrets"
        self.query_one("#with_secrets", Button).label = _keyed(label, "s")

    # ---- copying and writing

    def why_not(self, command: str) -> str:
        """Why a command cannot work now: this form may not be able to express it."""
        if command in ("copy_export", "write_export") and self._shown and self._shown.problem:
            return f"{printable(self._shown.problem)}."
        return ""

    async def _copy(self) -> None:
        form, secrets = FORMS[self._form], self._secrets
        text = await self._session.jobs.run(
            "exporting", lambda: self._exports().text(form, secrets=secrets)
        )
        having = ", with secrets" if secrets else ""
        self.app.copy(text, f"the export for {form}{having}")

    async def _write(self) -> None:
        from tui.features.exporting.saving import SaveDialog

        form, secrets = FORMS[self._form], self._secrets
        target = await self.ask(SaveDialog(self._session, form, self._exports, secrets=secrets))
        if target:
            self.dismiss(f"Exported to {printable(shortened(target))}; only you can read it.")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Do what the button says."""
        self.action_run(event.button.id or "")


def _is_in(text: str, note: str) -> bool:
    """Whether a comment in the text says the same as a note."""
    _, _, said = note.partition(": ")
    return said in text


def _keyed(label: str, letter: str) -> Content:
    at = label.casefold().index(letter)
    return Content.assemble(label[:at], (label[at], "underline"), label[at + 1 :])


def _folded(text: str, width: int) -> list[Line]:
    """The lines of a text, wrapped to the width."""
    lines: list[Line] = []
    for line in text.splitlines():
        comment = line.lstrip().startswith("#")
        lines += [[(part, "muted" if comment else "")] for part in _parts(line, width)]
    return lines


def _parts(line: str, width: int) -> list[str]:
    """Wrap a line, at blanks if possible, each part with the line's indentation."""
    shown = printable(line)
    if cell_len(shown) <= width:
        return [shown]
    inner = shown.lstrip(" ")
    indent = " " * min(len(shown) - len(inner), width // 2)
    return [indent + part for part in wrap(inner, width - len(indent))]
