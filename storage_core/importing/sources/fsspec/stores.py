"""The object stores that fsspec knows, with our settings for their arguments."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from storage_core.declaration.tables import hidden
from storage_core.importing.values import as_it_is
from storage_core.types.azure import AzureBlobStorage
from storage_core.types.gcs import GoogleCloudStorage
from storage_core.types.s3 import S3Storage

if TYPE_CHECKING:
    from storage_core.declaration.configuration import StorageConfiguration
    from storage_core.importing.sources.fsspec.configured import Value

LEFT_OUT: Final = frozenset(
    {
        *("asynchronous", "batch_size", "dircache", "fo", "loop", "listings_expiry_time"),
        *("max_paths", "request_session", "session", "skip_instance_cache"),
        *("use_listings_cache",),
    }
)
"""Arguments about instances of fsspec's classes and their caches."""

_S3: Final = {
    "key": "aws_access_key_id",
    "username": "aws_access_key_id",
    "secret": "aws_secret_access_key",
    "password": "aws_secret_access_key",
    "token": "aws_session_token",
    "profile": "profile_name",
    "endpoint_url": "endpoint_url",
}
_CLIENT: Final = {
    "region_name": "region_name",
    "endpoint_url": "endpoint_url",
    "aws_access_key_id": "aws_access_key_id",
    "aws_secret_access_key": "aws_secret_access_key",
    "aws_session_token": "aws_session_token",
}
"""Arguments in `client_kwargs`; those beside it win."""

_TABLES: Final = ("client_kwargs", "config_kwargs", "s3_additional_kwargs", "session_kwargs")
_AZURE: Final = {"account_name": "account_name", "connection_string": "connection_string"}
_GCS: Final = {"project": "project", "endpoint_url": "endpoint_url"}
_GOOGLE_WORDS: Final = ("anon", "cloud")
"""Words in place of a token that choose a way to sign in, and mean the same here."""


class Unusable(Exception):
    """The settings cannot be imported; the text says why, without secrets."""


class Family(NamedTuple):
    """An object store."""

    protocols: tuple[str, ...]
    """The protocols in the order of its class; settings of later ones win."""

    cls: type[StorageConfiguration]
    settings: Callable[[dict[str, Value], list[str]], dict[str, Any]]
    """Makes our settings of the arguments, and adds what cannot be expressed to the list."""


def plain(name: str, value: Value) -> Any:
    """A value for Options; a secret that is alone in a variable becomes a reference to it."""
    inner = without_none(value.value)
    if value.variable and next(hidden({name: str(inner)}), None) is not None:
        return {"ref": f"env:{value.variable}"}
    return inner


def without_none(value: Any) -> Any:
    """A value without the `null`s of JSON, which TOML does not have."""
    if isinstance(value, dict):
        return {name: without_none(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [without_none(each) for each in value if each is not None]
    return value


def _replaced(value: Value, inner: Any) -> Value:
    """Another value with the same place."""
    return replace(value, value=inner, variable="")


def _text(name: str, value: Value, *, secret: bool) -> str:
    """A value for a setting. Raises `Unusable` if it is not text."""
    if secret and value.variable:
        return f"env:{value.variable}"
    if not isinstance(value.value, str | int | float) or isinstance(value.value, bool):
        raise Unusable(f"{name} is no text")
    return as_it_is(str(value.value))


def _taken(
    said: dict[str, Value], names: Mapping[str, str], cls: type[StorageConfiguration]
) -> dict[str, Any]:
    """Take the arguments that are settings here out of `said`, and return these settings."""
    found: dict[str, Any] = {}
    for name, ours in names.items():
        value = said.pop(name, None)
        if value is None or value.value in (None, ""):
            continue
        setting = cls.setting_named(ours)
        is_secret = setting is not None and (setting.secret or ours == "aws_access_key_id")
        found.setdefault(ours, _text(name, value, secret=is_secret))
    return found


def _options(said: Mapping[str, Value], lost: list[str]) -> Iterator[tuple[str, Any]]:
    for name, value in said.items():
        if name in LEFT_OUT:
            lost.append(f"{name}: it means nothing here")
        elif name in _TABLES and not isinstance(value.value, dict):
            if value.value:
                lost.append(f"{name}: it is no table; write it in JSON")
        elif value.value is not None:
            yield name, plain(name, value)


def _with_options(
    settings: dict[str, Any], said: Mapping[str, Value], lost: list[str]
) -> dict[str, Any]:
    options = {name: value for name, value in _options(said, lost) if value != {}}
    return {**settings, **({"options": options} if options else {})}


def _of_s3(said: dict[str, Value], lost: list[str]) -> dict[str, Any]:
    settings = _taken(said, _S3, S3Storage)
    client = said.get("client_kwargs")
    if client is not None and isinstance(client.value, dict):
        inner = {name: _replaced(client, value) for name, value in client.value.items()}
        settings = {**_taken(inner, _CLIENT, S3Storage), **settings}
        rest = {name: each.value for name, each in inner.items()}
        said["client_kwargs"] = _replaced(client, rest)
    if (anon := said.get("anon")) is not None:
        # For s3fs any text is true, even "false".
        said["anon"] = _replaced(anon, bool(anon.value))
    return _with_options(settings, said, lost)


def _of_gcs(said: dict[str, Value], lost: list[str]) -> dict[str, Any]:
    settings = _taken(said, _GCS, GoogleCloudStorage)
    token = said.pop("token", None)
    if token is not None and token.value not in (None, "", "google_default"):
        if isinstance(token.value, dict):
            settings["service_account_info"] = json.dumps(token.value)
        elif token.value in ("browser", "cache"):
            lost.append(f"token = {token.value}: Google's own chain signs in")
        elif token.value not in _GOOGLE_WORDS and os.path.exists(
            path := os.path.expanduser(str(token.value))
        ):
            settings["service_account_info"] = f"file:{os.path.abspath(path)}"
        else:
            said["token"] = token
    return _with_options(settings, said, lost)


def _of_azure(said: dict[str, Value], lost: list[str]) -> dict[str, Any]:
    settings = _taken(said, _AZURE, AzureBlobStorage)
    if not settings:
        raise Unusable("it names no account; add account_name or connection_string")
    if "connection_string" in settings:
        # adlfs itself ignores everything else then.
        settings.pop("account_name", None)
    return _with_options(settings, said, lost)


FAMILIES: Final = (
    Family(("s3", "s3a"), S3Storage, _of_s3),
    Family(("gs", "gcs"), GoogleCloudStorage, _of_gcs),
    Family(("abfs", "az", "abfss"), AzureBlobStorage, _of_azure),
)
