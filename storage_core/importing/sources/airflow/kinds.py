"""What each type of connection becomes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from storage_core.importing.made import InexpressibleError, Made, given, left_out
from storage_core.importing.sources.airflow.connections import Connection, secret
from storage_core.importing.values import as_it_is
from storage_core.types.azure import AzureBlobStorage
from storage_core.types.gcs import GoogleCloudStorage
from storage_core.types.s3 import S3Storage

_AWS: Final = ("aws", "s3")
_AZURE: Final = ("wasb", "adls", "azure_data_lake", "azure")
_GOOGLE: Final = ("google_cloud_platform",)
_GENERIC: Final = "generic"
_BY_HAND: Final = {
    "fs": "it is a folder on the machines of Airflow; make a Local Storage of it",
    "ftp": "it is a server of files; make a File Storage with the URL ftp://HOST/FOLDER",
    "sftp": "it is a server of files; make a File Storage with the URL sftp://HOST/FOLDER",
    "webhdfs": "it is a file system of Hadoop's; make a File Storage with the URL of a folder",
    "hdfs": "it is a file system of Hadoop's; make a File Storage with the URL of a folder",
    "samba": "it is a Windows share; mount it, and use Local Storage",
    "azure_fileshare": "it is a file share of Azure's; mount it, and use Local Storage",
}
"""Types that lead to files, and what to do: they cannot be imported, since they name no folder."""
_UNCERTAIN: Final = "its type is generic, and nothing in it says which service it is for"

_KNOWN_AWS: Final = (
    *("aws_access_key_id", "aws_secret_access_key", "aws_session_token", "region_name"),
    *("profile_name", "role_arn", "external_id", "endpoint_url", "verify", "service_config"),
    *("assume_role_kwargs", "session_kwargs"),
)
_KNOWN_AZURE: Final = ("connection_string", "sas_token", "account_key", "tenant_id", "account_url")
_KNOWN_GOOGLE: Final = ("key_path", "keyfile_dict", "project", "scope", "num_retries")
_ACCOUNT: Final = re.compile(r"(?:https?://)?([a-z0-9]+)\.(?:blob|dfs)\.core\.windows\.net/?.*")


def other_kind(connection: Connection) -> bool:
    """Whether a connection leads to something other than a storage: a database, a mail server …"""
    return connection.kind not in (*_AWS, *_AZURE, *_GOOGLE, _GENERIC, *_BY_HAND)


def made(connection: Connection) -> Made:
    """What a connection becomes.

    Raises:
        InexpressibleError: it cannot be imported.
    """
    kind = _service(connection)
    if said := _BY_HAND.get(kind):
        raise InexpressibleError(said)
    if kind in _AWS:
        return _aws(connection)
    if kind in _AZURE:
        return _azure(connection)
    return _google(connection)


def _service(connection: Connection) -> str:
    """The type of a connection. For `generic`, which Airflow makes of types that it has no provider
    for, it is guessed from settings that only one service has."""
    if connection.kind != _GENERIC:
        return connection.kind
    if connection.of("key_path", "keyfile_dict"):
        return _GOOGLE[0]
    if connection.of("connection_string", "sas_token") or _ACCOUNT.fullmatch(connection.host):
        return _AZURE[0]
    if connection.of("region_name", "profile_name", "role_arn", "aws_access_key_id"):
        return _AWS[0]
    if connection.of("endpoint_url", "service_config", "aws_session_token"):
        return _AWS[0]
    raise InexpressibleError(_UNCERTAIN)


def _aws(connection: Connection) -> Made:
    role = _table(connection.of("assume_role_kwargs"))
    session = _table(connection.of("session_kwargs"))
    service = _table(_table(connection.of("service_config")).get("s3"))
    verify = connection.of("verify")
    key = connection.login or connection.text("aws_access_key_id")
    password = connection.password or connection.text("aws_secret_access_key")
    token = connection.text("aws_session_token") or str(session.get("aws_session_token") or "")
    profile = connection.text("profile_name") or str(session.get("profile_name") or "")
    endpoint = str(service.get("endpoint_url") or "") or connection.text("endpoint_url", "host")
    bucket = str(service.get("bucket_name") or "")
    settings = {
        "bucket": as_it_is(bucket),
        "aws_access_key_id": secret(key),
        "aws_secret_access_key": secret(password),
        "aws_session_token": secret(token),
        "profile_name": as_it_is(profile),
        "region_name": as_it_is(
            connection.text("region_name") or str(session.get("region_name") or "")
        ),
        "endpoint_url": as_it_is(endpoint),
        "role_arn": as_it_is(connection.text("role_arn")),
        "external_id": as_it_is(
            str(role.get("ExternalId") or "") or connection.text("external_id")
        ),
        "ca_bundle": verify if isinstance(verify, str) and verify.startswith("/") else "",
    }
    lost = _besides(connection, _KNOWN_AWS)
    if verify is False or str(verify).lower() == "false":
        lost = (*lost, *left_out(["verify = false"]))
    return Made(
        cls=S3Storage, settings=given(settings), asks=None if bucket else "bucket", lost=lost
    )


def _azure(connection: Connection) -> Made:
    lost = _besides(connection, (*_KNOWN_AZURE, "container_name"))
    container = connection.text("container_name")
    asks = None if container else "container"
    if string := connection.text("connection_string"):
        settings = {"container": container, "connection_string": secret(string)}
        return Made(cls=AzureBlobStorage, settings=given(settings), asks=asks, lost=lost)
    tenant = connection.text("tenant_id")
    url = connection.host or connection.text("account_url")
    account = _ACCOUNT.fullmatch(url)
    name = account[1] if account else "" if tenant else connection.login
    key = connection.password or connection.text("account_key")
    if name and key and not tenant and secret(key) == as_it_is(key):
        # A single setting, so that the secret can be moved out of the file.
        parts = ["DefaultEndpointsProtocol=https", f"AccountName={name}", f"AccountKey={key}"]
        parts += [f"BlobEndpoint={url}"] if url and not account else []
        settings = {"container": container, "connection_string": ";".join(parts)}
        return Made(cls=AzureBlobStorage, settings=given(settings), asks=asks, lost=lost)
    if not name or (url and not account):
        raise InexpressibleError("it names no account of Azure's")
    if tenant:
        password = connection.password
        options = {"tenant_id": tenant, "client_id": connection.login}
        signing_in: dict[str, Any] = {**options, "client_secret": _in_options(password)}
    else:
        signing_in = {
            "account_key": _in_options(key),
            "sas_token": _in_options(connection.text("sas_token")),
        }
    settings_by_name = {"container": container, "account_name": name, "options": signing_in}
    return Made(cls=AzureBlobStorage, settings=given(settings_by_name), asks=asks, lost=lost)


def _google(connection: Connection) -> Made:
    info = connection.of("keyfile_dict")
    path = connection.text("key_path")
    key = ""
    if isinstance(info, Mapping):
        key = json.dumps(info)
    elif isinstance(info, str):
        key = secret(info)
    elif path:
        key = f"file:{path}"
    settings = {"service_account_info": key, "project": as_it_is(connection.text("project"))}
    return Made(
        cls=GoogleCloudStorage,
        settings=given(settings),
        asks="bucket",
        lost=_besides(connection, _KNOWN_GOOGLE),
    )


def _in_options(value: str) -> Any:
    """A secret as a value in Options, where a reference is a table."""
    found = secret(value)
    return {"ref": found} if found != value else value


def _table(value: Any) -> Mapping[str, Any]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, Mapping) else {}


def _besides(connection: Connection, known: Iterable[str]) -> tuple[str, ...]:
    """Lines for the parts of the extra that cannot be expressed here."""
    beginning = f"extra__{connection.kind}__"
    names = [
        name.removeprefix(beginning)
        for name, value in connection.extra.items()
        if value not in (None, "", {}, [])
    ]
    return left_out([name for name in names if name not in known])
