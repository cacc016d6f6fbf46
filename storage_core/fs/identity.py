"""What tells one place from any other: a digest of all that decides where a store leads."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from storage_core.declaration.configuration import texts_in

if TYPE_CHECKING:
    from storage_core.declaration.configuration import StorageConfiguration

_SURROUNDINGS: Final = ("HOME", "PREFECT_HOME", "STORAGE_ENGINE", "STORAGE_TIMEOUT")
"""Variables that any configuration may depend on."""


class Identity:
    """Of one configuration: its table, and what that takes from the environment."""

    def __init__(self, configuration: StorageConfiguration, timeout: float | None) -> None:
        """Take a configuration, and how long a call may take."""
        settings = configuration.given()
        decisive = [configuration.type, configuration.name, timeout, settings]
        self._settings = sha256(json.dumps(decisive, sort_keys=True, default=str).encode())
        self._last: tuple[list[str | None], str] = ([], "")
        self._variables = [
            *_SURROUNDINGS,
            *(text.removeprefix("env:") for text in texts_in(settings) if text.startswith("env:")),
        ]

    def now(self) -> str:
        """A digest; the same in each process where all that is the same."""
        values = [os.environ.get(name) for name in self._variables]
        last, digest = self._last
        if values != last:
            made = self._settings.copy()
            made.update(repr(values).encode())
            digest = made.hexdigest()
            self._last = values, digest
        return digest
