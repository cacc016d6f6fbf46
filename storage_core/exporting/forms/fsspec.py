"""A JSON file for fsspec's folder of defaults, which has one set of arguments for each protocol.

The URL of each configuration and what is left out, for which fsspec has no place, are below a key
that fsspec ignores, since it is not a protocol.
"""

from __future__ import annotations

from typing import Any, Final

from storage_core.errors import ConfigurationError
from storage_core.exporting.chosen import Chosen, Written
from storage_core.exporting.comments import about, absent
from storage_core.exporting.describing import places_of
from storage_core.exporting.forms.file_systems import FileSystem, file_system
from storage_core.exporting.forms.json import as_json
from storage_core.exporting.places import GCS, S3, Azure, Other, Place
from storage_core.exporting.settings import Value

LABEL: Final = "a JSON file for fsspec's folder of defaults"

ABOUT: Final = "_storage"
"""The key of what fsspec has no place for."""


def written(chosen: Chosen) -> Written:
    """Write the JSON file.

    Raises:
        ConfigurationError: fsspec reaches no such place, its file cannot express one, or two
            configurations of one protocol differ in more than their place.
    """
    protocols: dict[str, dict[str, Any]] = {}
    withheld: dict[str, Any] = {}
    owners: dict[str, str] = {}
    said: dict[str, dict[str, Any]] = {}
    notes: list[str] = []
    for place in places_of(chosen, variables=False):
        _refuse_what_is_lost(place)
        found = file_system(place)
        lines: list[str] = []
        given = _plain(place, found.arguments, found.protocol, lines)
        arguments = {**_guard(place), **given}
        absent_here = _withheld(found.arguments)
        differs = protocols.setdefault(found.protocol, arguments) != arguments
        # Compare left-out values too: they look the same in the file, but one is added for all.
        if withheld.setdefault(found.protocol, absent_here) != absent_here or differs:
            raise ConfigurationError(
                f"{owners[found.protocol]} and {place.name}: fsspec has one setting for all "
                f"{found.protocol}:// URLs, and these differ; export each into a folder of its own "
                "that FSSPEC_CONFIG_DIR names, or as python"
            )
        owners.setdefault(found.protocol, place.name)
        lines += found.notes
        lines += about(place, understood={*place.options})
        said[place.name] = {"url": _url(found, lines), "notes": lines}
        notes += [f"{place.name}: {each}" for each in lines]
    protocols = {name: each for name, each in protocols.items() if each}
    return Written(as_json({**protocols, ABOUT: said}), tuple(notes))


def _refuse_what_is_lost(place: Place) -> None:
    if isinstance(place, S3) and place.role:
        raise ConfigurationError(
            f"{place.name}: fsspec's file cannot say which role to assume (Role ARN); put it "
            "into a profile of AWS's and set Profile Name, or export it as python"
        )
    if isinstance(place, Other) and "::" in place.url:
        raise ConfigurationError(
            f"{place.name}: fsspec's file has settings for one protocol at a time, not for a chain "
            f"such as {place.location}; export it as python"
        )


def _login(user: Value, password: Value, lines: list[str]) -> str:
    """The user and password before the host of a URL."""
    from urllib.parse import quote

    lines += [absent(each, "add it to the URL") for each in (user, password) if each.text is None]
    name = quote(user.text or "", safe="")
    return f"{name}:{quote(password.text, safe='')}" if password.text else name


def _guard(place: Place) -> dict[str, Any]:
    """Placeholders for credentials that may be left out, so that no others are used instead."""
    if isinstance(place, S3) and place.key is not None:
        # botocore refuses a key without a secret; s3fs would ignore an empty key.
        return {"key": "(left out)"}
    if isinstance(place, GCS) and place.info is not None:
        return {"token": "(left out)"}
    if isinstance(place, Azure):
        credentials = {
            "connection_string": place.connection_string,
            "account_key": place.key,
            "sas_token": place.signature,
            "client_secret": place.client_secret,
        }
        return {name: "(left out)" for name, value in credentials.items() if value is not None}
    return {}


def _plain(place: Place, value: Any, path: str, lines: list[str]) -> Any:
    """The arguments as plain data for JSON; a line is added for each text that is left out."""
    if isinstance(value, dict):
        kept = {key: _plain(place, inner, f"{path}_{key}", lines) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner is not None}
    if isinstance(value, list | tuple):
        kept_items = [_plain(place, inner, path, lines) for inner in value]
        return None if None in kept_items else kept_items
    if not isinstance(value, Value):
        return value
    if isinstance(place, GCS) and value is place.info:
        if value.file is not None:
            return value.file
        if value.text is not None:
            return _json_of(place, value.text)
    if value.text is None:
        lines.append(absent(value, _instead(path, value)))
    return value.text


def _withheld(value: Any) -> Any:
    """The texts that the file leaves out, in a form in which two configurations can be compared."""
    if isinstance(value, dict):
        return {key: _withheld(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_withheld(inner) for inner in value]
    if isinstance(value, Value) and value.text is None:
        return (value.file or value.reference, value.digest)
    return None


def _instead(path: str, value: Value) -> str:
    variable = f"FSSPEC_{path.upper()}"
    source = "its value" if value.variable is None else f"the value of {value.variable}"
    return f"add it, or set {variable} to {source}"


def _json_of(place: GCS, text: str) -> Any:
    from json import loads

    try:
        return loads(text)
    except (ValueError, RecursionError):
        raise ConfigurationError(
            f"{place.name}: Service Account Info is no JSON; correct it, or leave it out"
        ) from None


def _url(found: FileSystem, lines: list[str]) -> str:
    path = "/".join(part.text or "" for part in found.path)
    if found.login is not None:
        # A header in the arguments would be sent to every server of the protocol.
        scheme, _, rest = path.partition("://")
        return f"{scheme}://{_login(*found.login, lines)}@{rest}"
    if "://" in path:
        return path
    return f"{found.protocol}://{path}"
