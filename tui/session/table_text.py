"""A table of the configuration file as the text in which a form shows it: `key = value` lines."""

from __future__ import annotations

from collections.abc import Mapping
from json import dumps
from typing import Any


def table_text(table: Mapping[str, Any]) -> str:
    """`table` as lines of TOML, tables inside it inline."""
    return "\n".join(f"{_key(key)} = {_value(value)}" for key, value in table.items())


def _key(key: str) -> str:
    bare = key and all(c.isascii() and (c.isalnum() or c in "-_") for c in key)
    return key if bare else _string(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(key)} = {_value(each)}" for key, each in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return repr(value)


def _string(text: str) -> str:
    # JSON and TOML have the same escapes, but only TOML wants DEL escaped.
    return dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
