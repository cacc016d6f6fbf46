"""rclone.conf: a remote for each configuration, `rclone cat NAME:results/KEY`.

A remote of rclone is an account; the bucket and the prefix come from an `alias` on top of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from storage_core.errors import ConfigurationError
from storage_core.exporting.chosen import Chosen, Written
from storage_core.exporting.comments import about, absent, commented
from storage_core.exporting.describing import places_of
from storage_core.exporting.forms.rclone_text import line, obscured
from storage_core.exporting.names import free, names_for
from storage_core.exporting.places import GCS, S3, Azure, Folder, Place, Server
from storage_core.exporting.settings import Value

LABEL: Final = "rclone.conf, for rclone"

_NAME: Final = re.compile(r"[\w.+@]+(?:[ -]+[\w.+@-]+)*")
"""Names of remotes that rclone accepts."""

_PASSWORDS: Final = ("pass", "key_file_pass")
"""The options whose values rclone expects obscured."""


class _Remote(NamedTuple):
    """A configuration in rclone's terms."""

    type: str
    settings: dict[str, str | Value | None]
    path: str = ""
    """The bucket and the prefix, or a folder of the server."""

    understood: tuple[str, ...] = ()
    """The keys of Options that the settings express."""


def written(chosen: Chosen) -> Written:
    """Write a configuration file of rclone."""
    places = places_of(chosen, variables=False)
    names = names_for(
        [place.name for place in places],
        lambda name: _NAME.fullmatch(name) is not None,
        lambda name: re.sub(r"[^\w.+@ -]", "-", name).strip(" -") or "storage",
    )
    taken = {*names.values()}
    blocks, notes = [], []
    for place in places:
        name, remote = names[place.name], _remote(place)
        said: list[str] = []
        if name != place.name:
            said.append(f"rclone takes no name such as {place.name}; here it is {name}")
        lines = [*_sections(place, remote, name, taken, said)]
        said += about(place, understood=remote.understood)
        blocks.append("\n".join([*commented(said), *lines]) + "\n")
        notes += [f"{place.name}: {each}" for each in said]
    return Written("\n".join(blocks), tuple(notes))


def _sections(
    place: Place, remote: _Remote, name: str, taken: set[str], said: list[str]
) -> Iterator[str]:
    """The lines of the sections of one configuration; notes on them are added to `said`."""
    account = name
    # rclone's variables are in capitals: names that differ in case only would share one.
    is_shared = sum(each.upper() == name.upper() for each in taken) > 1
    if remote.path or (is_shared and remote.type != "alias"):
        account = free(f"{name}-remote", taken)
        taken.add(account)
    yield from _section(place, account, remote, said)
    if account != name:
        yield ""
        whole = Value(setting="the path", text=f"{account}:{remote.path}")
        yield from _section(place, name, _Remote("alias", {"remote": whole}), said)


def _section(place: Place, name: str, remote: _Remote, said: list[str]) -> Iterator[str]:
    yield f"[{name}]"
    yield f"type = {remote.type}"
    for option, value in remote.settings.items():
        if value is None:
            continue
        text = value if isinstance(value, str) else value.text
        if isinstance(value, Value) and text is None:
            said.append(_absent(value, name, option))
            continue
        assert text is not None
        if option in _PASSWORDS:
            text = obscured(text)
        yield line(option, text, place.name)


def _absent(value: Value, remote: str, option: str) -> str:
    if option == "headers":
        form = "Authorization,Basic …, where … is USER:PASSWORD in base64"
        return absent(value, f"set headers to {form}")
    variable = f"RCLONE_CONFIG_{remote.upper()}_{option.upper()}"
    source = '"…"' if value.variable is None else f'"${value.variable}"'
    if option in _PASSWORDS:
        source = f'"$(rclone obscure {source})"'
    return absent(value, f"set {option}, or run: env '{variable}'={source} rclone …")


def _remote(place: Place) -> _Remote:
    if isinstance(place, Folder):
        return _Remote("alias", {"remote": place.path})
    if isinstance(place, S3):
        return _s3(place)
    if isinstance(place, Azure):
        return _azure(place)
    if isinstance(place, GCS):
        return _gcs(place)
    if isinstance(place, Server):
        return _SERVERS[place.protocol](place)
    raise ConfigurationError(
        f"{place.name}: rclone has nothing for {place.label} at {place.location}; leave it out"
    )


def _s3(place: S3) -> _Remote:
    if place.sts_endpoint:
        raise ConfigurationError(
            f"{place.name}: rclone cannot be told where to ask for a role (STS Endpoint URL); "
            "leave it out"
        )
    has_keys = place.key or place.secret
    settings: dict[str, str | Value | None] = {
        "provider": "Other" if place.endpoint else "AWS",
        "env_auth": None if has_keys or place.is_anonymous else "true",
        "access_key_id": place.key,
        "secret_access_key": place.secret,
        "session_token": place.token,
        "profile": place.profile,
        "region": place.region,
        "endpoint": place.endpoint,
        "role_arn": place.role,
        "role_external_id": place.external_id,
        "force_path_style": {"path": "true", "virtual": "false"}.get(place.addressing or ""),
        "requester_pays": "true" if place.requester_pays else None,
        # Without this rclone checks that the bucket exists, and creates it if it does not.
        "no_check_bucket": "true",
        "override.ca_cert": place.ca_bundle,
    }
    return _Remote("s3", settings, _path(place.bucket, place.prefix))


