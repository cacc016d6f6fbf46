"""Commands on the list that change the configuration file, or copy something out of it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from storage_core.config import names
from tui.kit.screen import StorageScreen
from tui.kit.tasks import flow
from tui.kit.text import named, printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage_core.config.entries import Entry
    from storage_core.declaration.configuration import StorageConfiguration
    from tui.session.snapshot import Row, Snapshot


class RowScreen(StorageScreen[None]):
    """A screen with a current row."""

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        raise NotImplementedError

    def select(self, name: str) -> None:
        """Put the cursor on a configuration."""
        raise NotImplementedError


class ChangeCommands(RowScreen):
    """Create, edit, duplicate, rename, delete, default, undo, redo, copy."""

    def action_new(self) -> None:
        """Choose a type, then fill in its form."""
        self._new()

    @flow
    async def _new(self) -> None:
        from tui.features.form.picker import PickerScreen

        types = await self.app.in_background("opening", _types_and_forms)
        cls = await self.app.push_screen_wait(PickerScreen(types))
        if cls is not None:
            from tui.features.form.screen import FormScreen

            name = await self.app.push_screen_wait(FormScreen(cls))
            if name:
                await self._created(name)

    async def _created(self, name: str) -> None:
        self.select(name)
        if self.app.snapshot.has_default:
            return
        from tui.kit.ask import Ask

        answer = await self.app.push_screen_wait(
            Ask(
                f"Make {name} the default?",
                "No default is set, so programs that do not ask for a storage by name use "
                "Temporary Local Storage.",
                [("no", "Not now"), ("yes", "Make it the default")],
                focus="yes",
            )
        )
        if answer == "yes":
            await self._make_default(name)

    def action_edit(self) -> None:
        """Change the settings."""
        if self.row and self.row.entry:
            self._edit(self.row)

    @flow
    async def _edit(self, row: Row) -> None:
        entry = row.entry
        assert entry is not None
        if entry.by_hand:
            problem = printable(str(entry.problems[0]))
            opens = f"{self.key('open_file', 'o')} opens it"
            self.app.fail(f"{problem}; only a text editor can mend that: {opens}")
            return
        types = await self.app.in_background("opening", _types_and_forms)
        cls = entry.cls or await self._mended_type(entry, types)
        if cls is None:
            return
        from tui.features.form.screen import FormScreen

        name = await self.app.push_screen_wait(FormScreen(cls, entry))
        if name:
            self.select(name)

    async def _mended_type(
        self, entry: Entry, types: list[type[StorageConfiguration]]
    ) -> type[StorageConfiguration] | None:
        from tui.features.form.picker import PickerScreen
        from tui.session import draft

        return await self.app.push_screen_wait(
            PickerScreen(
                types,
                f"Choose the type of {entry.name}",
                "; ".join(problem.brief for problem in entry.problems),
                draft.likely_type(types, entry),
            )
        )

    def action_duplicate(self) -> None:
        """Copy it under another name."""
        if self.row:
            self._duplicate(self.row)

    @flow
    async def _duplicate(self, row: Row) -> None:
        new = await self._ask_name(
            f"Duplicate {row.name} as", "Duplicate", self._free_name(row.name)
        )
        if new:
            await self.app.change(
                f"duplicate {named(row.name)} as {named(new)}",
                lambda file: file.duplicate(row.name, new),
            )
            self.select(new)
            self.app.say(f"Duplicated {named(row.name)} as {named(new)}.")

    def action_rename(self) -> None:
        """Give it another name."""
        if self.row:
            self._rename(self.row)

    @flow
    async def _rename(self, row: Row) -> None:
        new = await self._ask_name(f"Rename {row.name} to", "Rename", row.name)
        if new and new != row.name:
            await self.app.change(
                f"rename {named(row.name)} to {named(new)}", lambda file: file.rename(row.name, new)
            )
            self.select(new)
            self.app.say(renamed(row.name, new, self.app.snapshot))

    async def _ask_name(self, title: str, button: str, value: str) -> str | None:
        from tui.kit.ask import AskName

        found = self.app.snapshot.configurations
        taken = set() if found is None else set(found.entries)
        if button == "Rename":
            taken.discard(value)
        return await self.app.push_screen_wait(
            AskName(title, button, value, lambda name: names.check_new_name(name, taken))
        )

    def _free_name(self, name: str) -> str:
        found = self.app.snapshot.configurations
        taken = {} if found is None else found.entries
        candidates = (
            f"{name}-copy{number or ''}" for number in range(len(taken) + 2) if number != 1
        )
        return next(each for each in candidates if each not in taken)

    def action_delete(self) -> None:
        """Remove it, after asking."""
        if self.row:
            self._delete(self.row)

    @flow
    async def _delete(self, row: Row) -> None:
        assert row.entry is not None
        from tui.kit.ask import Ask

        protected = row.entry.settings.get("protected") is True
        text = [f"Its blobs stay where they are; {self.key('undo', 'u')} takes this back."]
        if row.default:
            text.append("It is the default: Temporary Local Storage will be used instead.")
        if protected:
            text.append(f"It is protected: type its name, {printable(row.name)}, to delete it.")
        answer = await self.app.push_screen_wait(
            Ask(
                f"Delete {row.name}?",
                "\n".join(text),
                [("cancel", "Cancel"), ("delete", "Delete")],
                focus="cancel",
                danger="delete",
                typed=row.name.strip() if protected else None,
            )
        )
        if answer == "delete":
            await self.app.change(f"delete {named(row.name)}", lambda file: file.delete(row.name))
            self.app.say(f"Deleted {named(row.name)}.")

    def action_default(self) -> None:
        """Make it the default; on the default: none."""
        if self.row:
            self._default(self.row)

    @flow
    async def _default(self, row: Row) -> None:
        if row.built_in or row.default:
            await self.app.change(self._default_label(), lambda file: file.reset_default())
            self.app.say("Cleared default storage! Temporary Local Storage is used.")
        else:
            await self._make_default(row.name)

    async def _make_default(self, name: str) -> None:
        await self.app.change(self._default_label(name), lambda file: file.set_default(name))
        self.app.say("Updated default storage!")

    def _default_label(self, new: str = names.BUILT_IN) -> str:
        found = self.app.snapshot.configurations
        old = (None if found is None else found.default) or names.BUILT_IN
        return f"change the default from {named(old)} to {named(new)}"

    def action_undo(self) -> None:
        """Take back the last change."""
        self._undo()

    @flow
    async def _undo(self) -> None:
        if self.app.workspace.history.done:
            label = await self._step(self.app.workspace.undo)
            self.app.say(f"Undone: {label}.")

    def action_redo(self) -> None:
        """Make it again."""
        self._redo()

    @flow
    async def _redo(self) -> None:
        if self.app.workspace.history.undone:
            label = await self._step(self.app.workspace.redo)
            self.app.say(f"Redone: {label}.")

    async def _step(self, take: Callable[[], str]) -> str:
        """Back or forth; the cursor goes to what was changed by that."""
        before = self.app.snapshot
        try:
            label = await self.app.in_background("saving", take)
        finally:
            await self.app.reload()
        changed = self.app.snapshot.changed_since(before)
        if changed is not None:
            self.select(changed)
        return label

    def action_copy_id(self) -> None:
        """Put the ID on the clipboard."""
        if self.row and self.row.id:
            self.app.copy_to_clipboard(self.row.id)
            self.app.say(f"Copied {self.row.id}.")

    def action_copy_snippet(self) -> None:
        """Put Python on the clipboard."""
        if self.row:
            wanted = "" if self.row.built_in else repr(self.row.name)
            self.app.copy_to_clipboard(
                "import storage_core\n\n"
                f"store = storage_core.get_store({wanted})\n"
                'key = store.write(b"...")\n'
                "data = store.read(key)\n"
            )
            self.app.say(f"Copied the Python that opens {named(self.row.name)}.")


def renamed(old: str, new: str, snapshot: Snapshot) -> str:
    """What is told after a configuration was renamed."""
    found = snapshot.configurations
    default = "; it is still the default" if found is not None and found.default == new else ""
    return f"Renamed {named(old)} to {named(new)}{default}."


def _types_and_forms() -> list[type[StorageConfiguration]]:
    """All types. What forms are made of is imported as well: on the event loop that would show."""
    from storage_core.types import all_types

    import_module("tui.features.form.screen")
    return all_types()
