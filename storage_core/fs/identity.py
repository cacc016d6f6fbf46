"""Tells places apart by a digest of everything that decides where a store leads."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from hashlib import pbkdf2_hmac, sha256
from typing import TYPE_CHECKING, Final

from storage_core.declaration.configuration import texts_in

if TYPE_CHECKING:
    from storage_core.declaration.configuration import StorageConfiguration

_SURROUNDINGS: Final = ("HOME", "PREFECT_HOME", "STORAGE_ENGINE", "STORAGE_TIMEOUT")
"""Variables that any configuration may depend on."""

_ROUNDS: Final = 200_000
"""Rounds of hashing: each guess at a secret takes about a tenth of a second."""


class Identity:
    """The identity of a configuration: its table, and what that takes from the environment."""

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
        """A digest, the same in every process in which all of that is the same.

        It is made from secrets too, so it must not leave the process: see `published`.
        """
        values = [os.environ.get(name) for name in self._variables]
        last, digest = self._last
        if values != last:
            made = self._settings.copy()
            made.update(repr(values).encode())
            digest = made.hexdigest()
            self._last = values, digest
        return digest


@lru_cache(maxsize=256)
def published(identity: str) -> str:
    """An identity as others may see it, in the tokens of graphs and the names of cached files.

    Making it is slow, so that nobody can find a password by guessing what it was made from.
    """
    return pbkdf2_hmac("sha256", identity.encode(), b"storage_core", _ROUNDS).hex()
