"""Commands on the list that concern the whole file: open it in an editor, its permissions."""

from __future__ import annotations

import os

from textual.app import SuspendNotSupported

from storage_core.errors import ConfigurationError
from storage_core.printable import printable
from tui.features.configurations.listed import ListCommands
from tui.kit.workers import start_worker
from tui.session import editor


class FileCommands(ListCommands):
    """Open file, make private, reload."""

    async def open_file(self) -> None:
        """Open the file in the person's own editor, at the table under the cursor."""
        row, workspace, jobs = self._rows.current, self._session.workspace, self._session.jobs
        entry = row.entry if row else None
        path = workspace.file.source
        words = editor.editor(os.environ)
        # Go to the line of its first problem, if it has one.
        problems = entry.problems if entry and entry.is_own else ()
        wrong = next((each.line for each in problems if each.line), None)
        line = wrong or await jobs.run(
            "opening", lambda: editor.line_to_see(path, entry.name if entry else None)
        )
        problem = ""
        try:
            with self._app.suspend():
                # No exception may leave this block, or the app would stay suspended.
                try:
                    code = editor.run(editor.opening(words, path, line))
                except ConfigurationError as error:
                    problem = str(error)
                else:
                    problem = f"{words[0]} ended with exit code {code}" if code else ""
        except SuspendNotSupported:
            shown = workspace.shown_path
            self._app.fail(f"No editor can be opened in this terminal; the file is {shown}.")
            return
        await self._session.reload()
        if problem:
            self._app.fail(printable(problem))

    async def make_private(self) -> None:
        """Take the permissions of others away."""
        await self._session.save(self._session.workspace.make_private)
        self._app.say("Only you can read the configuration file now.")

    def reload(self) -> None:
        """Read the file again."""
        start_worker(self._app, self._session.reload, group="load")
