"""The `storage` command: parses arguments, calls the library, prints.

    __init__.py   `main`: arguments in, exit code out
    run.py        runs a command and turns every exception into an exit code
    plain.py      runs the command lines that need no click: `storage` and `storage ls`
    invoking.py   runs all others through click
    session.py    the state that the commands of one run share
    app.py        types of the functions that the app passes in
    errors.py     the exit code and the error line for each exception
    group.py      the commands by name, loaded when they are used
    command.py    what every command has: --config, --json, --help with examples
    output.py     standard output and error, JSON, and text that is safe for a terminal
    table.py      columns that fit the terminal
    prompts.py    questions at a terminal
    options.py    options made from the declarations of the storage types, and their values
    entries.py    prints a configuration, as JSON or as labels with values
    progress.py   a bar that shows how far a command has come
    probing.py    connection tests, several at once; checklist.py draws them
    interview.py  the menu and questions of `storage create`
    importing*    `storage import`: the command, its questions, its output
    exposure.py   warnings about secrets and mistakes in the file

The other modules hold the commands themselves. None of them names a storage type or a setting.
Click is imported nowhere else in the project, and drivers only where a store is opened.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage_core.cli.app import KeyMistakes, OpenApp


def main(
    arguments: Sequence[str] | None = None,
    *,
    open_app: OpenApp | None = None,
    key_mistakes: KeyMistakes | None = None,
) -> int:
    """Run one command and return its exit code.

    Args:
        arguments: what follows `storage`; by default those of this process.
        open_app: opens the app, for bare `storage` on a terminal; without it, the list is printed.
        key_mistakes: finds mistakes in the app's remapped keys, for `storage validate`.
    """
    try:
        from storage_core.cli.run import run
        from storage_core.cli.session import Session

        given = list(sys.argv[1:] if arguments is None else arguments)
        return run(given, Session(open_app, key_mistakes))
    except KeyboardInterrupt:
        # Pressed while modules were being loaded, before `run` could handle it.
        return 130
