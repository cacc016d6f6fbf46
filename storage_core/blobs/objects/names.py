"""What the name in a key says about an object: `STEM.npy`, `STEM.cp311.cloudpickle.zst`.

The stem is the SHA-256 of the stored bytes, or chosen. The serializer follows it, and then the
compression, if there is one. Before `cloudpickle` comes the version of Python that can read it.
"""

from __future__ import annotations

import sys

from storage_core.blobs.compression import SUFFIXES, Compression
from storage_core.keys import is_content_name
from storage_core.light import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

BUILT_IN: Final = ("json", "npy", "parquet", "pickle", "cloudpickle")
"""The names of the serializers that are known without another package."""

FOR_ONE_PYTHON: Final = "cloudpickle"
"""The serializer whose bytes are for one minor version of Python, which they do not tell."""

LONGEST_SERIALIZER: Final = 40

_WORD: Final = "abcdefghijklmnopqrstuvwxyz0123456789_-"
_COMPRESSIONS: Final = {suffix: compression for compression, suffix in SUFFIXES.items()}


@dataclass(frozen=True)
class ObjectName:
    """The name of an object's key taken apart. `str()` puts it together again."""

    stem: str

    serializer: str
    """The name of the serializer, which need not be a known one."""

    compression: Compression | None = None

    python: str | None = None
    """The Python that it is for, such as "cp311"; None if it is for any."""

    @property
    def is_hash(self) -> bool:
        """Whether the stem is the SHA-256 of the stored bytes."""
        return is_content_name(self.stem)

    def __str__(self) -> str:
        parts = [self.stem]
        if self.python is not None:
            parts.append(self.python)
        parts.append(self.serializer)
        if self.compression is not None:
            parts.append(SUFFIXES[self.compression])
        return ".".join(parts)


def parse(name: str) -> ObjectName | None:
    """Take the name of a key (or of a file, `data.csv.gz`) apart.

    Returns:
        None if it has no suffix, or nothing before it.
    """
    rest = name
    compression = _COMPRESSIONS.get(rest.rpartition(".")[2])
    if compression is not None:
        rest = rest.rpartition(".")[0]
    rest, _, serializer = rest.rpartition(".")
    if not rest or not is_serializer(serializer):
        return None
    if serializer == FOR_ONE_PYTHON:
        stem, _, python = rest.rpartition(".")
        if stem and is_python(python):
            return ObjectName(stem, serializer, compression, python)
    return ObjectName(rest, serializer, compression)


def is_serializer(word: str) -> bool:
    """Whether `word` can stand in a name as the serializer."""
    is_short = 0 < len(word) <= LONGEST_SERIALIZER
    return is_short and not word.strip(_WORD) and word not in _COMPRESSIONS


def is_python(word: str) -> bool:
    """Whether `word` names a minor version of Python as `this_python` does."""
    return len(word) > 3 and word.startswith("cp") and word[2:].isascii() and word[2:].isdigit()


def this_python() -> str:
    """The Python that runs: "cp311" for 3.11."""
    return f"cp{sys.version_info[0]}{sys.version_info[1]}"


def spoken(python: str) -> str:
    """A `this_python` as people write it: "Python 3.11"."""
    return f"Python {python[2]}.{python[3:]}"
