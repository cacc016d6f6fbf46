"""What tells one place from any other: a digest of all that decides where a store leads."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from storage_core.declaration.configuration import texts_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage_core.declaration.configuration import StorageConfiguration

_SURROUNDINGS: Final = ("HOME", "PREFECT_HOME", "STORAGE_ENGINE", "STORAGE_TIMEOUT")
"""Variables that any configuration may depend on."""


def identity_of(configuration: StorageConfiguration, timeout: float | None) -> str:
    """A digest of a configuration, its table and what it takes from the environment included.

    The same in each process where these are the same.
    """
    settings = configuration.given()
    decisive = {
        "type": configuration.type,
        "name": configuration.name,
        "settings": settings,
        "timeout": timeout,
        "variables": {name: os.environ.get(name) for name in _variables(settings)},
    }
    return sha256(json.dumps(decisive, sort_keys=True, default=str).encode()).hexdigest()


def _variables(settings: dict[str, Any]) -> Iterator[str]:
    yield from _SURROUNDINGS
    for text in texts_in(settings):
        if text.startswith("env:"):
            yield text.removeprefix("env:")
