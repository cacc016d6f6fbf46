"""The tools whose configurations can be imported: for each a module with its name.

Each module has

    LABEL: str                                        what people call the tool
    def places() -> list[str]                         the files or folders it looks in, best first
    def found(path: str | None = None) -> list[Found]

`found` reads what the tool itself would use on this machine, or `path` (a file or folder of the
tool). It returns an empty list if the tool has nothing, and raises `ConfigurationError`, which
names the file, if something cannot be read. A mistake in an entry becomes its `reason`, and does
not hide other entries.
No module contacts a server, writes anything or runs a program.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol, cast

if TYPE_CHECKING:
    from storage_core.importing.found import Found

# fmt: off
NAMES: Final = (
    "prefect", "aws", "rclone", "azure", "gcloud", "fsspec", "dvc", "msc", "mc", "airflow",
)
# fmt: on
"""The names of the tools, in the order in which `storage import` looks."""


class Source(Protocol):
    """A tool whose configurations can be imported."""

    LABEL: str

    def places(self) -> list[str]:
        """The files or folders that it looks in, best first."""

    def found(self, path: str | None = None) -> list[Found]:
        """The entries that the tool would use here, or those at `path`."""


def source_named(name: str) -> Source:
    """Load the tool with one of `NAMES`."""
    return cast("Source", import_module(f"storage_core.importing.sources.{name}"))
