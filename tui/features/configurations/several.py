"""Commands on the list for several rows: the chosen ones, or else the one under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from storage_core.printable import printable
from tui.features.configurations.listed import ListCommands
from tui.kit.text import cut, named, one_word

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.session.snapshot import Row

_LISTED: Final = 8
"""Names that a question lists, one in a line."""

_LINE: Final = 56
"""Cells of such a line."""


def counted(rows: Sequence[Row]) -> str:
    """What is worked on, in a sentence: a name, or how many they are."""
    return one_word(rows[0].name) if len(rows) == 1 else f"{len(rows):,} configurations"


def can_delete(row: Row) -> bool:
    """Whether it is in one's own file."""
    return not (row.built_in or row.origin)


def can_tag(row: Row) -> bool:
    """Whether it is in one's own file, and has no problem that keeps it from being saved."""
    return can_delete(row) and not row.problem


def can_export(row: Row) -> bool:
    """Whether there is a configuration to be exported."""
    return not (row.built_in or row.problem)


class Several(ListCommands):
    """Delete, tag, copy IDs."""

    def rows(self, fit: Callable[[Row], bool] = lambda _: True) -> list[Row]:
        """The rows that a command works on: those for which `fit` is true."""
        current = self._rows.current
        rows = self._rows.chosen or ([current] if current else [])
        return [row for row in rows if fit(row)]

    def copy_ids(self) -> None:
        """Put the IDs on the clipboard, one in a line."""
        ids = [row.id for row in self.rows()]
        self._app.copy("\n".join(ids), ids[0] if len(ids) == 1 else f"{len(ids):,} IDs")

    async def tag(self) -> None:
        """Add and remove tags of all these rows in one step."""
        from tui.features.configurations.tags import TagDialog, retagged

        rows = self.rows(can_tag)
        known = {
            tag for entry in self._session.entries.values() if entry.is_own for tag in entry.tags
        }
        changes = await self._screen.ask(TagDialog(rows, sorted(known, key=str.casefold)))
        if not changes:
            return
        new = {row.name: retagged(row, changes) for row in rows}
        changed = [row for row in rows if row.entry and new[row.name] != [*row.entry.tags]]
        if not changed:
            return
        await self._session.change(
            f"tag {counted(changed)}",
            lambda edit: edit.update_all(
                {row.name: {"tags": new[row.name] or None} for row in changed}
            ),
        )
        self._app.say(f"Tagged {counted(changed)}.")

    async def delete(self) -> None:
        """Delete the chosen configurations, after asking once."""
        from tui.kit.ask import Ask

        rows = self.rows(can_delete)
        protected = [row for row in rows if row.protected]
        text = [*_listed(rows), "", self._consequences(rows)]
        if left := len(self.rows()) - len(rows):
            others = "stands in a file" if left == 1 else "stand in files"
            text.append(f"{left:,} more {others} that is never changed here.")
        typed = ", ".join(row.name.strip() for row in protected)
        if protected:
            what = "a name" if len(protected) == 1 else "names"
            text.append(f"Protected: type {what} to delete them: {printable(typed)}")
        answer = await self._screen.ask(
            Ask(
                f"Delete {counted(rows)}?",
                "\n".join(text),
                [("cancel", "Cancel"), ("delete", "Delete")],
                focus="cancel",
                danger="delete",
                typed=typed or None,
            )
        )
        if answer == "delete":
            names = [row.name for row in rows]
            await self._session.change(
                f"delete {counted(rows)}", lambda edit: edit.delete_all(names)
            )
            self._app.say(f"Deleted {counted(rows)}.")

    def _consequences(self, rows: Sequence[Row]) -> str:
        undo = self._screen.key("undo", "u")
        said = [f"Their blobs stay where they are; {undo} takes this back."]
        for row in rows:
            if row.hides:
                said.append(f"The {named(row.name)} in {row.hides[0]} counts again then.")
            if row.default:
                instead = printable(self._session.snapshot.default_beneath(row.name))
                said.append(f"{named(row.name)} is the default: {instead} will be used instead.")
        return "\n".join(said[: 1 + _LISTED])


def _listed(rows: Sequence[Row]) -> list[str]:
    """The names, and how many more there are."""
    shown = rows if len(rows) <= _LISTED else rows[: _LISTED - 1]
    names = [f"• {cut(printable(row.name), _LINE)}" for row in shown]
    left = len(rows) - len(shown)
    return [*names, f"  and {left:,} more"] if left else names
