"""What each type of block becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from storage_core.importing.found import Found
from storage_core.importing.sources.prefect.blocks import UNREADABLE, Block
from storage_core.importing.sources.prefect.credentials import (
    Inexpressible,
    Settings,
    aws,
    azure,
    google,
)
from storage_core.importing.values import as_it_is
from storage_core.types import type_named

if TYPE_CHECKING:
    from storage_core.declaration.configuration import StorageConfiguration

Fields: TypeAlias = Mapping[str, Any]
Reader: TypeAlias = Callable[[Block, Fields], Settings]


def found_in(blocks: Iterable[Block], default: str | None) -> Iterator[Found]:
    """The entries for blocks that are storages, or credentials that no other block refers to.

    Args:
        blocks: all blocks of a database.
        default: the block that is the default in Prefect's settings: `s3-bucket/prod-results`.
    """
    for block in blocks:
        if block.kind in _STORAGES:
            yield _found(block, default, *_STORAGES[block.kind])
        elif block.kind in _CREDENTIALS and not block.is_referred_to:
            yield _credentials(block, *_CREDENTIALS[block.kind])
        elif block.kind in _OTHERS:
            yield _no_storage(block, _OTHERS[block.kind])


def _found(block: Block, default: str | None, type_name: str, read: Reader) -> Found:
    if block.data is None:
        return _no_storage(block, UNREADABLE)
    try:
        settings, lost = read(block, block.data)
    except Inexpressible as error:
        return _no_storage(block, str(error))
    return Found(
        source="prefect",
        entry=f"block {block.slug}/{block.name}",
        place=block.place,
        name=block.name,
        cls=type_named(type_name),
        settings={key: value for key, value in settings.items() if value},
        id=block.id,
        is_default=block.is_default or default == f"{block.slug}/{block.name}",
        lost=tuple(lost),
    )


def _credentials(
    block: Block, type_name: str, asks: str, read: Callable[[Fields], Settings]
) -> Found:
    if block.data is None:
        return _no_storage(block, UNREADABLE)
    try:
        settings, lost = read(block.data)
    except Inexpressible as error:
        return _no_storage(block, str(error))
    cls: type[StorageConfiguration] = type_named(type_name)
    return Found(
        source="prefect",
        entry=f"block {block.slug}/{block.name}",
        place=block.place,
        name=block.name,
        cls=cls,
        settings=settings,
        asks=asks,
        lost=tuple(lost),
    )


def _no_storage(block: Block, reason: str) -> Found:
    return Found(
        source="prefect",
        entry=f"block {block.slug}/{block.name}",
        place=block.place,
        name=block.name,
        reason=reason,
    )


def _as_they_are(*names: str) -> Reader:
    """Make a reader for fields that are settings with the same names."""

    def read(_block: Block, data: Fields) -> Settings:
        return {name: _value(data.get(name)) for name in names}, []

    return read


def _value(value: Any) -> Any:
    return as_it_is(value) if isinstance(value, str) else value


def _file_storage(_block: Block, data: Fields) -> Settings:
    settings = {"base_path": data.get("base_path"), "options": data.get("options")}
    return {"key_type": data.get("key_type"), **settings}, []


def _google_storage(_block: Block, data: Fields) -> Settings:
    settings, lost = google(data)
    return {"bucket": _value(data.get("bucket")), **settings}, lost


def _local_file_system(_block: Block, data: Fields) -> Settings:
    if not data.get("basepath"):
        raise Inexpressible("it names no folder: it is the one in which a flow happens to run")
    return {"storage_path": _value(data["basepath"])}, []


def _remote_file_system(_block: Block, data: Fields) -> Settings:
    return {"base_path": data.get("basepath"), "options": data.get("settings")}, []


def _s3_bucket(block: Block, data: Fields) -> Settings:
    names = ("credentials", "aws_credentials", "minio_credentials")
    settings, lost = aws(_inner(block, data, names))
    if isinstance(data.get("endpoint_url"), str):
        settings["endpoint_url"] = data["endpoint_url"]
    folder = data.get("bucket_folder") or data.get("basepath")
    return {"bucket": _value(data.get("bucket_name")), "prefix": folder, **settings}, lost


def _gcs_bucket(block: Block, data: Fields) -> Settings:
    settings, lost = google(_inner(block, data, ("gcp_credentials",)))
    folder = data.get("bucket_folder")
    return {"bucket": _value(data.get("bucket")), "prefix": folder, **settings}, lost


def _azure_container(block: Block, data: Fields) -> Settings:
    settings, lost = azure(_inner(block, data, ("credentials",)))
    folder = data.get("base_folder")
    return {"container": _value(data.get("container_name")), "prefix": folder, **settings}, lost


def _s3(_block: Block, data: Fields) -> Settings:
    bucket, prefix = _split(data)
    settings, lost = aws(data)
    return {"bucket": bucket, "prefix": prefix, **settings}, lost


def _gcs(_block: Block, data: Fields) -> Settings:
    bucket, prefix = _split(data)
    settings, lost = google(data)
    return {"bucket": bucket, "prefix": prefix, **settings}, lost


def _azure(_block: Block, data: Fields) -> Settings:
    container, prefix = _split(data, "azure_storage_container")
    field = "azure_storage_"
    account = data.get(f"{field}account_name")
    key, token = data.get(f"{field}account_key"), data.get(f"{field}sas_token")
    signing_in = ("tenant_id", "client_id", "client_secret")
    options = {name: data[f"{field}{name}"] for name in signing_in if data.get(f"{field}{name}")}
    settings: dict[str, Any] = {"container": container, "prefix": prefix}
    if data.get(f"{field}connection_string"):
        settings["connection_string"] = _value(data[f"{field}connection_string"])
    elif account:
        if key:
            options["account_key"] = key
        if token:
            options["sas_token"] = token
        settings |= {"account_name": account, "options": options}
    else:
        raise Inexpressible("it has neither a connection string nor the name of an account")
    return settings, []


def _split(data: Fields, container: str = "") -> tuple[str, str]:
    """The bucket and the prefix in `bucket_path`; the field `container` may name the former."""
    path = str(data.get("bucket_path") or "").partition("://")
    inner = (path[2] or path[0]).strip("/")
    if data.get(container):
        return str(data[container]), inner
    bucket, _, prefix = inner.partition("/")
    return bucket, prefix


def _inner(block: Block, data: Fields, names: Iterable[str]) -> Fields:
    """The fields of the credentials: of a block that it refers to, or inside it; else empty."""
    for name in names:
        if name in block.inner:
            inner = block.inner[name].data
            if inner is None:
                raise Inexpressible(UNREADABLE)
            return inner
        if isinstance(data.get(name), Mapping):
            found: Fields = data[name]
            return found
    return {}


_STORAGES: Final[Mapping[str, tuple[str, Reader]]] = {
    # Of the 2.0 betas, which have the same settings as Storage.
    "Azure Blob Storage": ("azure", _as_they_are("container", "connection_string")),
    "File Storage": ("file", _file_storage),
    "Google Cloud Storage": ("gcs", _google_storage),
    "KV Server Storage": ("kv", _as_they_are("api_address")),
    "Local Storage": ("local", _as_they_are("storage_path")),
    "S3 Storage": (
        "s3",
        lambda _block, data: ({"bucket": _value(data.get("bucket")), **aws(data)[0]}, []),
    ),
    "Temporary Local Storage": ("temporary", _as_they_are()),
    # Of 2.
    "Azure": ("azure", _azure),
    "GCS": ("gcs", _gcs),
    "S3": ("s3", _s3),
    # Of 2 and 3.
    "Local File System": ("local", _local_file_system),
    "Remote File System": ("file", _remote_file_system),
    # Of prefect-aws, prefect-azure and prefect-gcp.
    "Azure Blob Storage Container": ("azure", _azure_container),
    "GCS Bucket": ("gcs", _gcs_bucket),
    "S3 Bucket": ("s3", _s3_bucket),
}
"""For each type of block, the storage type and the function that reads its fields."""

_CREDENTIALS: Final[Mapping[str, tuple[str, str, Callable[[Fields], Settings]]]] = {
    "AWS Credentials": ("s3", "bucket", aws),
    "Azure Blob Storage Credentials": ("azure", "container", azure),
    "GCP Credentials": ("gcs", "bucket", google),
    "MinIO Credentials": ("s3", "bucket", aws),
}
"""For each type of credentials, the storage type, the setting that is asked for, and the reader."""

_OTHERS: Final[Mapping[str, str]] = {
    "Bitbucket Repository": "it is a repository of code, which nothing is written to",
    "GitHub": "it is a repository of code, which nothing is written to",
    "GitHub Repository": "it is a repository of code, which nothing is written to",
    "GitLab Repository": "it is a repository of code, which nothing is written to",
    "SMB": "it is a Windows share; mount it, and use Local Storage",
}
"""Other types of blocks that hold files, and why they cannot be imported."""
