"""What other features open here, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.features.check.dialog import CheckDialog

if TYPE_CHECKING:
    from storage_core.declaration.configuration import StorageConfiguration
    from tui.kit.screen import BaseScreen
    from tui.session.checks import TestResult
    from tui.session.session import Session


async def check(
    screen: BaseScreen[object], _: Session, name: str, configuration: StorageConfiguration
) -> TestResult:
    """Test a connection; returns what was found out, as far as it came."""
    return await screen.ask(CheckDialog(name, configuration))
