"""Copying one file, within a place or from one to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage_core.errors import AccessDenied, BlobNotFound, ConfigurationError
from storage_core.fs import listing
from storage_core.fs.errors import both_families

if TYPE_CHECKING:
    from storage_core.fs.folders import Folders
    from storage_core.fs.spot import Spot


def copy_file(source: Spot, target: Spot, folders: Folders) -> None:
    """Copy a file: within one place by the place itself, between two by reading and writing.

    If there is only a folder, a folder is made.
    """
    with both_families():
        target.backend.require_writable()
        try:
            if source.identity == target.identity:
                source.backend.copy(source.blob, target.blob)
            else:
                with source.backend.open(source.blob) as file:
                    target.backend.put_stream(target.blob, file, overwrite=True)
        except (AccessDenied, BlobNotFound, ConfigurationError):
            # A blob and a folder may have the same name: the result for the blob counts.
            if listing.is_file(source) or not listing.is_folder(source):
                raise
            folders.make(target, exist_ok=True)
