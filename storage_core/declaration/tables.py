"""Which parts of a table such as Options may be shown: the server it leads to, and switches.

A table is passed to a driver as it is, so nothing declares what in it is secret. Everything counts
as secret except for flags, numbers, and texts that look like the name of a server or like one of a
few choices and have such a key. In a URL the password and the values of the query stay hidden. The
path of a file is shown, even if the file holds a key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote

from storage_core.redaction import MASK, secret_spans
from storage_core.references import check_reference, is_reference

_ADDRESS: Final = re.compile(
    r"(?:.*_)?(?:url|uri|endpoint|host|hosts|hostname|server|servers|address|domain|proxy)"
    r"|https?|namenode|account_name|authority"
)
"""Keys whose values name a server."""

_SWITCH: Final = re.compile(
    r"region|region_name|location|project|protocol|target_protocol|scheme|addressing_style"
    r"|signature_version|location_mode|encoding|consistency|acl|storageclass|storage_class"
    r"|serversideencryption|request_checksum_calculation|response_checksum_validation"
    r"|host_key_policy|cache_type|port|tenant_id|client_id"
)
"""Keys whose values are one of a few words."""

_SECRET: Final = re.compile(r"secret|token|pass|pwd|credential|key|auth|sig(?!nature_v)|cookie|sas")
"""What keys of secrets contain, even if the value is a number."""

_URL: Final = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)?(?:(?P<user>[^/?#\s]*)@)?"
    r"(?P<rest>(?:[\w.-]+|\[[0-9A-Fa-f:.%]+\])(?::\d{1,5})?(?:/[^?#@\s]*)?)"
    r"(?:\?(?P<query>[^#@\s]*))?(?:\#(?P<fragment>[^@\s]*))?"
)
_FILE: Final = re.compile(
    r"(?:.*_)?(?:file|filename|(?:key|cert|ca)_?path)|keyfile|certfile|known_hosts|ca_bundle|verify"
)
"""Keys whose values name a file."""

_PATH: Final = re.compile(r"(?:~[\w.-]*|\.{0,2}|[A-Za-z]:)[\\/](?![\\/])[^?#@\r\n]{0,1023}")

_NAMES_ONE: Final = re.compile(
    r"(?:.*_)?(?:auth|token|credentials?)_(?:type|method)|.*key_?(?:id|type)"
)
"""Keys that sound like those of secrets, but whose values only name one or its type."""

_WAYS: Final = frozenset({"anon", "browser", "cache", "cloud", "google_default"})
"""The values of gcsfs's `token` that choose how to sign in, and are no secrets."""

_WORD: Final = re.compile(r"[A-Za-z0-9][\w.:-]{0,62}")

_SHORTEST: Final = 6
"""The fewest characters of a text that messages are searched for as a secret."""


def visible(value: Any, key: str = "", *, secret: bool = False) -> Any:
    """`value` as it may be shown, masked inside.

    Args:
        value: plain data, such as a table.
        key: the key that it has.
        secret: whether it lies below the key of a secret.
    """
    if isinstance(value, dict):
        if _is_reference(value):
            return value
        secret = secret or _is_secret(key)
        return {name: visible(inner, str(name), secret=secret) for name, inner in value.items()}
    if isinstance(value, list):
        return [visible(inner, key, secret=secret) for inner in value]
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return MASK if secret or _is_secret(key) else value
    return MASK if secret or not isinstance(value, str) else "".join(_shown(key, value)[0])


def hidden(value: Any, key: str = "", *, secret: bool = False) -> Iterator[str]:
    """Every text in `value` that `visible` masks."""
    if isinstance(value, dict):
        if _is_reference(value):
            return
        secret = secret or _is_secret(key)
        for name, inner in value.items():
            yield from hidden(inner, str(name), secret=secret)
    elif isinstance(value, list):
        for inner in value:
            yield from hidden(inner, key, secret=secret)
    elif isinstance(value, str):
        yield from (value,) if secret else _shown(key, value)[1]


def plain_in(
    value: Any, path: tuple[str, ...] = (), *, secret: bool = False
) -> Iterator[tuple[str, ...]]:
    """The path of keys of every text that is certainly a secret, written out.

    Its own key says so, or one above; or it is a URL with a password. `visible` masks more: all
    that may be one.
    """
    if isinstance(value, dict):
        if _is_reference(value):
            return
        # In the JSON of an account, only the values whose own keys say so, if any key does.
        secret = (secret or _is_secret(path[-1] if path else "")) and not any(
            _is_secret(str(name)) for name in value
        )
        for name, inner in value.items():
            yield from plain_in(inner, (*path, str(name)), secret=secret)
    elif isinstance(value, list):
        yield from dict.fromkeys(
            each for inner in value for each in plain_in(inner, path, secret=secret)
        )
    elif isinstance(value, str) and value and path:
        told = (secret or _is_secret(path[-1])) and not _is_known(path[-1], value)
        if told or secret_spans(value):
            yield path


def secrets_in(table: Any) -> Iterator[str]:
    """The texts in `table` that no message may show; short ones ("true", "eu") are no secrets."""
    return (text for text in hidden(table) if len(text) >= _SHORTEST)


def _shown(key: str, text: str) -> tuple[str, tuple[str, ...]]:
    """A text as it may be shown, and the parts of it that are hidden."""
    name = key.lower().replace("-", "_")
    if _SWITCH.fullmatch(name) and _WORD.fullmatch(text):
        return text, ()
    if _FILE.fullmatch(name) and _PATH.fullmatch(text):
        return text, ()
    url = _URL.fullmatch(text) if _ADDRESS.fullmatch(name) else None
    if url is None:
        return MASK, (text,)
    shown, secret = url["scheme"] or "", []
    if url["user"]:
        user, colon, password = url["user"].partition(":")
        shown += f"{user}:{MASK}@" if colon else f"{MASK}@"
        secret.append(password if colon else user)
    shown += url["rest"]
    if url["query"]:
        parts = [each.partition("=") for each in url["query"].split("&")]
        shown += "?" + "&".join(f"{name}={MASK}" if equals else MASK for name, equals, _ in parts)
        secret += [value if equals else name for name, equals, value in parts]
    if url["fragment"]:
        shown += f"#{MASK}"
        secret.append(url["fragment"])
    return shown, tuple(filter(None, {*secret, *map(unquote, secret)}))


def _is_secret(key: str) -> bool:
    return _SECRET.search(key.lower()) is not None


def _is_known(key: str, text: str) -> bool:
    """Whether `text` is no secret although its key sounds like one."""
    name = key.lower().replace("-", "_")
    if _NAMES_ONE.fullmatch(name) or text in _WAYS or _shown(key, text)[0] == text:
        return True
    # gcsfs also takes the path of a file as a token.
    return name == "token" and text.endswith(".json") and _PATH.fullmatch(text) is not None


def _is_reference(table: dict[str, Any]) -> bool:
    """Whether it is a valid reference: what merely looks like one may be a secret."""
    if set(table) != {"ref"} or not is_reference(table["ref"]):
        return False
    try:
        check_reference(table["ref"])
    except ValueError:
        return False
    return True
