"""Named storage configurations, and blobs kept in them. Headless: no terminal library is loaded.

    store = storage_core.get_store()      # the default, or get_store("prod-results")
    key = store.write(b"…")
    data = store.read(key)

Names are loaded when they are first used, because thousands of short-lived workers import this
package for a single blob.
"""

from __future__ import annotations

from storage_core.errors import (
    AccessDenied,
    BlobExists,
    BlobNotFound,
    BulkError,
    ConfigConflict,
    ConfigurationError,
    IntegrityError,
    InvalidKey,
    StorageError,
    StorageNotFound,
    StorageUnavailable,
    UnsupportedOperation,
)

# As type checkers know it, without `typing`: that takes as long as Python itself to start (8 ms).
TYPE_CHECKING = False
if TYPE_CHECKING:
    from storage_core.blobs.blob import Blob
    from storage_core.blobs.objects.serializer import Serializer
    from storage_core.care.prune import Pruned, prune
    from storage_core.care.usage import Amount, Usage, usage
    from storage_core.config.file import ConfigFile
    from storage_core.config.model.entries import Configurations
    from storage_core.config.model.entry import Entry
    from storage_core.config.model.problems import Problem
    from storage_core.declaration.configuration import RemoteStorage, StorageConfiguration
    from storage_core.declaration.setting import Setting, setting
    from storage_core.declaration.validation import InvalidSettings
    from storage_core.opening import get_store, open_store
    from storage_core.store import Store
    from storage_core.transfers.events import TransferEvent, TransferTotals
    from storage_core.transfers.transfer import transfer
    from storage_core.types import all_types, type_named
    from storage_core.types.azure import AzureBlobStorage
    from storage_core.types.file import FileStorage
    from storage_core.types.gcs import GoogleCloudStorage
    from storage_core.types.kv import KVServerStorage
    from storage_core.types.local import LocalStorage
    from storage_core.types.s3 import S3Storage
    from storage_core.types.temporary import TemporaryLocalStorage

__version__ = "0.1.0"

__all__ = [
    "AccessDenied",
    "Amount",
    "AzureBlobStorage",
    "Blob",
    "BlobExists",
    "BlobNotFound",
    "BulkError",
    "ConfigConflict",
    "ConfigFile",
    "ConfigurationError",
    "Configurations",
    "Entry",
    "FileStorage",
    "GoogleCloudStorage",
    "IntegrityError",
    "InvalidKey",
    "InvalidSettings",
    "KVServerStorage",
    "LocalStorage",
    "Problem",
    "Pruned",
    "RemoteStorage",
    "S3Storage",
    "Serializer",
    "Setting",
    "StorageConfiguration",
    "StorageError",
    "StorageNotFound",
    "StorageUnavailable",
    "Store",
    "TemporaryLocalStorage",
    "TransferEvent",
    "TransferTotals",
    "UnsupportedOperation",
    "Usage",
    "all_types",
    "get_store",
    "open_store",
    "prune",
    "setting",
    "transfer",
    "type_named",
    "usage",
]

_MODULES = {
    "Blob": "blobs.blob",
    "Serializer": "blobs.objects.serializer",
    "Pruned": "care.prune",
    "prune": "care.prune",
    "Amount": "care.usage",
    "Usage": "care.usage",
    "usage": "care.usage",
    "Configurations": "config.model.entries",
    "Entry": "config.model.entry",
    "Problem": "config.model.problems",
    "ConfigFile": "config.file",
    "RemoteStorage": "declaration.configuration",
    "StorageConfiguration": "declaration.configuration",
    "Setting": "declaration.setting",
    "setting": "declaration.setting",
    "InvalidSettings": "declaration.validation",
    "Store": "store",
    "TransferEvent": "transfers.events",
    "TransferTotals": "transfers.events",
    "transfer": "transfers.transfer",
    "get_store": "opening",
    "open_store": "opening",
    "all_types": "types",
    "type_named": "types",
    "AzureBlobStorage": "types.azure",
    "FileStorage": "types.file",
    "GoogleCloudStorage": "types.gcs",
    "KVServerStorage": "types.kv",
    "LocalStorage": "types.local",
    "S3Storage": "types.s3",
    "TemporaryLocalStorage": "types.temporary",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
