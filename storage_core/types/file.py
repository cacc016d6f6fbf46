"""File Storage: files on any file system that fsspec knows, or in a local folder."""

from __future__ import annotations

from storage_core import keys
from storage_core.declaration import checks
from storage_core.declaration.configuration import RemoteStorage, Table, options_setting
from storage_core.declaration.setting import setting
from storage_core.light import dataclass
from storage_core.paths import absolute, local_folder
from storage_core.references import looked_up, without_literal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, ClassVar

    from storage_core.backends.base import Backend
    from storage_core.declaration.configuration import Opening


@dataclass(frozen=True, kw_only=True, repr=False)
class FileStorage(RemoteStorage):
    """Store data as a file on local or remote file systems."""

    type: ClassVar[str] = "file"
    label: ClassVar[str] = "File Storage"
    description: ClassVar[str] = "Store data as a file on local or remote file systems."
    place: ClassVar[str] = "folder"

    key_type: keys.KeyType = setting(
        "Key Type",
        "The method to use to generate file names: hash stores equal bytes once; uuid and "
        "timestamp always store a new file.",
        default="hash",
        form="choice",
        choices=("hash", "uuid", "timestamp"),
    )
    base_path: str = setting(
        "Base Path",
        "Path to the storage location or folder: a local path or any URL that fsspec supports, "
        "such as s3://my-bucket/my-folder/.",
        form="path",
        check=checks.path_or_url,
        placeholder="s3://my-bucket/my-folder/",
    )
    options: Table | None = options_setting("the fsspec file system")

    @classmethod
    def cautions(cls, values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        from storage_core.declaration.addresses import of_file_url, of_options

        yield from super().cautions(values)
        base_path, options = values.get("base_path"), values.get("options")
        if said := of_file_url(base_path, options):
            yield "base_path", said
        if said := of_options(base_path, options):
            yield "options", said

    @property
    def location(self) -> str:
        from storage_core.redaction import mask_url

        return mask_url(without_literal(self.base_path))

    @property
    def has_server(self) -> bool:
        base_path = looked_up(self.base_path)
        scheme, _, _ = base_path.partition("://")
        return local_folder(base_path) is None and scheme.lower() != "memory"

    @property
    def naming(self) -> keys.KeyType:
        return self.key_type

    def backend(self, opening: Opening) -> Backend:
        local = local_folder(self.base_path)
        if local is not None:
            from storage_core.backends.local import LocalBackend

            return LocalBackend(absolute(local))
        from storage_core.backends.filesystem import open_filesystem

        return open_filesystem(
            self.base_path,
            ca_bundle=self.trusted,
            options=self.options or {},
            timeout=opening.timeout,
            secrets=opening.secrets,
        )
