"""`Filling`: fills the fields of a form from a pasted block of credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage_core.printable import printable
from tui.kit.line_input import PasteInput
from tui.session.blocks import Unusable, block_in, looks_like_block
from tui.session.table_text import table_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tui.features.form.entered import Entered
    from tui.features.form.field import Field
    from tui.kit.screen import FullScreen
    from tui.session.background import Jobs
    from tui.session.blocks import Block

    Show = Callable[[list[Field]], Awaitable[None]]
    OpenAdvanced = Callable[[], Awaitable[None]]


class Filling:
    """Fills several fields at once, and can take that back.

    Args:
        screen: the form.
        jobs: parses a block in a thread.
        entered: has the fields.
        open_advanced: mounts the advanced fields.
        show: called with the fields that were filled.
    """

    def __init__(
        self,
        screen: FullScreen[str | None],
        jobs: Jobs,
        entered: Entered,
        open_advanced: OpenAdvanced,
        show: Show,
    ) -> None:
        self._screen, self._jobs, self._entered = screen, jobs, entered
        self._open_advanced, self._show = open_advanced, show
        self._before: list[tuple[Field, str]] = []
        """The fields that were filled last, each with the value before."""

    def takes(self, text: str, into: object) -> bool:
        """Whether a paste may be a block; if so, it is parsed in a flow."""
        if not isinstance(into, PasteInput) or not looks_like_block(text):
            return False
        self._screen.start(self._take(text, into))
        return True

    async def _take(self, text: str, into: PasteInput) -> None:
        cls = self._entered.cls
        try:
            block = await self._jobs.run("reading", lambda: block_in(text, cls))
        except Unusable as error:
            self._screen.app.say(f"Nothing was pasted: {error}.", severity="warning")
            return
        if block is None:
            into.take(text)
        else:
            await self.fill(block)

    async def fill(self, block: Block) -> None:
        """Put each value of a block into its field, and say so."""
        values = {name: _as_text(value) for name, value in block.found.settings.items()}
        settings = {setting.name: setting for setting in self._entered.cls.settings()}
        if any(settings[name].advanced for name in values):
            await self._open_advanced()
        if any(settings[name].secret for name in values):
            # Clear other secrets: keys of one account and a token of another do not work together.
            values = {name: "" for name, each in settings.items() if each.secret} | values
        filled: list[Field] = []
        self._before = []
        for field in self._entered.fields():
            name, before = field.setting.name, field.value
            if name in values and values[name] != before and field.put(values[name]):
                self._before.append((field, before))
                filled.append(field)
        self._tell(block, filled)
        await self._show(filled)

    async def take_back(self) -> None:
        """Restore the values from before the last block."""
        before, self._before = self._before, []
        if not before:
            self._screen.app.say("No pasted block has filled anything.")
        for field, value in before:
            field.put(value)
        await self._show([field for field, _ in before])

    def _tell(self, block: Block, filled: list[Field]) -> None:
        full = [field.setting.label for field in filled if field.value]
        emptied = [field.setting.label for field in filled if not field.value]
        told = [f"Filled {', '.join(full)}" if full else "All of it stands here already"]
        if emptied:
            told.append(f"emptied {', '.join(emptied)}")
        if left := [*block.left_out, *block.found.lost]:
            told.append(f"left out {', '.join(map(printable, left))}")
        told += block.found.notes
        key = self._screen.key("take_back", "ctrl+z")
        undo = f" {key} takes it back." if filled else ""
        self._screen.app.say(f"{'; '.join(told)}.{undo}")


def _as_text(value: object) -> str:
    if isinstance(value, dict):
        return table_text(value)
    return str(value)