def _azure(place: Azure) -> _Remote:
    signed = place.connection_string or place.key or place.signature or place.client_secret
    settings: dict[str, str | Value | None] = {
        "connection_string": place.connection_string,
        "account": place.account,
        "key": place.key,
        "sas_url": _signed_url(place),
        "tenant": place.tenant,
        "client_id": place.client,
        "client_secret": place.client_secret,
        "env_auth": None if signed or place.is_anonymous else "true",
        "endpoint": _https(place.host),
        "no_check_container": "true",
        "override.ca_cert": place.ca_bundle,
    }
    return _Remote("azureblob", settings, _path(place.container, place.prefix))


def _signed_url(place: Azure) -> Value | None:
    if place.signature is None or place.signature.text is None or place.account is None:
        return place.signature
    host = place.host.text if place.host else f"{place.account.text}.blob.core.windows.net"
    return Value(
        setting=place.signature.setting, text=f"https://{host}?{place.signature.text.lstrip('?')}"
    )


def _gcs(place: GCS) -> _Remote:
    info = place.info
    is_file = info is not None and info.file is not None
    settings: dict[str, str | Value | None] = {
        "project_number": place.project,
        "service_account_file": _file_of(info) if is_file else None,
        "service_account_credentials": None if is_file else _one_line(place, info),
        "anonymous": "true" if place.is_anonymous else None,
        "env_auth": None if info or place.is_anonymous else "true",
        "endpoint": _interface(place.endpoint),
        # Buckets without fine-grained access lists refuse requests that set them.
        "bucket_policy_only": "true",
        "no_check_bucket": "true",
        "override.ca_cert": place.ca_bundle,
    }
    return _Remote("google cloud storage", settings, _path(place.bucket, place.prefix))


def _interface(endpoint: Value | None) -> Value | None:
    """The endpoint with the path of the API, which rclone, unlike other tools, does not add."""
    if endpoint is None or endpoint.text is None:
        return endpoint
    return Value(setting=endpoint.setting, text=f"{endpoint.text.rstrip('/')}/storage/v1/")


def _file_of(info: Value | None) -> Value | None:
    return Value(setting=info.setting, text=info.file) if info else None


def _one_line(place: Place, info: Value | None) -> Value | None:
    """The JSON of a service account on one line: values in rclone's file have no line breaks."""
    if info is None or info.text is None:
        return info
    from json import dumps, loads

    try:
        given = loads(info.text)
    except (ValueError, RecursionError):
        raise ConfigurationError(
            f"{place.name}: Service Account Info is no JSON; correct it, or leave it out"
        ) from None
    if not isinstance(given, dict) or given.get("type", "service_account") != "service_account":
        raise ConfigurationError(
            f"{place.name}: rclone takes the JSON of a service account only; put this one into a "
            "file that GOOGLE_APPLICATION_CREDENTIALS names, and leave Service Account Info empty"
        )
    return Value(setting=info.setting, text=dumps(given))


def _sftp(place: Server) -> _Remote:
    policy, pem = _option(place, "host_key_policy"), _option(place, "pkey")
    trusts_any = policy is not None and policy.text == "auto_add"
    if pem is not None and pem.text is not None:
        pem = Value(setting=pem.setting, text=pem.text.strip().replace("\n", "\\n"))
    settings: dict[str, str | Value | None] = {
        **_account(place),
        "key_file": _option(place, "key_filename"),
        "key_pem": pem,
        "key_file_pass": _option(place, "passphrase"),
        # Without this rclone trusts any server.
        "known_hosts_file": None if trusts_any else "~/.ssh/known_hosts",
    }
    understood = ["host_key_policy", "pkey", "passphrase"]
    if settings["key_file"] is not None:
        understood.append("key_filename")
    return _Remote("sftp", settings, place.path, tuple(understood))


def _account(place: Server) -> dict[str, str | Value | None]:
    return {
        "host": place.host,
        "port": str(place.port) if place.port else None,
        "user": place.user,
        "pass": place.password,
    }


def _ftp(place: Server) -> _Remote:
    settings: dict[str, str | Value | None] = {
        **_account(place),
        "explicit_tls": "true" if place.options.get("tls") is True else None,
        "override.ca_cert": place.ca_bundle,
    }
    return _Remote("ftp", settings, place.path, ("tls",))


def _webdav(place: Server) -> _Remote:
    settings: dict[str, str | Value | None] = {
        "url": place.url,
        "vendor": "other",
        "user": place.user,
        "pass": place.password,
        "override.ca_cert": place.ca_bundle,
    }
    return _Remote("webdav", settings)


def _http(place: Server) -> _Remote:
    settings: dict[str, str | Value | None] = {
        "url": place.url,
        "headers": _signed_in(place.user, place.password),
        "override.ca_cert": place.ca_bundle,
    }
    return _Remote("http", settings)


def _signed_in(user: Value | None, password: Value | None) -> Value | None:
    """A header for Basic authentication, for which rclone has no option."""
    for each in (user, password):
        if each is not None and each.text is None:
            return each
    if user is None and password is None:
        return None
    from base64 import b64encode

    login = f"{(user and user.text) or ''}:{(password and password.text) or ''}"
    return Value(
        setting="headers", text=f"Authorization,Basic {b64encode(login.encode()).decode()}"
    )


_SERVERS: Final = {"sftp": _sftp, "ftp": _ftp, "webdav": _webdav, "http": _http}


def _option(place: Place, name: str) -> Value | None:
    found = place.options.get(name)
    return found if isinstance(found, Value) else None


def _path(bucket: Value, prefix: Value | None) -> str:
    parts = [bucket.text, prefix.text if prefix else None]
    return "/".join(part for part in parts if part)


def _https(host: Value | None) -> Value | None:
    return Value(setting=host.setting, text=f"https://{host.text}") if host else None
