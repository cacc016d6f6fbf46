"""What is to be exported, and the text that it becomes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage_core.declaration.configuration import StorageConfiguration


@dataclass(frozen=True)
class Chosen:
    """The configurations to export."""

    configurations: tuple[StorageConfiguration, ...]
    """All of them have names."""

    default: str | None = None
    """The name of the default, whether it is among them or not."""

    reveal: bool = False
    """Whether secrets are written as they are."""

    @property
    def chosen_default(self) -> str | None:
        """The name of the default, if it is among them."""
        names = [each.name for each in self.configurations]
        return self.default if self.default in names else None


@dataclass(frozen=True)
class Written:
    """Configurations in the form of a tool."""

    text: str = field(repr=False)
    """A whole file that ends with a line break; secrets are in it only if they were asked for."""

    notes: tuple[str, ...] = ()
    """What is left out and what has another name there: one line each, without secrets."""
