"""YAML for multi-storage-client (MSC): a profile for each configuration, `msc://NAME/results/KEY`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from storage_core.errors import ConfigurationError
from storage_core.exporting.chosen import Chosen, Written
from storage_core.exporting.comments import about, absent, commented, quoted_json
from storage_core.exporting.describing import places_of
from storage_core.exporting.forms.file_systems import CHECKSUMS
from storage_core.exporting.names import Variables, names_for
from storage_core.exporting.places import GCS, S3, Azure, Folder, Place, variables_of
from storage_core.exporting.settings import Value

LABEL: Final = "profiles for multi-storage-client"

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EXPANDED: Final = re.compile(r"\$(?:[A-Za-z0-9_]|\{)")
"""What MSC takes for a variable; it has no way to escape it."""


class _Profile(NamedTuple):
    """A configuration in MSC's terms; texts are `Value`s, or constants of this module."""

    type: str
    options: dict[str, Any]
    credentials: tuple[str, dict[str, Any]] | None = None
    besides: tuple[str, ...] = ()
    """Our settings for which MSC has no option."""


class _Path(tuple[Value, ...]):
    """Parts to be joined by slashes."""


def written(chosen: Chosen) -> Written:
    """Write a configuration file of MSC."""
    places = places_of(chosen, variables=True)
    names = names_for(
        [place.name for place in places],
        lambda name: _NAME.fullmatch(name) is not None,
        lambda name: re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("._-") or "storage",
    )
    variables = Variables(names, variables_of(places))
    lines, notes = ["profiles:"], []
    for place in places:
        name, profile = names[place.name], _profile(place)
        said: list[str] = []
        if name != place.name:
            said.append(
                f"a name such as {place.name} does not fit into MSC's URLs; here it is {name}"
            )
        writer = _Writer(place, said, variables)
        body = [*writer.mapping(_as_mapping(profile), "    ")]
        said += about(place, besides=profile.besides)
        lines += [*commented(said, "  "), f"  {quoted_json(name, long=True)}:", *body]
        notes += [f"{place.name}: {each}" for each in said]
    return Written("\n".join(lines) + "\n", tuple(notes))


def _as_mapping(profile: _Profile) -> dict[str, Any]:
    found: dict[str, Any] = {"storage_provider": {"type": profile.type, "options": profile.options}}
    if profile.credentials is not None:
        kind, options = profile.credentials
        found["credentials_provider"] = {"type": kind} | ({"options": options} if options else {})
    return found


class _Writer:
    """Writes the profile of one place."""

    def __init__(self, place: Place, said: list[str], variables: Variables) -> None:
        self._place = place
        self._variables = variables
        self._said = said

    def mapping(self, mapping: Mapping[str, Any], indent: str) -> Iterator[str]:
        """The lines of a YAML mapping."""
        for key, value in mapping.items():
            name = key if _NAME.fullmatch(key) else quoted_json(self._literal(key, key), long=True)
            if isinstance(value, Mapping):
                yield f"{indent}{name}:"
                yield from self.mapping(value, f"{indent}  ")
            else:
                yield f"{indent}{name}: {self._scalar(value, key)}"

    def _scalar(self, value: Any, key: str) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float):
            return str(value)
        if isinstance(value, list):
            return "[" + ", ".join(self._scalar(each, key) for each in value) + "]"
        if isinstance(value, _Path):
            text = "/".join(self._text(part).strip("/") for part in value)
        elif isinstance(value, Value):
            text = self._text(value)
        else:
            text = self._literal(str(value), key)
        return quoted_json(text, long=True)

    def _text(self, value: Value) -> str:
        if value.text is not None:
            return self._literal(value.text, value.setting)
        if value.variable is not None and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value.variable):
            return f"${{{value.variable}}}"
        variable = self._variables.of(self._place.name, value.setting)
        self._said.append(absent(value, f"set the variable {variable} to it"))
        return f"${{{variable}}}"

    def _literal(self, text: str, setting: str) -> str:
        if _EXPANDED.search(text):
            raise ConfigurationError(
                f"{self._place.name}: {setting} has a $ before a letter or a brace, which "
                "multi-storage-client would take for a variable, and there is no way to write it; "
                "put the value into a variable, and write env:NAME for it"
            )
        return text


