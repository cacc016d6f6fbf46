"""Why a command on the list cannot work now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from storage_core.printable import printable
from tui.features.configurations.commands import LIST
from tui.features.configurations.several import can_delete, can_export, can_tag
from tui.features.configurations.testing import testable
from tui.kit.commands import Reason
from tui.session.sources import HERE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.kit.commands import KeyOf
    from tui.session.session import Session
    from tui.session.snapshot import Row

_ON_A_ROW: Final = {
    *("edit", "duplicate", "rename", "delete", "default", "test", "browse"),
    *("copy_here", "copy_id", "copy_snippet", "move_secret", "tag", "choose", "export"),
}
_ON_OWN: Final = {"rename", "delete", "move_secret", "tag"}
_ON_BUILT_IN: Final = {"default", "test", "browse", "copy_snippet"}
_ON_BROKEN: Final = {"edit", "rename", "delete", "copy_id", "choose"}
_ON_SEVERAL: Final[dict[str, Callable[[Row], bool]]] = {
    "delete": can_delete,
    "tag": can_tag,
    "test": lambda row: bool(testable([row])),
    "copy_id": lambda row: not row.built_in,
    "export": can_export,
}
"""Commands that work on all chosen rows, each with the condition that a row has to meet."""

_CHANGING: Final = {command.name for command in LIST if command.changes}
_ON_A_FILE: Final = (
    _ON_A_ROW
    | _CHANGING
    | {"filter", "sort", "test_all", "make_private", "reverse", "group", "choose_all"}
)


def why_not(
    command: str,
    row: Row | None,
    session: Session,
    key: KeyOf,
    shown: Sequence[Row] = (),
    chosen: Sequence[Row] = (),
) -> str:
    """The reason, and what to do, in one line; empty when it can work.

    Args:
        command: its name.
        row: the row under the cursor.
        session: what the list shows.
        key: the keys of commands.
        shown: the rows in the list; used for `test_all` only.
        chosen: the chosen rows among them.
    """
    snapshot, history = session.snapshot, session.workspace.history
    if snapshot.problem and command in _ON_A_FILE:
        opens = f"The file cannot be read; {key('open_file', 'o')} opens it in your editor"
        if snapshot.versions:
            opens = f"{opens}, {key('versions', 'v')} brings an earlier version back"
        return Reason(f"{opens}.", "broken file")
    if command in _CHANGING and (reason := session.why_not_save()):
        return Reason(reason, "read-only" if snapshot.read_only else "broken file")
    if command == "open_file" and not snapshot.exists and not snapshot.problem:
        new = key("new", "n")
        return Reason(f"There is no configuration file yet; {new} creates it.", "no file yet")
    if command == "undo" and not history.done:
        return Reason("Nothing to undo.", "nothing to undo")
    if command == "redo" and not history.undone:
        return Reason("Nothing to redo.", "nothing to redo")
    if command == "make_private" and snapshot.exposed is None:
        return Reason("Nobody else can see a secret in this file.", "private already")
    if command == "test_all" and not testable(shown):
        if testable(snapshot.rows):
            said = "The filter shows nothing that can be tested; Esc clears it."
        else:
            said = f"There is nothing to test yet; {key('new', 'n')} creates a configuration."
        return Reason(said, "nothing to test")
    if chosen and command in _ON_SEVERAL:
        if any(map(_ON_SEVERAL[command], chosen)):
            return ""
        # The reason for one of them holds for all.
        row = chosen[0]
    return _why_not_on(row, command, key) if command in _ON_A_ROW else ""


def _why_not_on(row: Row | None, command: str, key: KeyOf) -> str:
    if row is None:
        return Reason("Nothing is selected.", "nothing chosen")
    if row.built_in:
        if command == "choose":
            said = "Temporary Local Storage is built in; there is no other to choose with it."
            return Reason(said, "built in")
        if command == "copy_id":
            return Reason("Temporary Local Storage is built in and has no ID.", "no ID")
        if command == "default" and row.default:
            return Reason("Temporary Local Storage is used already.", "used already")
        if command not in _ON_BUILT_IN:
            new = key("new", "n")
            said = f"Temporary Local Storage is built in; {new} creates one of your own."
            return Reason(said, "built in")
    elif command == "copy_here" and not row.origin:
        return Reason(f"{printable(row.name)} stands in your own file already.", "in your file")
    elif row.origin and row.problem and command in {*_ON_OWN, "edit", "copy_here"}:
        said = f"Whoever keeps {row.origin} has to mend {printable(row.name)} first."
        return Reason(said, "to be mended first")
    elif row.origin and command in _ON_OWN:
        copies = f"{key('copy_here', 'C')} copies it into your own file"
        said = f"{printable(row.name)} stands in {row.origin}, never changed here; {copies}."
        return Reason(said, "in another file")
    elif row.problem and command not in _ON_BROKEN:
        said = f"{printable(row.name)} has to be mended first; {key('edit', 'e')} opens it."
        return Reason(said, "to be mended first")
    elif command == "move_secret" and not row.plain:
        if HERE in row.sources:
            said = f"The secret of {printable(row.name)} is a part of a longer value"
            return Reason(f"{said}; {key('edit', 'e')} opens it.", "part of a longer value")
        said = f"No secret of {printable(row.name)} stands in the file."
        return Reason(said, "no secret in the file")
    return ""
