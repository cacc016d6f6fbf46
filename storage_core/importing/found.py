"""One entry of another tool, and the configuration that it would become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from storage_core.redaction import mask_url

if TYPE_CHECKING:
    from storage_core.declaration.configuration import StorageConfiguration


def _shown(text: str) -> str:
    """The first line, without the password of a URL."""
    return mask_url(text.lstrip("\r\n").partition("\n")[0].rstrip("\r"))


@dataclass(frozen=True, kw_only=True)
class Found:
    """What stands in a file of another tool.

    Three cases: it can be imported as it is; it can when `asks` is answered; it cannot, and
    `reason` says why.
    """

    source: str
    """The tool, as `storage import` names it: `rclone`."""

    entry: str
    """What it is in the words of the tool: `remote minio`, `profile corp`."""

    place: str
    """The file it stands in, or the variable."""

    name: str
    """What the tool calls it; which name is free is decided later."""

    cls: type[StorageConfiguration] | None = None
    """The storage type; None when it cannot be imported."""

    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The settings of the type, as they would be written: references rather than secrets."""

    id: str | None = None
    """The ID that it keeps (Prefect); None: a new one."""

    is_default: bool = False
    """Whether the tool uses it where none is named."""

    asks: str | None = None
    """The required setting that the tool does not know, such as the bucket; None: none."""

    begins: tuple[str, ...] = ()
    """With what the answer has to begin, one of these; empty: with anything."""

    lost: tuple[str, ...] = ()
    """What cannot be expressed and is left out, a line each, without a secret."""

    notes: tuple[str, ...] = ()
    """What else a person should know of it, a line each, without a secret."""

    reason: str = ""
    """Why it cannot be imported, in one line, without a secret; empty when it can."""

    def __post_init__(self) -> None:
        """Keep to what may be shown: what a mistake in a file has put into a name or a reason, such
        as an indented line below it or the password of a URL, is no part of that."""
        for field_ in ("entry", "name", "reason"):
            object.__setattr__(self, field_, _shown(getattr(self, field_)))
        for field_ in ("lost", "notes"):
            object.__setattr__(self, field_, tuple(map(_shown, getattr(self, field_))))

    @property
    def asked(self) -> str:
        """What people call what it asks for: `Bucket`, `Container`."""
        setting = self.cls.setting_named(self.asks or "") if self.cls else None
        return setting.label if setting else "Bucket"

    @property
    def takes_folder(self) -> bool:
        """Whether the answer may name a folder behind the bucket; see `answered`."""
        return self.cls is not None and self.cls.setting_named("prefix") is not None
