"""Reads the schema and the first rows of a Parquet file for the app, in a process of its own.

A file may come from anybody, and pyarrow is compiled code: in a process of its own it cannot crash
the app, use up the memory, or block the app while it is imported (half a second, mostly with
Python's lock).
The file stays with the app, which sends ranges of it: `R START SIZE` on standard output asks for
one, and eight bytes of length and so many bytes on standard input are the answer; a length of all
ones says that no more is to be had. `D LENGTH` and so many bytes of JSON are the result.

Run it as a script: nothing of the project is imported.
"""

from __future__ import annotations

import io
import json
import os
import struct
import sys
from contextlib import suppress
from time import monotonic
from typing import IO, Any

SECONDS = 15.0
"""Seconds after which no further column is begun."""

_MEMORY = 4 * 1024**3
_CPU = 30
_BLOCK = 256 * 1024
_KEPT = 32
_LONGEST = 200
"""The most characters of a name, and of each value if there are many."""

_LONGEST_OF_FEW = 4000
_MOST_CHARACTERS = 2_000_000
"""Characters of all values; in JSON each may take six bytes."""

_FEW = 8
_MOST_LEAVES = 5000
_REFUSED = 2**64 - 1


class Remote(io.RawIOBase):
    """The file, read from the app range by range; the last few ranges are kept."""

    def __init__(self, ask: IO[bytes], answer: IO[bytes], size: int) -> None:
        super().__init__()
        self._ask, self._answer, self._size = ask, answer, size
        self._place = 0
        self._blocks: dict[int, bytes] = {}
        self.refused = False
        """Whether the app has said that there is no more."""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._size}[whence]
        self._place = base + offset
        return self._place

    def read(self, size: int = -1) -> bytes:
        left = max(0, self._size - self._place)
        wanted = left if size < 0 else min(size, left)
        data = self._range(self._place, wanted) if wanted else b""
        self._place += len(data)
        return data

    def _range(self, start: int, size: int) -> bytes:
        for begin, block in self._blocks.items():
            if begin <= start and start + size <= begin + len(block):
                return block[start - begin : start - begin + size]
        block = self._asked(start, min(max(size, _BLOCK), self._size - start))
        self._blocks[start] = block
        if len(self._blocks) > _KEPT:
            del self._blocks[next(iter(self._blocks))]
        return block[:size]

    def _asked(self, start: int, size: int) -> bytes:
        self._ask.write(b"R %d %d\n" % (start, size))
        self._ask.flush()
        (length,) = struct.unpack("<Q", self._answer.read(8))
        if length == _REFUSED:
            self.refused = True
            raise OSError("no more of it is read")
        data = self._answer.read(length)
        if len(data) != length:
            raise EOFError
        return data


def main() -> None:
    """Answer one request."""
    # Anything that a library prints must not get into the answers.
    ask = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    size, rows, columns = (int(each) for each in sys.argv[1:])
    _bounded()
    try:
        found = _read(Remote(ask, sys.stdin.buffer, size), rows, columns)
    except Exception as error:
        found = {"problem": f"{error}"[:_LONGEST]}
    data = json.dumps(found).encode()
    ask.write(b"D %d\n" % len(data) + data)
    ask.flush()


def _bounded() -> None:
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (_CPU, _CPU))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _read(file: Remote, rows: int, columns: int) -> dict[str, Any]:
    import pyarrow as pa
    from pyarrow import parquet

    pa.set_cpu_count(1)
    opened = parquet.ParquetFile(
        pa.PythonFile(file, mode="r"), buffer_size=_BLOCK, pre_buffer=False
    )
    about, schema = opened.metadata, opened.schema_arrow
    fields = [
        {
            "name": field.name[:_LONGEST],
            "type": str(field.type)[:_LONGEST],
            "nullable": field.nullable,
            "number": _is_number(pa, field.type),
        }
        for field in (schema.field(place) for place in range(min(len(schema.names), 10 * columns)))
    ]
    found: dict[str, Any] = {
        "rows": about.num_rows,
        "groups": about.num_row_groups,
        "columns": len(schema.names),
        "by": str(about.created_by or "")[:_LONGEST],
        "codec": _codec(about),
        "fields": fields,
    }
    found["values"] = _values(file, opened, [each["name"] for each in fields[:columns]], rows)
    return found


def _codec(about: Any) -> str:
    with suppress(Exception):
        return str(about.row_group(0).column(0).compression).lower()
    return ""


def _is_number(pa: Any, kind: Any) -> bool:
    types = pa.types
    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind))


def _values(
    file: Remote, opened: Any, names: list[str], rows: int
) -> list[list[str | None] | None]:
    """The first values of each column, as text; None for a column that could not be read."""
    begun = monotonic()
    groups = list(range(min(opened.metadata.num_row_groups, 20)))
    found: list[list[str | None] | None] = [None] * len(names)
    sizes = _sizes(opened.metadata, names) if groups else []
    share = _MOST_CHARACTERS // max(1, rows * len(names))
    longest = max(_LONGEST, min(share, _LONGEST_OF_FEW))
    # Small columns first, so that one that is too large does not keep the others from being read.
    for _, place in sorted(zip(sizes, range(len(names)), strict=False)):
        if file.refused or monotonic() - begun > SECONDS:
            break
        with suppress(Exception):
            found[place] = _column(opened, names[place], groups, rows, longest)
    return found


def _sizes(about: Any, names: list[str]) -> list[int]:
    """Bytes that each column takes in the first group of rows."""
    group = about.row_group(0)
    leaves = [group.column(place) for place in range(min(group.num_columns, _MOST_LEAVES))]
    return [
        sum(
            leaf.total_compressed_size
            for leaf in leaves
            if leaf.path_in_schema == name or leaf.path_in_schema.startswith(f"{name}.")
        )
        for name in names
    ]


def _column(opened: Any, name: str, groups: list[int], rows: int, longest: int) -> list[str | None]:
    column: list[str | None] = []
    batches = opened.iter_batches(
        batch_size=rows, row_groups=groups, columns=[name], use_threads=False
    )
    for batch in batches:
        values = batch.column(batch.schema.names.index(name))
        column += [_text(value, longest) for value in values[: rows - len(column)]]
        if len(column) >= rows:
            break
    return column


def _text(value: Any, longest: int) -> str | None:
    """An Arrow value as text; no more text is made than is shown."""
    if not value.is_valid:
        return None
    if hasattr(value, "values") and hasattr(value, "__len__") and not isinstance(value, dict):
        inner = value.values
        if inner is not None and hasattr(inner, "slice"):
            shown = [_text(each, longest) or "–" for each in inner[:_FEW]]
            more = f", … {len(inner):,} in all" if len(inner) > _FEW else ""
            return _begun(f"[{', '.join(shown)}{more}]", longest)
    try:
        found = value.as_py()
    except Exception:
        return _begun(str(value), longest)
    if isinstance(found, bytes):
        return _begun(found[:longest].hex(), longest)
    if isinstance(found, float):
        return f"{found:.9g}"
    return _begun(found if isinstance(found, str) else str(found), longest)


def _begun(text: str, longest: int) -> str:
    """The beginning of a text, as much as is shown."""
    return text if len(text) <= longest else text[:longest] + "…"


if __name__ == "__main__":
    main()
