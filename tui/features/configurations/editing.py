"""Commands on the list that open a form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage_core.printable import printable
from tui.features.configurations.listed import ListCommands, about
from tui.kit.text import one_word

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from storage_core.config.model.entry import Entry
    from storage_core.declaration.configuration import StorageConfiguration
    from tui.session.blocks import Block
    from tui.session.snapshot import Row


class Editing(ListCommands):
    """New, edit, copy here."""

    def __init__(self, *args: Any, make_default: Callable[[str], Awaitable[None]]) -> None:
        super().__init__(*args)
        self._make_default = make_default

    async def new(self) -> None:
        """Choose a type, then fill in its form."""
        chosen: type[StorageConfiguration] | Block | None = await self._screen.open(
            "choose type", await self._types()
        )
        if isinstance(chosen, type):
            await self._fill_in(chosen)
        elif chosen is not None:
            await self._fill_in(chosen.found.cls, chosen)

    async def new_from(self, text: str) -> None:
        """Fill in a form with a block of credentials that was pasted."""
        from tui.session.blocks import Unusable, block_in

        try:
            block = await self._session.jobs.run("reading", lambda: block_in(text))
        except Unusable as error:
            self._app.say(f"Nothing was pasted: {error}.", severity="warning")
            return
        if block is None:
            self._screen.refuse_paste()
        else:
            await self._fill_in(block.found.cls, block)

    async def _fill_in(
        self, cls: type[StorageConfiguration] | None, block: Block | None = None
    ) -> None:
        name: str | None = await self._screen.open("form", cls, None, block)
        if name:
            self._rows.select(name)
            if self._session.default is None and self._session.asks_for_default:
                await self._offer_default(name)

    async def _types(self) -> list[type[StorageConfiguration]]:
        from storage_core.types import all_types

        return await self._session.jobs.run("opening", all_types)

    async def _offer_default(self, name: str) -> None:
        from tui.kit.ask import Ask

        row = next((each for each in self._session.snapshot.rows if each.name == name), None)
        answer = await self._screen.ask(
            Ask(
                f"Make {name} the default?",
                "No default is set, so programs that do not ask for a storage by name use "
                "Temporary Local Storage.",
                [("yes", "Make it the default"), ("no", "Not now")],
                focus="yes",
                about=about(row) if row else "",
            )
        )
        if answer == "yes":
            await self._make_default(name)
        # Ask only once.
        self._session.asks_for_default = False

    async def edit(self, row: Row) -> None:
        """Change the settings."""
        entry = row.entry
        assert entry is not None
        if row.origin:
            if await self._ask_to_copy(row):
                await self.copy_here(row)
                await self._open(self._session.entries[row.name])
            return
        if entry.by_hand:
            problem = printable(str(entry.problems[0]))
            opens = f"{self._screen.key('open_file', 'o')} opens it"
            self._app.fail(f"{problem}; only a text editor can mend that: {opens}")
            return
        await self._open(entry)

    async def _open(self, entry: Entry) -> None:
        cls = entry.cls or await self._choose_type(entry)
        if cls is None:
            return
        name: str | None = await self._screen.open("form", cls, entry)
        if name:
            self._rows.select(name)

    async def _ask_to_copy(self, row: Row) -> bool:
        from tui.kit.ask import Ask

        answer = await self._screen.ask(
            Ask(
                f"Copy {row.name} into your own file?",
                f"It stands in {row.origin}, which others rely on and which is never changed here. "
                "A copy in your own file has an ID of its own, and hides it for you.",
                [("copy", "Copy and edit"), ("no", "Leave it")],
                focus="copy",
                about=about(row),
            )
        )
        return answer == "copy"

    async def copy_here(self, row: Row) -> None:
        """Copy a configuration from a file beneath into one's own, where it hides the original."""
        name = row.name
        await self._session.change(
            f"copy {one_word(name)} from {row.origin}",
            lambda edit: edit.duplicate(name, name, here=True),
        )
        self._rows.select(name)
        undo = self._screen.key("undo", "u")
        self._app.say(f"Copied {one_word(name)} into your own file; {undo} takes this back.")

    async def _choose_type(self, entry: Entry) -> type[StorageConfiguration] | None:
        from tui.session import draft

        types = await self._types()
        chosen: type[StorageConfiguration] | None = await self._screen.open(
            "choose type",
            types,
            f"Choose the type of {entry.name}",
            "; ".join(problem.brief for problem in entry.problems),
            draft.likely_type(types, entry),
        )
        return chosen
