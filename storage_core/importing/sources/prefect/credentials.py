"""Makes settings of S3, Azure and Google storages from credential blocks.

Each function returns the settings, and the names of the fields that cannot be expressed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

from storage_core.importing.values import as_it_is

Settings: TypeAlias = tuple[dict[str, Any], list[str]]

_ROLE: Final = "assume_role_kwargs"
_ACCOUNT: Final = re.compile(r"https://([a-z0-9]+)\.blob\.core\.windows\.net/?")


class Inexpressible(Exception):
    """There are no settings for a block; the message says why."""


def aws(data: Mapping[str, Any]) -> Settings:
    """Settings for AWS Credentials, also those inside an S3 block, and MinIO Credentials."""
    key = data.get("aws_access_key_id") or data.get("minio_root_user")
    secret = data.get("aws_secret_access_key") or data.get("minio_root_password")
    settings = {
        "aws_access_key_id": _text(key),
        "aws_secret_access_key": _text(secret),
        "aws_session_token": _text(data.get("aws_session_token")),
        "profile_name": _text(data.get("profile_name")),
        "region_name": _text(data.get("region_name")),
        "role_arn": _text(data.get("assume_role_arn")),
    }
    lost: list[str] = []
    role = data.get(_ROLE)
    if settings["role_arn"] and isinstance(role, Mapping):
        settings["external_id"] = _text(role.get("ExternalId"))
        lost += _named(role, (), "ExternalId", beginning=f"{_ROLE}.")
    client = data.get("aws_client_parameters")
    if isinstance(client, Mapping):
        settings["endpoint_url"] = _text(client.get("endpoint_url"))
        settings["ca_bundle"] = _text(client.get("verify_cert_path"))
        usual = (True,) if "verify" in client else ()
        lost += _named(
            client,
            usual,
            *("endpoint_url", "verify_cert_path"),
            beginning="aws_client_parameters.",
        )
    if isinstance(data.get("endpoint_url"), str):
        settings["endpoint_url"] = _text(data["endpoint_url"])
    return _given(settings), lost


def azure(data: Mapping[str, Any]) -> Settings:
    """Settings for Azure Blob Storage Credentials."""
    if data.get("connection_string"):
        return {"connection_string": _text(data["connection_string"])}, []
    url = str(data.get("account_url") or "")
    account = _ACCOUNT.fullmatch(url)
    if account is None:
        raise Inexpressible(
            "its credentials have neither a connection string nor an account URL such as "
            "https://acme.blob.core.windows.net"
        )
    signing_in = ("tenant_id", "client_id", "client_secret")
    options = _given({name: data.get(name) for name in signing_in})
    return _given({"account_name": account[1], "options": options}), []


def google(data: Mapping[str, Any]) -> Settings:
    """Settings for GCP Credentials, also those inside a GCS block."""
    info = data.get("service_account_info")
    file = data.get("service_account_file")
    secret: str | None = None
    if isinstance(info, Mapping) and info:
        secret = json.dumps(info)
    elif isinstance(info, str) and info:
        secret = as_it_is(info)
    elif file:
        secret = f"file:{file}"
    return _given({"service_account_info": secret, "project": _text(data.get("project"))}), []


def _text(value: Any) -> str | None:
    return as_it_is(str(value)) if value else None


def _given(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if value}


def _named(data: Mapping[str, Any], usual: Iterable[Any], *known: str, beginning: str) -> list[str]:
    """The names in `data` that are not `known`, and whose values are not None, True or `usual`."""
    ordinary = (None, True, *usual)
    names = [name for name, value in data.items() if name not in known and value not in ordinary]
    return [f"{beginning}{name}" for name in names]
