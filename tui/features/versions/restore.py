"""Brings an earlier version of the configuration file back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from storage_core.paths import shortened
from storage_core.printable import printable
from tui.features.versions.dialog import VersionsDialog
from tui.kit.text import cut

if TYPE_CHECKING:
    from tui.kit.screen import BaseScreen
    from tui.session.differences import Difference
    from tui.session.session import Session
    from tui.session.versions import KeptVersion

_NAMES: Final = 110
"""Cells of the names of the configurations in a version: two lines."""


async def restore(screen: BaseScreen[object], session: Session) -> None:
    """Show the versions, and bring back the chosen one, after asking."""
    if reason := session.snapshot.read_only:
        found = session.snapshot.configurations
        newer = found is not None and found.newer
        end = "; it is never rewritten, update the program to change it" if newer else ""
        screen.app.fail(f"No version can be restored: {reason}{end}.")
        return
    kept = await session.jobs.run("reading", session.workspace.versions)
    if not kept:
        screen.app.say(f"No earlier version of {session.workspace.shown_path} is kept yet.")
        return

    def changed(at: int) -> list[Difference]:
        newer = kept[at - 1].version if at else None
        return session.workspace.differences(kept[at].version, newer)

    at: int | None = 0
    while (at := await screen.ask(VersionsDialog(kept, changed, at or 0))) is not None:
        if await _restore(screen, session, kept[at]):
            return


async def _restore(screen: BaseScreen[object], session: Session, chosen: KeptVersion) -> bool:
    from tui.kit.ask import Ask

    path = session.workspace.shown_path
    if session.snapshot.problem:
        folder = printable(shortened(str(Path(chosen.version.path).parent)))
        text = f"{path} cannot be read now. Its text is kept in {folder}, for you to look at."
    else:
        undo = screen.key("undo", "u")
        text = f"What {path} says now is kept as a version too; {undo} takes this back."
    answer = await screen.ask(
        Ask(
            f"Restore the file as it was until {chosen.when}?",
            text,
            [("cancel", "Cancel"), ("restore", "Restore")],
            focus="cancel",
            about=cut(", ".join(chosen.names or ()), _NAMES),
        )
    )
    if answer != "restore":
        return False
    await session.save(lambda: session.workspace.restore(chosen.version, chosen.when))
    screen.app.say(f"Restored the file as it was until {chosen.when}.")
    return True
