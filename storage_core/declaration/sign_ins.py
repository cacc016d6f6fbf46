"""Checks of pasted credentials of Azure and Google, which say in words what is wrong with them.

The checks raise `ValueError` saying what to write instead. No message repeats what was pasted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

SOON: Final = timedelta(days=7)
"""How long before the expiry of a signature there is a caution."""

_JSON: Final = "must be the JSON of a service account key file"
_BEGINNING: Final = re.compile(rb'\s*\{\s*"\w')
"""How the JSON begins. Hardly any other text decodes to this from base64."""

_PATH: Final = re.compile(r"(~|\.{0,2}/|[A-Za-z]:\\).*|[^\s{}\"]+\.(json|p12|pfx|pem|key)")
_NEEDED: Final = {
    "service_account": ("client_email", "private_key"),
    "authorized_user": ("client_id", "client_secret", "refresh_token"),
    "external_account": ("audience", "subject_token_type", "token_url", "credential_source"),
    "external_account_authorized_user": ("token_url", "client_id", "refresh_token"),
    "impersonated_service_account": ("source_credentials", "service_account_impersonation_url"),
}
"""The keys that the JSON of each type must have."""

_SECRET: Final = ("private_key", "private_key_id", "refresh_token", "client_secret", "token")


def google_json(value: str) -> str:
    """The JSON of Google credentials, of any type that signs in without a person."""
    from json import loads

    text = value.strip()
    try:
        parsed = loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(_instead_of_json(text, error)) from None
    if not isinstance(parsed, dict):
        raise ValueError("must be a JSON object, as in a service account key file")
    if said := _wrong_with(parsed):
        raise ValueError(said)
    return value


def secrets_in(info: Mapping[str, Any]) -> Iterator[str]:
    """The texts in the JSON of credentials that must not be shown."""
    for name, value in info.items():
        if isinstance(value, Mapping):
            yield from secrets_in(value)
        elif isinstance(value, str) and name in _SECRET:
            yield value


def connection_string(value: str) -> str:
    """An Azure connection string: `Name=value` pairs separated by semicolons."""
    text = value.strip()
    parts = azure_parts(text)
    if not parts.keys() & {"accountname", "blobendpoint", "usedevelopmentstorage"}:
        raise ValueError(_instead_of_pairs(text))
    if any("=" not in part for part in text.rstrip(";").split(";")):
        raise ValueError("has a part without =; copy the whole connection string again")
    if "usedevelopmentstorage" in parts:
        return value
    key = parts.get("accountkey")
    if "accountkey" in parts and not key:
        raise ValueError("has nothing behind AccountKey=; copy the whole connection string")
    if key and "accountname" not in parts:
        raise ValueError("has an AccountKey and no AccountName; add AccountName=…")
    if key and not _is_base64(key):
        raise ValueError("has an AccountKey that is no base64: it may be cut off; copy it again")
    if not parts.keys() & {"accountkey", "sharedaccesssignature", "blobendpoint"}:
        raise ValueError(
            "has neither AccountKey nor SharedAccessSignature; copy the whole connection string"
        )
    return value


def account_name(value: str) -> str:
    """The bare name of a storage account."""
    from storage_core.declaration.checks import plain_text

    value = plain_text(value).strip()
    if re.search(r"[/:?.=;\s]", value):
        raise ValueError(
            "must be the bare name of the account, such as acme: without https:// and without "
            ".blob.core.windows.net"
        )
    return value


def azure_parts(text: str) -> dict[str, str]:
    """The parts of a connection string, by their names in lower case."""
    pairs = (part.partition("=") for part in text.split(";") if "=" in part)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def of_signature(text: object) -> str | None:
    """The caution that the signature in `text` has expired or expires soon, or None."""
    from storage_core.signatures import said_of_end, signature_expiry

    ends = signature_expiry(text) if isinstance(text, str) else None
    if ends is None or ends - datetime.now(UTC) > SOON:
        return None
    before = "" if ends <= datetime.now(UTC) else " before"
    return f"{said_of_end(ends)}; have a new one made{before}"


def _instead_of_json(text: str, error: Exception) -> str:
    """What seems to have been pasted in place of JSON."""
    if "\n" not in text and _PATH.fullmatch(text) and not text.startswith("-----"):
        return (
            "seems to be the path of a file; write file: before it, and the whole path: file:/PATH"
        )
    if text.startswith("-----BEGIN"):
        return f"is a private key alone; it {_JSON}, which has it as private_key"
    if text.startswith("ya29."):
        return f"is an access token, which ends within an hour; it {_JSON}"
    decoded = _decoded(text)
    if _BEGINNING.match(decoded):
        return "is base64 of the JSON; paste the JSON itself (base64 -d makes it)"
    if decoded[:1] == b"\x30" and len(decoded) > 400:
        return "is a P12 key; download the key as JSON"
    where = f" (line {error.lineno})" if text[:1] == "{" and hasattr(error, "lineno") else ""
    return f"{_JSON}{', and is no JSON' if where else ''}{where}"


def _wrong_with(info: Mapping[str, Any]) -> str | None:
    if {"installed", "web"} & info.keys():
        return (
            "is an OAuth client, which signs nobody in; use the JSON key of a service account, or "
            "leave this empty and run: gcloud auth application-default login"
        )
    kind = info.get("type") or ("authorized_user" if info.get("refresh_token") else None)
    if not isinstance(kind, str) or kind not in _NEEDED:
        known = ", ".join(_NEEDED)
        return f"must have a type of Google's credentials: {known}"
    missing = [name for name in _NEEDED[kind] if not info.get(name)]
    if missing:
        again = "" if kind == "service_account" else f", which {kind} needs"
        return f"lacks {' and '.join(missing)}{again}; use the whole key file"
    source = info.get("credential_source")
    if kind == "external_account" and not (
        isinstance(source, dict)
        and source.keys() & {"file", "url", "executable", "environment_id", "certificate"}
    ):
        return "has a credential_source that names neither file, url, executable nor environment"
    source = info.get("source_credentials")
    if kind == "impersonated_service_account":
        if not isinstance(source, dict):
            return "has source_credentials that are no JSON object"
        if said := _wrong_with(source):
            return f"has source_credentials where something is wrong: it {said}"
    return None


def _instead_of_pairs(text: str) -> str:
    """What seems to have been pasted in place of a connection string."""
    from storage_core.signatures import is_signature

    pairs = "BlobEndpoint=https://ACCOUNT.blob.core.windows.net;SharedAccessSignature=…"
    if re.match("https?://", text, re.IGNORECASE):
        if is_signature(text):
            return f"is a URL with a signature; write {pairs}, with what stands behind the ?"
        return "is an address; write a connection string, or fill in Account Name instead of it"
    if is_signature(text):
        return f"is a signature (SAS) alone; write {pairs}"
    if len(_decoded(text)) == 64:
        return "is an account key alone; write AccountName=…;AccountKey=…"
    return "must be an Azure connection string, such as AccountName=…;AccountKey=…"


def _is_base64(text: str) -> bool:
    return bool(_decoded(text))


def _decoded(text: str) -> bytes:
    """The bytes that base64 text stands for; empty where it is not base64."""
    from base64 import b64decode
    from binascii import Error

    try:
        return b64decode("".join(text.split()), validate=True)
    except (Error, ValueError):
        return b""
