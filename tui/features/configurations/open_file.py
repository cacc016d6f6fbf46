"""The command on the list that opens the configuration file in the person's own editor."""

from __future__ import annotations

import os

from textual.app import SuspendNotSupported

from storage_core.errors import ConfigurationError
from tui.features.configurations.changes import RowScreen
from tui.kit.tasks import flow
from tui.kit.text import printable
from tui.session import editor


class OpenFileCommands(RowScreen):
    """Open file."""

    def action_open_file(self) -> None:
        """In the editor, at the table under the cursor."""
        self._open_file()

    @flow
    async def _open_file(self) -> None:
        entry = self.row.entry if self.row else None
        path = self.app.workspace.file.path
        words = editor.editor(os.environ)
        # What is wrong with it is what one wants to see of it.
        wrong = next((each.line for each in entry.problems if each.line), None) if entry else None
        line = wrong or await self.app.in_background(
            "opening", lambda: editor.line_to_see(path, entry.name if entry else None)
        )
        problem = ""
        try:
            with self.app.suspend():
                # Nothing may leave this block by an exception: the app would stay suspended.
                try:
                    code = editor.run(editor.opening(words, path, line))
                except ConfigurationError as error:
                    problem = str(error)
                else:
                    problem = f"{words[0]} ended with exit code {code}" if code else ""
        except SuspendNotSupported:
            shown = self.app.workspace.shown_path
            self.app.fail(f"No editor can be opened in this terminal; the file is {shown}.")
            return
        await self.app.reload()
        if problem:
            self.app.fail(printable(problem))
