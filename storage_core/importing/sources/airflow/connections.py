"""A connection of Airflow: a URI or JSON, in a variable or in an exported file.

In files that Airflow 3.3.2 exported, JSON and YAML have a table for each name, whose `extra` is a
JSON string; an env file has `name=URI`, or `name=JSON` with `--serialization-format json`. A type
that Airflow has no provider for becomes `generic` when the connection is added.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from storage_core.importing.files import json_of, text_of, wrong, yaml_of
from storage_core.importing.values import as_it_is

PREFIX: Final = "AIRFLOW_CONN_"

_EXTRA: Final = "__extra__"
"""The parameter of a URI that holds, as JSON, an extra with nested tables."""

_SHORTEST: Final = 8
"""A variable may equal a secret with fewer characters than this by chance."""


@dataclass(frozen=True)
class Connection:
    """A connection of Airflow; `kind` is its type, `extra` its further settings."""

    kind: str
    host: str = ""
    login: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def of(self, *names: str) -> Any:
        """The value of the first of `names` that the extra has; None if it has none.

        In old versions of Airflow all names begin with `extra__` and the type.
        """
        for name in names:
            for written in (name, f"extra__{self.kind}__{name}"):
                if self.extra.get(written) not in (None, "", {}):
                    return self.extra[written]
        return None

    def text(self, *names: str) -> str:
        """The same as text; empty if there is none."""
        value = self.of(*names)
        return str(value) if isinstance(value, str | int | float) else ""


def connection(said: Any) -> Connection | None:
    """The connection in a URI, JSON or a table; None if there is none."""
    if isinstance(said, str):
        said = said.strip()
        if not said.startswith("{"):
            return _of_uri(said)
        said = _parsed(said)
    if not isinstance(said, Mapping) or not isinstance(said.get("conn_type"), str):
        return None
    extra = said.get("extra")
    if isinstance(extra, str):
        extra = _parsed(extra)
    return Connection(
        _kind(said["conn_type"]),
        str(said.get("host") or ""),
        str(said.get("login") or ""),
        str(said.get("password") or ""),
        extra if isinstance(extra, dict) else {},
    )


def in_file(path: str) -> dict[str, Any]:
    """The connections in an exported file, by name.

    Raises:
        ConfigurationError: it cannot be read, or has none.
    """
    text = text_of(path, takes_mark=True)
    said: Any
    if path.endswith((".yaml", ".yml")):
        said = yaml_of(path, text)
    elif path.endswith(".json") or text.lstrip().startswith("{"):
        said = json_of(path, text)
    else:
        said = dict(_of_env(text))
    if not isinstance(said, dict) or not said:
        raise wrong(path, "holds no connections", "name a file of `airflow connections export`")
    return {str(name): value for name, value in said.items()}


def secret(value: str) -> str:
    """A secret as a setting: a reference to a variable that equals it, else the secret itself."""
    if len(value) >= _SHORTEST:
        for name in sorted(os.environ):
            if os.environ[name] == value and not name.startswith(PREFIX):
                return f"env:{name}"
    return as_it_is(value)


def _of_uri(uri: str) -> Connection | None:
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return None
    if not parts.scheme:
        return None
    extra: dict[str, Any] = dict(parse_qsl(parts.query, keep_blank_values=True))
    if _EXTRA in extra:
        extra |= _parsed(extra.pop(_EXTRA))
    host = unquote(parts.hostname or "")
    # The host may be a URL itself: `wasb://login:password@https%3A%2F%2Fhost`.
    authority = parts.netloc.rpartition("@")[2]
    if "%" in authority:
        host = unquote(authority.partition(":")[0])
    elif host and port:
        host = f"{host}:{port}"
    user = unquote(parts.username or ""), unquote(parts.password or "")
    return Connection(_kind(parts.scheme), host, *user, extra)


def _of_env(text: str) -> list[tuple[str, str]]:
    found = []
    for line in text.splitlines():
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if equals and name and not name.startswith("#"):
            name = name.strip()
            bare = name.removeprefix(PREFIX)
            found.append((bare.lower() if bare != name else name, value.strip()))
    return found


def _kind(written: str) -> str:
    return written.replace("-", "_").lower()


def _parsed(text: str) -> dict[str, Any]:
    """A table in JSON; empty if it is not one."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
