"""Both engines of the clouds: the same tests run with each.

A test that has the fixture `engine` runs once with each, by `STORAGE_ENGINE`; with the marker
`engine("fsspec")` or `engine("direct")` only with that one, for what only that one has. The
functions here open a backend with a named engine, or with that of the test.
"""

from __future__ import annotations

import os
from typing import Any, Final

import pytest

from storage_core.backends.remote.backend import RemoteBackend

ENGINES: Final = ("direct", "fsspec")
both: Final = pytest.mark.usefixtures("engine")


def open_s3(*args: Any, engine: str | None = None, **settings: Any) -> RemoteBackend:
    """A bucket of S3."""
    if _is_direct(engine):
        from storage_core.backends.drivers.direct.s3 import open_s3_direct as opened
    else:
        from storage_core.backends.drivers.s3fs import open_s3 as opened
    return opened(*args, **settings)


def open_azure(*args: Any, engine: str | None = None, **settings: Any) -> RemoteBackend:
    """A container of Azure."""
    if _is_direct(engine):
        from storage_core.backends.drivers.direct.azure import open_azure_direct as opened
    else:
        from storage_core.backends.drivers.adlfs import open_azure as opened
    return opened(*args, **settings)


def open_gcs(*args: Any, engine: str | None = None, **settings: Any) -> RemoteBackend:
    """A bucket of Google Cloud Storage."""
    if _is_direct(engine):
        from storage_core.backends.drivers.direct.gcs import open_gcs_direct as opened
    else:
        from storage_core.backends.drivers.gcsfs import open_gcs as opened
    return opened(*args, **settings)


def _is_direct(engine: str | None) -> bool:
    return (engine or os.environ.get("STORAGE_ENGINE", ENGINES[0])) == "direct"
