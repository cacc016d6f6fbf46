"""Commands that put something on the clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.features.configurations.listed import ListCommands
from tui.kit.text import named

if TYPE_CHECKING:
    from tui.session.snapshot import Row


class Copying(ListCommands):
    """Copy ID, copy Python."""

    def copy_id(self, row: Row) -> None:
        """The ID."""
        self._app.copy_to_clipboard(row.id)
        self._app.say(f"Copied {row.id}.")

    def copy_snippet(self, row: Row) -> None:
        """The Python that opens it."""
        wanted = "" if row.built_in else repr(row.name)
        self._app.copy_to_clipboard(
            "import storage_core\n\n"
            f"store = storage_core.get_store({wanted})\n"
            'key = store.write(b"...")\n'
            "data = store.read(key)\n"
        )
        self._app.say(f"Copied the Python that opens {named(row.name)}.")