def _profile(place: Place) -> _Profile:
    if isinstance(place, S3):
        return _s3(place)
    if isinstance(place, Azure):
        return _azure(place)
    if isinstance(place, GCS):
        return _gcs(place)
    if isinstance(place, Folder):
        return _Profile("file", {"base_path": place.path})
    raise ConfigurationError(
        f"{place.name}: multi-storage-client has nothing for {place.label} at {place.location}; "
        "leave it out"
    )


def _s3(place: S3) -> _Profile:
    if place.role:
        raise ConfigurationError(
            f"{place.name}: multi-storage-client cannot be told which role to assume (Role ARN); "
            "put it into a profile of AWS's and set Profile Name"
        )
    options: dict[str, Any] = {
        "base_path": _path(place.bucket, place.prefix),
        **_given(
            region_name=place.region,
            endpoint_url=place.endpoint,
            profile_name=place.profile,
            verify=place.ca_bundle,
        ),
        # With other checksums some services store the framing of the upload too.
        **(CHECKSUMS if place.endpoint else {}),
    }
    if place.addressing:
        options["s3"] = {"addressing_style": place.addressing}
    if place.is_anonymous:
        options["signature_version"] = "UNSIGNED"
    credentials = _given(access_key=place.key, secret_key=place.secret, session_token=place.token)
    besides = ("options.requester_pays",) if place.requester_pays else ()
    return _Profile("s3", options, ("S3Credentials", credentials) if credentials else None, besides)


def _azure(place: Azure) -> _Profile:
    if place.key or place.signature or place.client_secret:
        raise ConfigurationError(
            f"{place.name}: multi-storage-client signs in to Azure by a connection string, or as "
            "Azure's own tools do; set Connection String"
        )
    options: dict[str, Any] = {"base_path": _path(place.container, place.prefix)}
    options["endpoint_url"] = _account_url(place)
    besides = ("ca_bundle",) if place.ca_bundle else ()
    if place.connection_string:
        found = {"connection": place.connection_string}
        return _Profile("azure", options, ("AzureCredentials", found), besides)
    if place.is_anonymous:
        return _Profile("azure", options, None, besides)
    return _Profile("azure", options, ("DefaultAzureCredentials", {}), besides)


def _account_url(place: Azure) -> str:
    """The URL of the account, which MSC requires and ignores if it has a connection string."""
    if place.host and place.host.text:
        return f"https://{place.host.text}"
    if place.account and place.account.text:
        return f"https://{place.account.text}.blob.core.windows.net"
    if place.account and place.account.variable:
        raise ConfigurationError(
            f"{place.name}: multi-storage-client needs the name of the account itself; write it in "
            "Account Name, not a reference"
        )
    parts = (place.connection_string.text or "") if place.connection_string else ""
    given = {
        key.lower(): value
        for key, equals, value in (part.partition("=") for part in parts.split(";"))
        if equals
    }
    if endpoint := given.get("blobendpoint"):
        return endpoint
    suffix = given.get("endpointsuffix", "core.windows.net")
    account = given.get("accountname")
    return f"https://{account}.blob.{suffix}" if account else f"https://blob.{suffix}"


def _gcs(place: GCS) -> _Profile:
    options: dict[str, Any] = {"base_path": _path(place.bucket, place.prefix)}
    options |= _given(project_id=place.project, endpoint_url=place.endpoint)
    if place.is_anonymous:
        options["skip_signature"] = True
    besides = ("ca_bundle",) if place.ca_bundle else ()
    if place.info is None:
        return _Profile("gcs", options, None, besides)
    kind = "GoogleServiceAccountCredentialsProvider"
    if place.info.file is not None:
        path = Value(setting=place.info.setting, text=place.info.file)
        return _Profile("gcs", options, (kind, {"file": path}), besides)
    if place.info.text is None:
        # MSC takes the JSON only as a table, which no variable can hold: so ask for a file.
        return _Profile("gcs", options, (kind, {"file": place.info}), besides)
    return _Profile(
        "gcs", options, (kind, {"info": _service_account(place, place.info.text)}), besides
    )


def _service_account(place: GCS, text: str) -> dict[str, Any]:
    from json import loads

    try:
        found = loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("type", "service_account") != "service_account":
        raise ConfigurationError(
            f"{place.name}: multi-storage-client takes the JSON of a service account only; put "
            "this one into a file that GOOGLE_APPLICATION_CREDENTIALS names, and leave Service "
            "Account Info empty"
        )
    return found


def _path(bucket: Value, prefix: Value | None) -> _Path:
    return _Path((bucket, prefix) if prefix else (bucket,))


def _given(**values: Value | None) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
