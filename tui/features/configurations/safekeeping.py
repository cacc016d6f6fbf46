"""Commands on the list that keep the file and its secrets safe: permissions, places, versions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from storage_core.paths import shortened
from tui.features.configurations.changes import RowScreen
from tui.kit.tasks import flow
from tui.kit.text import printable

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from storage_core.declaration.setting import Setting
    from tui.session.snapshot import Row
    from tui.session.versions import KeptVersion


class SafekeepingCommands(RowScreen):
    """Make private, move a secret, restore an earlier version."""

    def action_make_private(self) -> None:
        """Take the permissions of others away."""
        self._make_private()

    @flow
    async def _make_private(self) -> None:
        try:
            await self.app.in_background("saving", self.app.workspace.make_private)
        finally:
            await self.app.reload()
        self.app.say("Only you can read the configuration file now.")

    def action_move_secret(self) -> None:
        """Out of the file, to a place to be chosen."""
        if self.row:
            self._move_secrets(self.row)

    @flow
    async def _move_secrets(self, row: Row) -> None:
        for number, setting in enumerate(row.plain, 1):
            place = f" ({number} of {len(row.plain)})" if len(row.plain) > 1 else ""
            await self._move(row, setting, f"Move {setting.label} of {row.name}{place}")

    async def _move(self, row: Row, setting: Setting, title: str) -> None:
        from tui.features.secrets.move import MoveScreen, proposed

        workspace = self.app.workspace
        assert row.entry is not None
        cls = row.entry.cls
        secrets = [each for each in (cls.settings() if cls else ()) if each.secret]
        held = sum(1 for each in secrets if row.entry.table.get(each.name))
        places = proposed(row.name, setting.name, only=held == 1)

        def move(reference: str) -> Awaitable[None]:
            return self.app.in_background(
                "saving", lambda: workspace.move_secret(row.name, setting.name, reference)
            )

        reference = await self.app.push_screen_wait(MoveScreen(title, places, move))
        await self.app.reload()
        if reference is not None:
            self.app.say(
                f"Moved {setting.label} of {printable(row.name)} to {printable(reference)}. "
                "Earlier changes cannot be undone any more: they held it."
            )

    def action_versions(self) -> None:
        """Bring an earlier version back."""
        self._versions()

    @flow
    async def _versions(self) -> None:
        from tui.features.versions.dialog import VersionsScreen

        if reason := self.app.snapshot.read_only:
            found = self.app.snapshot.configurations
            newer = found is not None and found.newer
            end = "; it is never rewritten, update the program to change it" if newer else ""
            self.app.fail(f"No version can be restored: {reason}{end}.")
            return
        kept = await self.app.in_background("reading", self.app.workspace.versions)
        if not kept:
            self.app.say(f"No earlier version of {self.app.workspace.shown_path} is kept yet.")
            return
        at: int | None = 0
        while (at := await self.app.push_screen_wait(VersionsScreen(kept, at or 0))) is not None:
            if await self._restore(kept[at]):
                return

    async def _restore(self, chosen: KeptVersion) -> bool:
        from tui.kit.ask import Ask

        path, key = self.app.workspace.shown_path, self.key("undo", "u")
        if self.app.snapshot.problem:
            folder = printable(shortened(str(Path(chosen.version.path).parent)))
            text = f"{path} cannot be read now. Its text is kept in {folder}, for you to look at."
        else:
            text = f"What {path} says now is kept as a version too; {key} takes this back."
        answer = await self.app.push_screen_wait(
            Ask(
                f"Restore the file as it was until {chosen.when}?",
                text,
                [("cancel", "Cancel"), ("restore", "Restore")],
                focus="cancel",
            )
        )
        if answer != "restore":
            return False
        try:
            await self.app.in_background(
                "saving", lambda: self.app.workspace.restore(chosen.version, chosen.when)
            )
        finally:
            await self.app.reload()
        self.app.say(f"Restored the file as it was until {chosen.when}.")
        return True
