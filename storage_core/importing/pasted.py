"""Finds configurations in a block of credentials copied from a console, a colleague or a shell.

    [default] and aws_access_key_id = … below it, as in AWS's credentials file
    export AWS_ACCESS_KEY_ID=…, also in the syntax of cmd, PowerShell and fish (`set -x`)
    {"Credentials": {"AccessKeyId": …}}, as AWS's own commands print it
    DefaultEndpointsProtocol=https;AccountName=…, an Azure connection string
    {"type": "service_account", …}, the key file of a Google service account
    [minio] and type = s3 below it, a remote of rclone

No message repeats any of it.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any, Final

from storage_core.declaration.sign_ins import azure_parts, google_json
from storage_core.errors import ConfigurationError
from storage_core.importing.found import Found
from storage_core.importing.values import as_it_is
from storage_core.types import type_named

PLACE: Final = "what was pasted"

_SECTION: Final = re.compile(r"\s*\[(?:profile\s+)?([^\[\]]+)\]\s*")
_PAIR: Final = re.compile(r"\s*(\w+)\s*=\s*(.*?)\s*")
_SET: Final = re.compile(
    r"\s*(?:(?i:setx?)\s+(?:-\w+\s+)*\"?|(?i:\$env:))?([A-Za-z_]\w*)\"?\s*(?:=|\s)\s*(.*?)\"?\s*"
)
_EXPORT: Final = re.compile(r"\s*export\s+(.*)")
_CONNECTION: Final = re.compile(
    r"(?i)\s*(?:DefaultEndpointsProtocol|AccountName|BlobEndpoint|SharedAccessSignature|"
    r"UseDevelopmentStorage)="
)
_BEGINNING: Final = re.compile(
    r"\s*(?:\[[^\[\]]+\]\s*$|(?i:export|setx?)\s+\S|(?i:\$env:)|\{|"
    r"(?i:aws|azure_storage|google)_\w+\s*=)"
)
_AWS: Final = {
    "aws_access_key_id": "aws_access_key_id",
    "aws_secret_access_key": "aws_secret_access_key",
    "aws_session_token": "aws_session_token",
    "aws_security_token": "aws_session_token",
    "aws_default_profile": "profile_name",
    "aws_profile": "profile_name",
    "aws_default_region": "region_name",
    "aws_region": "region_name",
    "region": "region_name",
    "aws_endpoint_url": "endpoint_url",
    "aws_endpoint_url_s3": "endpoint_url",
    "endpoint_url": "endpoint_url",
    "aws_role_arn": "role_arn",
}
"""The names of settings in AWS's files and variables, in lower case, and our names for them."""

_OTHERS: Final = frozenset(
    {
        "azure_storage_connection_string",
        "azure_storage_account",
        "azure_storage_key",
        "azure_storage_account_key",
        "google_application_credentials",
    }
)

_REMOTE: Final = re.compile(r"\s*type\s*=\s*\w.*")
"""A line that each remote of rclone has, and no section of AWS's files."""

_AWS_JSON: Final = {
    "AccessKeyId": "aws_access_key_id",
    "SecretAccessKey": "aws_secret_access_key",
    "SessionToken": "aws_session_token",
}


def begins_block(line: str) -> bool:
    """Whether a line that was typed or pasted looks like the beginning of a block."""
    return _BEGINNING.match(line) is not None or is_connection_string(line)


def is_connection_string(line: str) -> bool:
    """Whether a line looks like the beginning of an Azure connection string."""
    return _CONNECTION.match(line) is not None


def is_whole(text: str) -> bool:
    """Whether a block may end here."""
    if text.lstrip().startswith("{"):
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            return False
        return True
    return any(not each.reason for each in found_in(text))


def found_in(text: str) -> list[Found]:
    """The configurations in a block; empty if it has none of the known forms."""
    text = text.strip().strip("\ufeff")
    if text.startswith("{"):
        return [*_of_json(text)]
    if azure := _of_connection_string(text):
        return [azure]
    lines = text.splitlines()
    if any(_SECTION.fullmatch(line) for line in lines):
        if any(_REMOTE.fullmatch(line) for line in lines):
            from storage_core.importing.sources import rclone

            try:
                return rclone.found_in(text, PLACE)
            except ConfigurationError:
                return []
        return [*_of_sections(lines)]
    return [*_of_variables(_variables(lines))]


def left_out(text: str) -> list[str]:
    """The names in a block of AWS's files or variables that no setting can hold."""
    lines = text.strip().strip("\ufeff").splitlines()
    if text.lstrip("\ufeff \t\r\n").startswith("{") or any(map(_REMOTE.fullmatch, lines)):
        return []
    if any(_SECTION.fullmatch(line) for line in lines):
        names = [pair[1] for line in lines if (pair := _PAIR.fullmatch(line))]
    else:
        names = [*_variables([line for line in lines if "=" in line])]
    known = _AWS.keys() | _OTHERS
    return [name for name in dict.fromkeys(names) if name.lower() not in known]


