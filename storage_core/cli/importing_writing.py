"""What follows the questions of `storage import`: writing the entries, and testing them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from storage_core.cli import prompts
from storage_core.cli.errors import CommandFailed
from storage_core.importing.adding import added

if TYPE_CHECKING:
    from storage_core.cli.importing_questions import Wanted
    from storage_core.config.file import ConfigFile
    from storage_core.declaration.configuration import StorageConfiguration


def written(file: ConfigFile, wanted: Wanted) -> list[StorageConfiguration]:
    """Write all entries or none, and return their configurations."""
    if not wanted.found:
        return []
    with file.transaction() as edit:
        return added(edit, wanted.found, wanted.names, wanted.default)


def offer_test(saved: Sequence[StorageConfiguration]) -> None:
    """Ask whether to test what was written; if so, test it.

    Raises:
        CommandFailed: a test failed.
    """
    from storage_core.cli.checklist import show_checklists
    from storage_core.cli.probing import probing
    from storage_core.cli.targets import Target

    what = f"Test {saved[0].name} now?" if len(saved) == 1 else f"Test all {len(saved)} now?"
    if not prompts.confirm(what, default=True):
        return
    targets = [Target(each.name or "", each.id, each.type, each) for each in saved]
    with probing(targets) as started:
        show_checklists(started)
        failed = [each.target.name for each in started if not each.ok()]
    if failed:
        raise CommandFailed(f"imported, but the test failed for {', '.join(failed)}")
