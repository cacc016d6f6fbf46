"""The tools whose configurations can be imported: a module each, of the tool's name.

Each module has

    LABEL: str                                        what people call the tool
    def places() -> list[str]                         the files or folders it looks in, best first
    def found(path: str | None = None) -> list[Found]

`found` reads what the tool itself would use on this machine, or `path` (a file or folder of the
tool). It is empty where the tool has nothing; it raises `ConfigurationError`, which names the file,
where something cannot be read. A mistake in one entry is that entry's `reason` and hides no other.
No module asks a server, writes anything or runs a program.
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
"""In the order in which `storage import` looks."""


class Source(Protocol):
    """A tool whose configurations can be imported."""

    LABEL: str

    def places(self) -> list[str]:
        """The files or folders that it looks in, best first."""

    def found(self, path: str | None = None) -> list[Found]:
        """What the tool would use here, or what is at `path`."""


def source_named(name: str) -> Source:
    """The tool of one of `NAMES`; its module is loaded only now."""
    return cast("Source", import_module(f"storage_core.importing.sources.{name}"))
