"""The MinIO Client: the aliases in its `config.json` and in variables.

This follows its source (RELEASE.2025-08-13 and later), where version 10 of the file is current. In
version 9, which it migrates, aliases are called `hosts`, and `path` is called `lookup`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from storage_core.importing.files import json_of, text_of, wrong
from storage_core.importing.made import InexpressibleError, Made, found_entry, given
from storage_core.importing.values import as_it_is
from storage_core.paths import absolute
from storage_core.references import is_unicode
from storage_core.types.s3 import S3Storage

if TYPE_CHECKING:
    from storage_core.importing.found import Found

LABEL: Final = "MinIO Client"

_FOLDERS: Final = ("~/.mc", "~/.mcli")
"""Its folders; it is installed as `mcli` if `mc` is another program."""

_HOST: Final = "MC_HOST_"
_FILE: Final = "MC_CONFIG_ENV_FILE"
_WITH_TOKEN: Final = re.compile(r"(https?://)(.*?):(.*?):(.*)@(.*?)", re.DOTALL)
_WITH_KEYS: Final = re.compile(r"(https?://)(.*?):(.*)@(.*?)", re.DOTALL)
_AWS: Final = re.compile(r"s3(?:[.-]([a-z]{2}-[a-z0-9-]+))?\.amazonaws\.com(?:\.cn)?")

_PLACEHOLDER: Final = "YOUR-ACCESS-KEY-HERE"
_DEFAULTS: Final = (
    ("local", "http://localhost:9000", ""),
    ("s3", "https://s3.amazonaws.com", _PLACEHOLDER),
    ("gcs", "https://storage.googleapis.com", _PLACEHOLDER),
    ("play", "https://play.min.io", "Q3AM3UQ867SPQQA43P2F"),
)
"""The aliases in every new file: names, URLs, keys; that of the public server is no secret."""


def places() -> list[str]:
    """The files in which it may have aliases, best first."""
    if folder := os.environ.get("MC_CONFIG_DIR"):
        return [os.path.join(absolute(folder), "config.json")]
    folders = map(os.path.expanduser, _FOLDERS)
    return [os.path.join(folder, "config.json") for folder in folders if os.path.isabs(folder)]


def found(path: str | None = None) -> list[Found]:
    """The aliases in variables and in the file; only those in `path`, if it is given.

    Raises:
        ConfigurationError: a file cannot be read, or is not a file of the MinIO Client.
    """
    if path:
        file: str | None = absolute(path)
        if os.path.isfile(inner := os.path.join(absolute(path), "config.json")):
            file = inner
        variables: dict[str, tuple[str, str]] = {}
    else:
        file = next(filter(os.path.lexists, places()), None)
        variables = dict(_variables())
    result = [
        found_entry(
            partial(_of_variable, url),
            source="mc",
            entry=f"alias {name}",
            place=place,
            name=name,
        )
        for name, (url, place) in variables.items()
    ]
    for name, alias in _aliases(file) if file else ():
        if name not in variables and not _is_default(name, alias):
            result.append(
                found_entry(
                    partial(_of_alias, alias),
                    source="mc",
                    entry=f"alias {name}",
                    place=file or "",
                    name=name,
                )
            )
    return result


def _variables() -> Iterator[tuple[str, tuple[str, str]]]:
    """The names of aliases in variables, each with its URL and place; later ones win."""
    if path := os.environ.get(_FILE):
        file = absolute(path)
        for number, line in enumerate(text_of(file).split("\n"), 1):
            if not line:
                continue
            variable, equals, url = line.partition("=")
            name = variable.removeprefix(_HOST)
            if not equals or not name:
                raise wrong(file, "is no line with an alias", f"write {_HOST}NAME=URL", number)
            yield name, (url, file)
    for variable, url in sorted(os.environ.items()):
        name = variable.removeprefix(_HOST)
        if name and variable.startswith(_HOST):
            yield name, (url, variable)


def _aliases(file: str) -> Iterator[tuple[str, Any]]:
    config = json_of(file, text_of(file))
    aliases: object = None
    if isinstance(config, dict):
        aliases = config.get("aliases", config.get("hosts"))
    if not isinstance(aliases, dict):
        raise wrong(file, "has no aliases", "name the config.json of the MinIO Client")
    return iter(aliases.items())


def _is_default(name: str, alias: Any) -> bool:
    """Whether every new file has this alias."""
    if not isinstance(alias, dict):
        return False
    url, key = alias.get("url"), alias.get("accessKey", "")
    return any((name, url, key) == each for each in _DEFAULTS)


def _of_variable(url: str) -> Made:
    """What `https://KEY:SECRET@HOST` becomes; KEY and SECRET are not percent-encoded."""
    if not is_unicode(url):
        raise InexpressibleError("it is no UTF-8 text")
    key = secret = token = ""
    if matched := _WITH_TOKEN.fullmatch(url):
        key, secret, token = matched[2], matched[3], matched[4]
        address = matched[1] + matched[5]
    elif matched := _WITH_KEYS.fullmatch(url):
        key, secret = matched[2], matched[3]
        address = matched[1] + matched[4]
    else:
        address = url
    return _made(address, key, secret, token)


def _of_alias(alias: Any) -> Made:
    """What an alias in the file becomes."""
    if not isinstance(alias, Mapping):
        raise InexpressibleError("it is no JSON object")
    texts: dict[str, str] = {}
    for name in ("url", "accessKey", "secretKey", "sessionToken", "api", "path", "lookup"):
        value = alias.get(name)
        if not isinstance(value, str | None):
            raise InexpressibleError(f"its {name} is no text")
        if value and not is_unicode(value):
            raise InexpressibleError(f"its {name} is no valid text")
        texts[name] = value or ""
    if texts["api"].lower() == "s3v2":
        raise InexpressibleError("it signs by version 2 (S3v2); Storage signs by version 4")
    return _made(
        texts["url"],
        texts["accessKey"],
        texts["secretKey"],
        texts["sessionToken"],
        texts["path"] or texts["lookup"],
    )


def _made(url: str, key: str, secret: str, token: str, style: str = "") -> Made:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or parts.path.strip("/"):
        raise InexpressibleError("its url is no address of a server, such as https://HOST:9000")
    if bool(key) != bool(secret):
        raise InexpressibleError("it has only one of access key and secret key")
    lost: tuple[str, ...] = ()
    aws = _AWS.fullmatch(host)
    if aws and not aws[1]:
        lost = ("the region, which mc asks for; set Region Name unless it is us-east-1",)
    # Storage uses path addressing for services other than AWS by default. mc knows on and off for
    # it; any other word, even `dns` in its own defaults, means auto.
    is_virtual = style.lower() == "off" and not aws
    settings = {
        "aws_access_key_id": as_it_is(key),
        "aws_secret_access_key": as_it_is(secret),
        "aws_session_token": as_it_is(token) if key else None,
        "region_name": aws[1] if aws else None,
        "endpoint_url": None if aws else f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}",
        "options": {
            "anon": not key,
            "config_kwargs": {"s3": {"addressing_style": "virtual" if is_virtual else ""}},
        },
    }
    return Made(cls=S3Storage, settings=given(settings), asks="bucket", lost=lost)
