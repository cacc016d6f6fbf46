"""What other features open here, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.features.form.picker import TypePicker
from tui.features.form.screen import FormScreen

if TYPE_CHECKING:
    from storage_core.config.entries import Entry
    from storage_core.declaration.configuration import StorageConfiguration
    from tui.kit.screen import BaseScreen
    from tui.session.session import Session


async def form(
    screen: BaseScreen[object],
    session: Session,
    cls: type[StorageConfiguration],
    entry: Entry | None = None,
) -> str | None:
    """Fill in the form of a new configuration, or of one that there is.

    Returns:
        The name that it was saved under; None when it was not.
    """
    return await screen.ask(FormScreen(session, cls, entry))


async def choose_type(
    screen: BaseScreen[object],
    _: Session,
    types: list[type[StorageConfiguration]],
    title: str = "New storage configuration: choose a type",
    problem: str = "",
    likely: type[StorageConfiguration] | None = None,
) -> type[StorageConfiguration] | None:
    """Choose one of `types`; see `TypePicker`. None when none was chosen."""
    return await screen.ask(TypePicker(types, title, problem, likely))
