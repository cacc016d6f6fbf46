"""Commands on the list that change configurations, or take that back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage_core.config.model import names
from storage_core.printable import printable
from tui.features.configurations.listed import ListCommands, about
from tui.kit.text import one_word

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.session.snapshot import Row


class Changes(ListCommands):
    """Duplicate, rename, delete, default, undo, redo."""

    async def duplicate(self, row: Row) -> None:
        """Copy the configuration under another name."""
        old = row.name
        new = await self._ask_name(row, f"Duplicate {old} as", "Duplicate", self._free_name(old))
        if new:
            await self._session.change(
                f"duplicate {one_word(old)} as {one_word(new)}",
                lambda edit: edit.duplicate(old, new),
            )
            self._rows.select(new)
            self._app.say(f"Duplicated {one_word(old)} as {one_word(new)}.")

    async def rename(self, row: Row) -> None:
        """Give the configuration another name."""
        old = row.name
        new = await self._ask_name(row, f"Rename {old} to", "Rename", old)
        if new and new != old:
            label = f"{one_word(old)} to {one_word(new)}"
            await self._session.change(f"rename {label}", lambda edit: edit.rename(old, new))
            self._rows.select(new)
            self._app.say(f"Renamed {label}{self._session.still_default(new)}.")

    async def _ask_name(self, row: Row, title: str, button: str, value: str) -> str | None:
        from tui.kit.ask import AskName

        taken = set(self._session.entries)
        if button == "Rename":
            taken.discard(value)
        return await self._screen.ask(
            AskName(
                title, button, value, about(row), lambda name: names.check_new_name(name, taken)
            )
        )

    def _free_name(self, name: str) -> str:
        taken = self._session.entries
        candidates = (
            f"{name}-copy{number or ''}" for number in range(len(taken) + 2) if number != 1
        )
        return next(each for each in candidates if each not in taken)

    async def delete(self, row: Row) -> None:
        """Delete the configuration, after asking."""
        from tui.kit.ask import Ask

        assert row.entry is not None
        protected = row.entry.settings.get("protected") is True
        text = [f"Its blobs stay where they are; {self._screen.key('undo', 'u')} takes this back."]
        if row.hides:
            text.append(f"The one of this name in {row.hides[0]} counts again then.")
        if row.default:
            instead = printable(self._session.snapshot.default_beneath(row.name))
            text.append(f"It is the default: {instead} will be used instead.")
        if protected:
            text.append(f"It is protected: type its name, {printable(row.name)}, to delete it.")
        answer = await self._screen.ask(
            Ask(
                f"Delete {row.name}?",
                "\n".join(text),
                [("cancel", "Cancel"), ("delete", "Delete")],
                focus="cancel",
                about=about(row),
                danger="delete",
                typed=row.name.strip() if protected else None,
            )
        )
        if answer == "delete":
            await self._session.change(
                f"delete {one_word(row.name)}", lambda edit: edit.delete(row.name)
            )
            self._app.say(f"Deleted {one_word(row.name)}.")

    async def default(self, row: Row) -> None:
        """Make the configuration the default; if it is the default, clear that."""
        if row.built_in or row.default:
            await self._session.change(
                self._default_label(names.BUILT_IN), lambda edit: edit.reset_default()
            )
            self._app.say("Cleared default storage! Temporary storage is used.")
        else:
            await self.make_default(row.name)

    async def make_default(self, name: str) -> None:
        """Make the configuration `name` the default."""
        await self._session.change(self._default_label(name), lambda edit: edit.set_default(name))
        self._app.say("Updated default storage!")

    def _default_label(self, new: str) -> str:
        """What undo calls a change of the default."""
        return "clear the default" if new == names.BUILT_IN else f"make {one_word(new)} the default"

    async def undo(self) -> None:
        """Take back the last change."""
        if self._session.workspace.history.done:
            label = await self._step(self._session.workspace.undo)
            self._app.say(f"Undone: {label}.")

    async def redo(self) -> None:
        """Make the last undone change again."""
        if self._session.workspace.history.undone:
            label = await self._step(self._session.workspace.redo)
            self._app.say(f"Redone: {label}.")

    async def _step(self, take: Callable[[], str]) -> str:
        """Call `take`, which undoes or redoes, and put the cursor on what that has changed."""
        before = self._session.snapshot
        label = await self._session.save(take)
        changed = self._session.snapshot.changed_since(before)
        if changed is not None:
            self._rows.select(changed)
        return label
