"""What a profile of the Multi-Storage Client becomes."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from storage_core.importing.made import InexpressibleError, Made, given, left_out, split_path
from storage_core.importing.sources.msc.document import Options
from storage_core.importing.values import as_it_is
from storage_core.paths import absolute
from storage_core.types.azure import AzureBlobStorage
from storage_core.types.gcs import GoogleCloudStorage
from storage_core.types.local import LocalStorage
from storage_core.types.s3 import S3Storage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_TUNING: Final = frozenset(
    {
        *("base_path", "rust_client", "rdma", "max_pool_connections", "connect_timeout"),
        *("read_timeout", "retries", "multipart_threshold", "multipart_chunksize"),
        *("io_chunksize", "max_concurrency", "request_checksum_calculation"),
        *("response_checksum_validation", "checksum_algorithm", "validate_content"),
        *("retry_total", "retry_connect", "retry_read", "retry_status", "connection_timeout"),
    }
)
"""Options that say how requests are made, not where to or as whom."""


def made(profile: Any) -> Made:
    """What a profile becomes.

    Args:
        profile: the profile as the file has it.

    Raises:
        InexpressibleError: it cannot be imported.
    """
    if not isinstance(profile, dict):
        raise InexpressibleError("it is no table")
    if profile.get("storage_provider_profiles"):
        raise InexpressibleError("it is made of several profiles; import those")
    if profile.get("provider_bundle"):
        raise InexpressibleError("it is made by a Python class (provider_bundle)")
    kind, options = _part(profile, "storage_provider")
    make = _TYPES.get(kind)
    if make is None:
        raise InexpressibleError(
            f"its type is {kind}, which Storage does not have" if kind else "it has no type"
        )
    result = make(options, _Credentials(*_part(profile, "credentials_provider")))
    lost = list(result.lost)
    if profile.get("metadata_provider"):
        lost.append("its metadata_provider, which may give blobs other names than they have")
    if profile.get("replicas"):
        lost.append("its replicas: blobs go to this one place only")
    return replace(result, lost=tuple(lost))


class _Credentials:
    """The way a profile signs in, and its options."""

    def __init__(self, kind: str, options: Options) -> None:
        self.kind = kind
        self.options = options

    def only(self, *kinds: str) -> Options | None:
        """The options; None if the profile names no way to sign in.

        Raises:
            InexpressibleError: the way to sign in is none of these kinds.
        """
        if self.kind and self.kind not in kinds:
            raise InexpressibleError(f"it signs in by {self.kind}, which Storage cannot")
        return self.options if self.kind else None


def _part(profile: Mapping[str, Any], name: str) -> tuple[str, Options]:
    part = profile.get(name)
    if not isinstance(part, dict | None):
        raise InexpressibleError(f"its {name} is no table")
    kind = (part or {}).get("type") or ""
    if not isinstance(kind, str):
        raise InexpressibleError(f"the type of its {name} is no text")
    return kind, Options((part or {}).get("options"), name)


def _s3(options: Options, credentials: _Credentials) -> Made:
    keys = credentials.only("S3Credentials")
    version = options.text("signature_version") or "s3v4"
    if version not in ("s3v4", "UNSIGNED"):
        raise InexpressibleError(f"it signs by {version}; Storage signs by version 4")
    if keys and not (keys.setting("access_key") and keys.setting("secret_key")):
        raise InexpressibleError("it has no access_key or no secret_key")
    bucket, prefix = _place(options)
    verify = options.raw("verify")
    lost = ["the switch verify: certificates are always checked"] if verify is False else []
    known = {"region_name", "endpoint_url", "profile_name", "signature_version", "s3", "verify"}
    settings = {
        "bucket": bucket,
        "prefix": prefix,
        "aws_access_key_id": keys.setting("access_key") if keys else None,
        "aws_secret_access_key": keys.setting("secret_key") if keys else None,
        "aws_session_token": keys.setting("session_token") if keys else None,
        # A profile with its own credentials does not use AWS's profile.
        "profile_name": None if keys else options.setting("profile_name"),
        "region_name": options.setting("region_name"),
        "endpoint_url": options.setting("endpoint_url"),
        "ca_bundle": absolute(options.text("verify")) if isinstance(verify, str) else None,
        "options": {
            "anon": version == "UNSIGNED",
            "config_kwargs": {"s3": options.table("s3")},
        },
    }
    lost += left_out(options.besides(_TUNING | known))
    asks = None if bucket else "bucket"
    return Made(cls=S3Storage, settings=given(settings), asks=asks, lost=tuple(lost))


def _azure(options: Options, credentials: _Credentials) -> Made:
    signs_in = credentials.only("AzureCredentials", "DefaultAzureCredentials")
    container, prefix = _place(options)
    settings: dict[str, Any] = {"container": container, "prefix": prefix}
    lost: tuple[str, ...] = ()
    if signs_in and credentials.kind == "AzureCredentials":
        settings["connection_string"] = signs_in.setting("connection")
        if settings["connection_string"] is None:
            raise InexpressibleError("it has no connection")
    else:
        settings |= _account(options.text("endpoint_url"), is_public=signs_in is None)
        if signs_in:
            lost = left_out(signs_in.besides(frozenset()), "credentials' option")
    lost += left_out(options.besides(_TUNING | {"endpoint_url"}))
    asks = None if container else "container"
    return Made(cls=AzureBlobStorage, settings=given(settings), asks=asks, lost=lost)


def _account(url: str, *, is_public: bool) -> dict[str, Any]:
    """The settings for an account at a URL, which may have a signature in its query."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("http", "https"):
        raise InexpressibleError("its endpoint_url is no address of a storage account")
    if parts.query:
        endpoint = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
        return {"connection_string": f"BlobEndpoint={endpoint};SharedAccessSignature={parts.query}"}
    account, dot, _ = host.partition(".blob.")
    if parts.scheme != "https" or not dot or parts.path.strip("/"):
        raise InexpressibleError(
            "its endpoint_url is not https://ACCOUNT.blob.core.windows.net, which Storage needs "
            "for signing in without a connection string"
        )
    usual = host == f"{account}.blob.core.windows.net" and parts.port is None
    options = {"anon": is_public, "account_host": "" if usual else parts.netloc}
    return {"account_name": account, "options": options}


