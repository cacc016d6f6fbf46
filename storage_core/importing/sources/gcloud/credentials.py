"""Google's credentials files: what is in one, and whether it signs in without a person."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from storage_core.declaration.sign_ins import google_json
from storage_core.errors import ConfigurationError
from storage_core.importing.files import json_of, text_of, wrong
from storage_core.importing.found import Found
from storage_core.importing.values import as_it_is
from storage_core.paths import shortened
from storage_core.types.gcs import GoogleCloudStorage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VARIABLE: Final = "GOOGLE_APPLICATION_CREDENTIALS"
"""The variable with a credentials file, which wins over all else for Google's libraries."""

DEFAULT: Final = "application_default_credentials.json"
"""The file that `gcloud auth application-default login` writes."""

_PROJECTS: Final = ("GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT")
_UNIVERSE: Final = "googleapis.com"


class Unusable(Exception):
    """A file cannot be used; the text says why, without quoting it."""


def found(path: str, place: str, project: str | None, *, is_default: bool) -> Found:
    """The entry for a credentials file.

    Args:
        path: the path of the file.
        place: the file as it is shown.
        project: the project to use if the file has none; None: variables are ignored too.
        is_default: whether the file is used by default.
    """
    info: Mapping[str, Any] = {}
    reason = ""
    try:
        info = read(path)
    except Unusable as error:
        reason = str(error)
    settings = {"service_account_info": reference(path)}
    named = _project(info, project)
    if named:
        settings["project"] = as_it_is(named)
    return Found(
        source="gcloud",
        entry=f"credentials of {who(info)}" if info else "credentials",
        place=place,
        name=str(info.get("project_id") or project or "gcs"),
        cls=None if reason else GoogleCloudStorage,
        settings={} if reason else settings,
        is_default=is_default,
        asks=None if reason else "bucket",
        notes=tuple(remarks(info)),
        reason=reason,
    )


def require_json(path: str) -> None:
    """Raise if a file cannot be credentials at all.

    Raises:
        ConfigurationError: it cannot be read, or is not a JSON object.
    """
    if not isinstance(json_of(path, text_of(path)), dict):
        raise wrong(path, "holds no credentials of Google's", "name a file of credentials")


def read(path: str) -> Mapping[str, Any]:
    """Read credentials from JSON.

    Raises:
        Unusable: it cannot be read, or is not the JSON of credentials that need no person.
    """
    try:
        text = text_of(path)
        info = json_of(path, text)
        google_json(text)
    except ConfigurationError as error:
        # Only its text, which has the place and the remedy but nothing from the file.
        raise Unusable(str(error)) from None
    except ValueError as error:
        raise Unusable(f"{shortened(path)} {error}") from None
    assert isinstance(info, dict)
    if (universe := info.get("universe_domain", _UNIVERSE)) != _UNIVERSE:
        raise Unusable(f"{shortened(path)} is for {universe}, which Storage does not know")
    return info


def reference(path: str) -> str:
    """The reference to the file for a setting."""
    return f"file:{os.path.abspath(path)}"


def who(info: Mapping[str, Any]) -> str:
    """Whose credentials these are."""
    match info.get("type"):
        case "service_account":
            return str(info["client_email"])
        case "external_account":
            return "a workload"
        case "impersonated_service_account":
            return _target(info)
        case _:
            return str(info.get("account") or "a person")


def remarks(info: Mapping[str, Any]) -> Iterator[str]:
    """What to know about credentials, one line each."""
    source = info.get("credential_source")
    if isinstance(source, dict):
        if "file" in source:
            yield f"its token is in {source['file']}, which has to be there too"
        if "executable" in source:
            yield "its token is made by a program: set GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1"
    if info.get("type") == "impersonated_service_account":
        yield f"it acts as {_target(info)}"
        yield from remarks(info["source_credentials"])
    elif info.get("type", "authorized_user") == "authorized_user" and info:
        yield "it signs in as the person who has signed in to gcloud, until that is revoked or ends"


def _target(info: Mapping[str, Any]) -> str:
    url = str(info["service_account_impersonation_url"])
    return url.rpartition("/")[2].partition(":")[0]


def _project(info: Mapping[str, Any], project: str | None) -> str:
    """The project as google-auth finds it: from variables, the file, gcloud's configuration."""
    named = next(filter(None, map(os.environ.get, _PROJECTS)), "") if project is not None else ""
    return named or str(info.get("project_id") or "") or project or ""
