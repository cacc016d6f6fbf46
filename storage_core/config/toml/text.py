"""What a TOML text says, or why it is none. Called by everything that edits the file or saves it.

Reading the file to use it goes through `read`, which knows the file and keeps nothing.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from typing import Any, Final

from storage_core.errors import ConfigurationError

BOM: Final = "\ufeff"

_PLACE: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


class TextError(ConfigurationError):
    """Something about a TOML text, at a line of it; the text's file is not known here."""

    def __init__(self, line: int | None, reason: str) -> None:
        self.line = line
        self.reason = reason
        super().__init__(reason if line is None else f"line {line}: {reason}")

    def in_file(self, path: object) -> ConfigurationError:
        """The same, with the name of the file in front."""
        where = path if self.line is None else f"{path}:{self.line}"
        return ConfigurationError(f"{where}: {self.reason}")


@lru_cache(maxsize=2)
def parse(text: str) -> dict[str, Any]:
    """What `text` says. The result is shared between callers: do not change it.

    The last two results are kept: one edit needs the same text several times over, and what one
    edit writes is what the next one reads.

    Raises:
        TextError: `text` is not TOML.
    """
    try:
        return tomllib.loads(text.removeprefix(BOM))
    except ValueError as error:
        message = str(error)
    except RecursionError:
        message = "its values are nested too deeply"
    # Raised out here, because newer versions of tomllib keep the whole text in their exception.
    place = _PLACE.search(message)
    if place is None:
        raise TextError(None, f"not TOML: {message}")
    line = int(place[1]) if place[1] else text.count("\n") + 1
    raise TextError(line, f"not TOML: {message[: place.start()]}")
