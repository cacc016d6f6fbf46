"""The options that a configuration passes to a driver besides its settings."""

from __future__ import annotations

from typing import Any


def merged(defaults: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    """`defaults` with the `options` of a configuration on top, tables within tables too."""
    result = dict(defaults)
    for name, value in options.items():
        ours = result.get(name)
        both = isinstance(ours, dict) and isinstance(value, dict)
        result[name] = merged(ours, value) if both else value  # type: ignore[arg-type]
    return result
