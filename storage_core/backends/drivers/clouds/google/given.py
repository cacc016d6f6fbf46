"""What a bucket of Google Cloud Storage is opened with; for type checkers only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage_core.backends.drivers.clouds.given import Given

if TYPE_CHECKING:
    from collections.abc import Mapping


class GivenGCS(Given, total=False):
    """Keyword arguments of `open_gcs` and `open_gcs_direct`."""

    project: str | None
    """The bucket's."""

    service_account_info: Mapping[str, Any] | None
    """The credentials file of a service account; without one, Google's own credential chain is
    used."""

    endpoint_url: str | None
    """Of another service than Google's."""

    signs_in_by: str
    """The label of the setting with a token of gcsfs."""
