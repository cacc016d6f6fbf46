"""What a bucket or container of any cloud is opened with; for type checkers only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Required, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping


class Given(TypedDict, total=False):
    """Keyword arguments that every cloud takes."""

    ca_bundle: str | None
    """A PEM file of certificates to trust besides the system's."""

    options: Mapping[str, Any] | None
    """More arguments of the file system that fsspec has for this cloud. They replace those made
    from the settings; the direct engine does without those that its `what_is_beyond` names."""

    timeout: Required[float]
    """Seconds that one call may take, retries included."""

    secrets: tuple[str, ...]
    """What no message may show."""

    setting: str
    """The label of the setting that names the bucket or container."""

    credentials: str | None
    """The labels of those that sign in; by default those of the cloud's storage type."""

    address: str | None
    """The labels of those that lead to the server; by default likewise."""
