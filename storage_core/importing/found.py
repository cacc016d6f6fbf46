"""An entry of another tool, and the configuration that it would become."""

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
    """An entry in a file or in the variables of another tool.

    There are three cases: it can be imported as it is; it can be imported once `asks` is answered;
    it cannot be imported, and `reason` says why.
    """

    source: str
    """The tool, by its name in `storage import`: `rclone`."""

    entry: str
    """Its kind and name in the words of the tool: `remote minio`, `profile corp`."""

    place: str
    """The file or the variable that it is in."""

    name: str
    """Its name in the tool; `planning` finds a name that is free here."""

    cls: type[StorageConfiguration] | None = None
    """The storage type; None if it cannot be imported."""

    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The settings to write; a secret that the tool itself refers to is a reference."""

    id: str | None = None
    """The ID that it keeps (Prefect); None: it gets a new one."""

    is_default: bool = False
    """Whether the tool uses it when none is named."""

    asks: str | None = None
    """The required setting that the tool lacks, such as the bucket; None if it lacks none."""

    begins: tuple[str, ...] = ()
    """The answer must begin with one of these; if empty, with anything."""

    lost: tuple[str, ...] = ()
    """What cannot be expressed and is left out, one line each, without secrets."""

    notes: tuple[str, ...] = ()
    """What else a person should know about it, one line each, without secrets."""

    reason: str = ""
    """Why it cannot be imported, in one line, without secrets; empty if it can."""

    def __post_init__(self) -> None:
        """Cut texts down to what may be shown: a mistake in a file may put an indented line below a
        name, or the password of a URL, into them."""
        for field_ in ("entry", "name", "reason"):
            object.__setattr__(self, field_, _shown(getattr(self, field_)))
        for field_ in ("lost", "notes"):
            object.__setattr__(self, field_, tuple(map(_shown, getattr(self, field_))))

    @property
    def asked(self) -> str:
        """The label of the setting that it asks for: `Bucket`, `Container`."""
        setting = self.cls.setting_named(self.asks or "") if self.cls else None
        return setting.label if setting else "Bucket"

    @property
    def takes_folder(self) -> bool:
        """Whether a folder may follow the bucket in the answer; see `answered`."""
        return self.cls is not None and self.cls.setting_named("prefix") is not None
