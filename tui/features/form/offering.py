"""`Offering`: asks the server for the names of buckets or containers, and lists them.

The server is asked when a person presses the down arrow in the field, and after a connection test
that could sign in: before that, nobody has agreed to send it these credentials. Its answer is kept
while the form is open and the settings that sign in stay the same.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from storage_core.backends.remote.limit import Cancellation
from storage_core.declaration.validation import InvalidSettings
from storage_core.errors import StorageError
from storage_core.offering import offered, reason_of
from storage_core.printable import printable
from tui.features.form.text_fields import LineField
from tui.kit.bars import KeyBar
from tui.kit.workers import start_worker

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from textual.timer import Timer

    from tui.features.form.entered import Entered
    from tui.kit.screen import FullScreen
    from tui.session.background import Jobs

GROUP: Final = "offer"
"""The group of the workers that wait for an answer."""

EARLY: Final = 0.3
"""Seconds after which the form says that the server is asked, if no key has started that."""


class Offering:
    """Asks, one question after the other, and can stop one that takes long.

    Args:
        screen: the form.
        jobs: asks in a thread.
        entered: has the values entered, credentials included.
        offered: called when what a field offers has changed.
    """

    def __init__(
        self,
        screen: FullScreen[str | None],
        jobs: Jobs,
        entered: Entered,
        offered: Callable[[], object],
    ) -> None:
        self._screen, self._jobs, self._entered = screen, jobs, entered
        self._offered = offered
        self._known: list[tuple[dict[str, Any], tuple[str, ...]]] = []
        """The answers so far, each with the settings that signed in."""

        self._wanted: tuple[LineField, dict[str, Any]] | None = None
        """The field in which a person waits for an answer, and the settings that sign in."""

        self._asking_in: LineField | None = None
        """The field that says that the server is being asked."""

        self._tell_timer: Timer | None = None
        """Makes the field say so after a moment."""

    def forget(self) -> None:
        """Withdraw the offers that were for other credentials than those entered now."""
        for field in self._fields():
            if self._answer(field) is None:
                field.offer(())

    def ask(self, field: LineField) -> None:
        """Ask for one field, and list the answer if the person is still waiting there."""
        wanted = field, self._signing_in(field)
        if wanted != self._wanted:
            self._begin(self._ask_and_list, field)
            self._wanted = wanted

    def ask_quietly(self) -> None:
        """Ask for all fields that can be asked for, without reporting failures."""
        self._begin(self._ask_all)

    def stop(self) -> bool:
        """Stop the question that the form shows; returns whether there was one."""
        is_told = self._asking_in is not None
        if is_told:
            self._screen.workers.cancel_group(self._screen, GROUP)
            self._stop_telling()
        return is_told

    def _begin(self, ask: Callable[..., Coroutine[Any, Any, None]], *args: Any) -> None:
        """Start waiting for an answer, in place of any that was awaited before."""
        self._stop_telling()
        start_worker(self._screen, ask, *args, group=GROUP, exclusive=True)

    async def _ask_all(self) -> None:
        for field in self._fields():
            self._tell_timer = self._screen.set_timer(EARLY, partial(self._tell, field))
            await self._ask(field, "")
            self._stop_telling()

    async def _ask_and_list(self, field: LineField) -> None:
        before = field.value
        self._tell(field)
        said = await self._ask(field, "asking the server")
        self._stop_telling()
        field.show_note(said)
        if not said and field.input.has_focus and field.value == before:
            field.open_list()

    async def _ask(self, field: LineField, what: str) -> str:
        """Ask for names and offer them; returns what to say if there are none."""
        cls, signing_in = self._entered.cls, self._signing_in(field)
        found = self._answer(field)
        cancellation = Cancellation()
        try:
            if found is None:
                values = self._entered.values()
                found = await self._jobs.run(
                    what, lambda: offered(cls, field.setting, values, cancellation)
                )
        except InvalidSettings as error:
            label = {setting.name: setting.label for setting in cls.settings()}
            wrong = label.get(error.faults[0].name or "", "a setting")
            return f"Nothing to list before {wrong} is right."
        except StorageError as error:
            return f"The server lists none: {printable(reason_of(error))}"
        finally:
            # However this has ended, nobody is waiting for the answer any more.
            cancellation.set()
        if signing_in == self._signing_in(field):
            self._known.append((signing_in, found))
            field.offer(found)
            self._offered()
        return "" if found else "The server lists none; type the name."

    def _tell(self, field: LineField) -> None:
        """Show that the server is being asked, and how to stop that."""
        key = self._screen.key("leave", "escape")
        self._asking_in = field
        field.show_note(f"Asking the server …  {key} stops.")
        self._screen.query_one(KeyBar).called = {"leave": "Stop"}

    def _stop_telling(self) -> None:
        """Stop showing that the server is being asked."""
        if self._tell_timer is not None:
            self._tell_timer.stop()
        told, self._asking_in, self._wanted, self._tell_timer = self._asking_in, None, None, None
        if told is not None:
            told.show_note("")
            self._screen.query_one(KeyBar).called = {}

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
