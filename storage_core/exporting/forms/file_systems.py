"""A configuration in fsspec's terms: a protocol, arguments of its class, and a path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from storage_core.errors import ConfigurationError
from storage_core.exporting.places import GCS, S3, Azure, Folder, Other, Place, Server
from storage_core.exporting.settings import Value

CHECKSUMS: Final = {
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
}
"""For services other than AWS: with other checksums some store the framing of the upload too."""


class FileSystem(NamedTuple):
    """A file system of fsspec, and where in it the blobs are."""

    protocol: str
    arguments: dict[str, Any]
    """Arguments of its class; their texts are `Value`s, or constants of this module."""

    path: tuple[Value, ...]
    """Parts to be joined by slashes."""

    packages: tuple[str, ...] = ()
    """The packages that it needs."""

    notes: tuple[str, ...] = ()
    login: tuple[Value, Value] | None = None
    """User and password for Basic authentication over HTTP, which fsspec has no argument for."""

    url: Value | None = None
    """A URL that only fsspec can parse, to be used with the arguments instead of `path`."""


_PACKAGES: Final = {
    **dict.fromkeys(("s3", "s3a"), "s3fs"),
    **dict.fromkeys(("gs", "gcs"), "gcsfs"),
    **dict.fromkeys(("az", "abfs", "abfss"), "adlfs"),
    **dict.fromkeys(("http", "https"), "aiohttp"),
    **dict.fromkeys(("sftp", "ssh"), "paramiko"),
    "github": "requests",
    "hdfs": "pyarrow",
    "smb": "smbprotocol",
}
"""The package that each protocol needs, for URLs that only fsspec can parse."""


def file_system(place: Place) -> FileSystem:
    """The file system for a place.

    Raises:
        ConfigurationError: fsspec reaches no such place.
    """
    if isinstance(place, S3):
        return _s3(place)
    if isinstance(place, Azure):
        return _azure(place)
    if isinstance(place, GCS):
        return _gcs(place)
    if isinstance(place, Folder):
        return FileSystem("file", {}, (place.path,))
    if isinstance(place, Server):
        return _SERVERS[place.protocol](place)
    if isinstance(place, Other):
        return _other(place)
    raise ConfigurationError(
        f"{place.name}: fsspec has nothing for {place.label} at {place.location}; leave it out, or "
        "export it as toml, env or json"
    )


def _s3(place: S3) -> FileSystem:
    client: dict[str, Any] = _given(region_name=place.region, verify=place.ca_bundle)
    config: dict[str, Any] = dict(CHECKSUMS) if place.endpoint else {}
    if place.addressing:
        config["s3"] = {"addressing_style": place.addressing}
    arguments: dict[str, Any] = {
        **_given(
            key=place.key,
            secret=place.secret,
            token=place.token,
            profile=place.profile,
            endpoint_url=place.endpoint,
        ),
        **({"anon": True} if place.is_anonymous else {}),
        **({"requester_pays": True} if place.requester_pays else {}),
        **({"client_kwargs": client} if client else {}),
        **({"config_kwargs": config} if config else {}),
    }
    whole = _merged(arguments, place.options)
    return FileSystem("s3", whole, _path(place.bucket, place.prefix), ("s3fs",))


def _azure(place: Azure) -> FileSystem:
    arguments: dict[str, Any] = {
        **_given(
            connection_string=place.connection_string,
            account_name=place.account,
            account_host=place.host,
            account_key=place.key,
            sas_token=place.signature,
            tenant_id=place.tenant,
            client_id=place.client,
            client_secret=place.client_secret,
        ),
    }
    if not place.connection_string:
        # Without the argument adlfs takes it from a variable of its own.
        arguments["anon"] = place.is_anonymous
    whole = _merged(arguments, place.options)
    return FileSystem("az", whole, _path(place.container, place.prefix), ("adlfs",))


def _gcs(place: GCS) -> FileSystem:
    token: Any = "anon" if place.is_anonymous else place.info or "google_default"
    arguments: dict[str, Any] = {
        **_given(project=place.project, endpoint_url=place.endpoint),
        "token": token,
    }
    whole = _merged(arguments, place.options)
    return FileSystem("gs", whole, _path(place.bucket, place.prefix), ("gcsfs",))


def _sftp(place: Server) -> FileSystem:
    options = dict(place.options)
    options.pop("host_key_policy", None)
    if "pkey" in options:
        raise ConfigurationError(
            f"{place.name}: fsspec's SFTP takes no text of a private key (pkey in Options); put it "
            "into a file, and set key_filename"
        )
    arguments = {**_login(place), **options}
    said = ("fsspec's own SFTP trusts any server, whatever known_hosts says",)
    return FileSystem("sftp", arguments, (_folder(place),), ("paramiko",), said)


def _ftp(place: Server) -> FileSystem:
    arguments = {**_login(place), **place.options}
    return FileSystem("ftp", arguments, (_folder(place),))


def _webdav(place: Server) -> FileSystem:
    arguments: dict[str, Any] = {"base_url": Value(setting="base_path", text=place.url)}
    if place.user is not None and place.password is not None:
        arguments["auth"] = (place.user, place.password)
    if place.ca_bundle is not None:
        arguments["verify"] = place.ca_bundle
    return FileSystem("webdav", arguments | dict(place.options), (), ("webdav4[fsspec]",))


def _http(place: Server) -> FileSystem:
    path = Value(setting="base_path", text=place.url)
    login = None
    if place.user is not None or place.password is not None:
        none = Value(setting="base_path", text="")
        login = (place.user or none, place.password or none)
    return FileSystem("http", dict(place.options), (path,), ("aiohttp",), login=login)


def _other(place: Other) -> FileSystem:
    url = Value(setting="base_path", text=place.url)
    protocols = [each.partition("://")[0].lower() for each in place.url.split("::")]
    packages = dict.fromkeys(_PACKAGES[each] for each in protocols if each in _PACKAGES)
    arguments = dict(place.options)
    return FileSystem(protocols[0], arguments, (url,), tuple(packages), url=url)


_SERVERS: Final = {"sftp": _sftp, "ftp": _ftp, "webdav": _webdav, "http": _http}


def _login(place: Server) -> dict[str, Any]:
    return {
        "host": place.host,
        **({"port": place.port} if place.port else {}),
        **_given(username=place.user, password=place.password),
    }


def _folder(place: Server) -> Value:
    return Value(setting="base_path", text=place.path.rstrip("/") or "/")


def _path(bucket: Value, prefix: Value | None) -> tuple[Value, ...]:
    return (bucket, prefix) if prefix else (bucket,)


def _given(**values: Value | None) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _merged(arguments: dict[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments, overridden by Options; tables are merged."""
    found = dict(arguments)
    for name, value in options.items():
        if isinstance(value, Mapping) and isinstance(found.get(name), dict):
            value = _merged(found[name], value)
        found[name] = value
    return found
