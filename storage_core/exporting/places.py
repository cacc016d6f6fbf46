"""Where a configuration leads, in terms that other tools share: what forms are written from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from storage_core.exporting.settings import Value

Options = Mapping[str, Any]
"""A table whose texts are `Value`s."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """The fields that all places have."""

    name: str
    label: str
    """What people call its type: `S3 Storage`."""

    location: str
    """The place, passwords masked."""

    notes: tuple[str, ...] = ()
    """What was decided while the place was made, one line each."""

    lost: tuple[str, ...] = ()
    """The given settings, or parts of them, that only Storage has."""

    left_out: tuple[str, ...] = ()
    """The secrets that are left out."""

    options: Options = field(default_factory=dict, repr=False)
    """The rest of Options, by its keys there, that no field here expresses."""

    ca_bundle: Value | None = None


@dataclass(frozen=True, kw_only=True)
class S3(Place):
    """A bucket of S3 or of a service that speaks its protocol."""

    bucket: Value
    prefix: Value | None = None
    key: Value | None = None
    secret: Value | None = None
    token: Value | None = None
    profile: Value | None = None
    region: Value | None = None
    endpoint: Value | None = None
    role: Value | None = None
    external_id: Value | None = None
    sts_endpoint: Value | None = None
    is_anonymous: bool = False
    requester_pays: bool = False
    addressing: str | None = None
    """`path` or `virtual`; None if nothing is said."""


@dataclass(frozen=True, kw_only=True)
class Azure(Place):
    """A container in an Azure account."""

    container: Value
    prefix: Value | None = None
    connection_string: Value | None = None
    account: Value | None = None
    host: Value | None = None
    """The host of the account, if not Azure's usual one."""

    key: Value | None = None
    signature: Value | None = None
    tenant: Value | None = None
    client: Value | None = None
    client_secret: Value | None = None
    is_anonymous: bool = False


@dataclass(frozen=True, kw_only=True)
class GCS(Place):
    """A bucket of Google Cloud Storage."""

    bucket: Value
    prefix: Value | None = None
    project: Value | None = None
    info: Value | None = None
    """The JSON of a service account, or of another way to sign in."""

    endpoint: Value | None = None
    is_anonymous: bool = False


@dataclass(frozen=True, kw_only=True)
class Folder(Place):
    """A folder on this machine."""

    path: Value


@dataclass(frozen=True, kw_only=True)
class Server(Place):
    """A folder on a file server."""

    protocol: str
    """`sftp`, `ftp`, `webdav` or `http`."""

    url: str
    """The address for `webdav` and `http`, without user and password; else empty."""

    host: Value
    path: str
    port: int | None = None
    user: Value | None = None
    password: Value | None = None


@dataclass(frozen=True, kw_only=True)
class Other(Place):
    """A place that only fsspec reaches."""

    url: str
    """A URL or a chain of URLs; a password is in it only if secrets are asked for."""


@dataclass(frozen=True, kw_only=True)
class Unknown(Place):
    """A place that no other tool reaches."""


def variables_of(places: Iterable[Place]) -> Iterator[str]:
    """The variables that settings of the places refer to."""
    for place in places:
        yield from _variables_in([getattr(place, each.name) for each in fields(place)])


def _variables_in(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = [*value.values()]
    if isinstance(value, list | tuple):
        for each in value:
            yield from _variables_in(each)
    elif isinstance(value, Value) and value.variable is not None:
        yield value.variable


def present(**values: Value | None) -> dict[str, Value]:
    """The values that are not None."""
    return {name: value for name, value in values.items() if value is not None}