def _gcs(options: Options, credentials: _Credentials) -> Made:
    keys = credentials.only("GoogleServiceAccountCredentialsProvider")
    bucket, prefix = _place(options)
    info: str | None = None
    if keys and keys.raw("file") is not None:
        info = f"file:{absolute(keys.text('file'))}"
    elif keys:
        from json import dumps

        info = dumps(keys.table("info"))
    settings = {
        "bucket": bucket,
        "prefix": prefix,
        "project": options.setting("project_id"),
        "service_account_info": info,
        "endpoint_url": options.setting("endpoint_url"),
        "options": {"token": "anon" if options.raw("skip_signature") is True else None},
    }
    known = {"project_id", "endpoint_url", "skip_signature"}
    lost = left_out(options.besides(_TUNING | known))
    asks = None if bucket else "bucket"
    return Made(cls=GoogleCloudStorage, settings=given(settings), asks=asks, lost=lost)


def _file(options: Options, credentials: _Credentials) -> Made:
    credentials.only()
    path = options.text("base_path")
    if not os.path.isabs(path):
        raise InexpressibleError(
            "its base_path is relative to wherever a program is started; write the whole path"
        )
    lost = left_out(options.besides(_TUNING))
    return Made(cls=LocalStorage, settings={"storage_path": as_it_is(path)}, lost=lost)


def _place(options: Options) -> tuple[str, str]:
    """The bucket and the prefix of `base_path`."""
    bucket, prefix = split_path(options.text("base_path"))
    return as_it_is(bucket), as_it_is(prefix)


_TYPES: Final[Mapping[str, Callable[[Options, _Credentials], Made]]] = {
    "s3": _s3,
    "s8k": _s3,
    "gcs_s3": _s3,
    "azure": _azure,
    "gcs": _gcs,
    "file": _file,
}
