"""`Offering`: asks the server for the names of buckets or containers, and lists them.

The server is asked when a person presses the arrow down in the field, and after a connection test
that could sign in: before that, nobody has said that it is to get these credentials. What it says
is kept for as long as the form is open and signs in by the same settings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage_core.declaration.validation import InvalidSettings
from storage_core.errors import StorageError
from storage_core.offering import offered, reason_of
from storage_core.printable import printable
from tui.features.form.text_fields import LineField

if TYPE_CHECKING:
    from tui.features.form.entered import Entered
    from tui.kit.screen import FullScreen
    from tui.session.background import Jobs


class Offering:
    """Asks, one question after the other.

    Args:
        screen: the form.
        jobs: ask in a thread.
        entered: what is entered, with the credentials.
    """

    def __init__(self, screen: FullScreen[str | None], jobs: Jobs, entered: Entered) -> None:
        self._screen, self._jobs, self._entered = screen, jobs, entered
        self._known: list[tuple[dict[str, Any], tuple[str, ...]]] = []
        """What was answered, by the settings that signed in."""

    def forget(self) -> None:
        """Offer no more what somebody else may see, now that others sign in."""
        for field in self._fields():
            if self._answer(field) is None:
                field.offer(())

    async def ask_quietly(self) -> None:
        """Ask for all that can be asked for; say nothing where that fails."""
        for field in self._fields():
            await self._ask(field, quietly=True)

    async def ask(self, field: LineField) -> None:
        """Ask for one field, and list what there is if nobody has gone on meanwhile."""
        before = field.value
        field.show_note("Asking the server …")
        said = ""
        try:
            said = await self._ask(field, quietly=False)
        finally:
            if field.is_mounted:
                field.show_note(said)
        if not said and field.input.has_focus and field.value == before:
            field.open_list()

    async def _ask(self, field: LineField, *, quietly: bool) -> str:
        """Have the names offered; what to say where there are none."""
        cls, signing_in = self._entered.cls, self._signing_in(field)
        found = self._answer(field)
        try:
            if found is None:
                values = self._entered.values()
                what = "" if quietly else "asking the server"
                asked = self._jobs.run(what, lambda: offered(cls, field.setting, values))
                found = await self._screen.while_here(asked)
        except InvalidSettings as error:
            label = {setting.name: setting.label for setting in cls.settings()}
            wrong = label.get(error.faults[0].name or "", "a setting")
            return f"Nothing to list before {wrong} is right."
        except StorageError as error:
            return f"The server lists none: {printable(reason_of(error))}"
        if signing_in == self._signing_in(field):
            self._known.append((signing_in, found))
            field.offer(found)
        return "" if found else "The server lists none."

    def _answer(self, field: LineField) -> tuple[str, ...] | None:
        signing_in = self._signing_in(field)
        return next((names for asked, names in self._known if asked == signing_in), None)

    def _signing_in(self, field: LineField) -> dict[str, Any]:
        values = self._entered.values()
        values.pop(field.setting.name, None)
        return values

    def _fields(self) -> list[LineField]:
        fields = [each for each in self._entered.fields() if each.setting.offered]
        return [each for each in fields if isinstance(each, LineField)]