def _of_json(text: str) -> Iterator[Found]:
    try:
        data = json.loads(text)
        google_json(text)
    except (ValueError, RecursionError):
        data = _parsed(text)
        keys = data.get("Credentials", data)
        if isinstance(keys, dict) and "AccessKeyId" in keys:
            yield _aws("aws", {to: keys.get(name) for name, to in _AWS_JSON.items()})
        return
    project = data.get("project_id") or data.get("quota_project_id")
    settings = {"service_account_info": text, "project": project}
    yield _found("gcloud", str(project or "gcloud"), "gcs", settings, "bucket")


def _parsed(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _of_connection_string(text: str) -> Found | None:
    if "\n" in text or not is_connection_string(text):
        return None
    parts = azure_parts(text)
    if not parts.keys() & {"accountname", "blobendpoint", "usedevelopmentstorage"}:
        return None
    if not parts.keys() & {"accountkey", "sharedaccesssignature", "usedevelopmentstorage"}:
        return None
    name = parts.get("accountname") or "azure"
    return _found("azure", name, "azure", {"connection_string": as_it_is(text)}, "container")


def _of_sections(lines: list[str]) -> Iterator[Found]:
    name = "default"
    values: dict[str, Any] = {}
    for line in [*lines, "[end]"]:
        if header := _SECTION.fullmatch(line):
            if values:
                yield _aws(name, values)
            name, values = header[1].strip(), {}
        elif (pair := _PAIR.fullmatch(line)) and pair[1].lower() in _AWS:
            values[_AWS[pair[1].lower()]] = pair[2]


def _variables(lines: list[str]) -> dict[str, str]:
    """The values of the variables that lines of a shell set."""
    found: dict[str, str] = {}
    for line in lines:
        if export := _EXPORT.fullmatch(line):
            try:
                words = shlex.split(export[1], comments=True)
            except ValueError:
                continue
            pairs = [word.partition("=") for word in words]
            found |= {name: value.removesuffix(";") for name, equals, value in pairs if equals}
        elif pair := _SET.fullmatch(line):
            found[pair[1]] = _unquoted(pair[2])
    return found


def _unquoted(text: str) -> str:
    text = text.removesuffix(";")
    for mark in ("'", '"'):
        if text.startswith(mark):
            return text[1:].removesuffix(mark)
    return text


def _of_variables(variables: Mapping[str, str]) -> Iterator[Found]:
    known = {name.lower(): value for name, value in variables.items() if value}
    keys = {_AWS[name]: value for name, value in known.items() if name in _AWS and "_" in name}
    if keys.keys() & {"aws_access_key_id", "profile_name"}:
        yield _aws("aws", keys)
    if string := known.get("azure_storage_connection_string"):
        if azure := _of_connection_string(string):
            yield azure
    elif account := known.get("azure_storage_account"):
        if key := known.get("azure_storage_key") or known.get("azure_storage_account_key"):
            parts = (
                "DefaultEndpointsProtocol=https",
                f"AccountName={account}",
                f"AccountKey={key}",
            )
            if azure := _of_connection_string(";".join(parts)):
                yield azure
        else:
            yield _found("azure", account, "azure", {"account_name": account}, "container")
    if path := known.get("google_application_credentials"):
        yield _found("gcloud", "gcloud", "gcs", {"service_account_info": f"file:{path}"}, "bucket")


def _aws(name: str, values: Mapping[str, Any]) -> Found:
    settings = {key: as_it_is(str(value)) for key, value in values.items() if value}
    is_passing = "aws_session_token" in settings
    notes = ("its session token expires, mostly within hours",) if is_passing else ()
    if ("aws_access_key_id" in settings) != ("aws_secret_access_key" in settings):
        return Found(
            source="aws",
            entry="pasted block",
            place=PLACE,
            name=name,
            reason="it has only one of AWS Access Key ID and AWS Secret Access Key; copy both",
        )
    return _found("aws", name, "s3", settings, "bucket", notes)


def _found(
    source: str,
    name: str,
    type_name: str,
    settings: Mapping[str, Any],
    asks: str,
    notes: tuple[str, ...] = (),
) -> Found:
    return Found(
        source=source,
        entry="pasted block",
        place=PLACE,
        name=name,
        cls=type_named(type_name),
        settings={key: value for key, value in settings.items() if value},
        asks=asks,
        notes=notes,
    )
