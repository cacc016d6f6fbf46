"""Shows the schema and the first rows of Parquet; only the ranges that hold them are read."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from threading import Semaphore, Timer
from typing import IO, Any, Final

from storage_core.printable import printable
from storage_core.quantities import human_size
from tui.session.preview.grid import Column, Grid
from tui.session.preview.look import Preview
from tui.session.preview.source import OutOfReach, Source, Unreadable

MAGIC: Final = b"PAR1"
MOST_ROWS: Final = 100
MOST_COLUMNS: Final = 100
"""Columns whose values are read; more are named."""

MOST_SECONDS: Final = 60.0
LARGEST_FOOTER: Final = 8 * 1024 * 1024

_READERS: Final = Semaphore(2)
"""Limits the reader processes: holding down an arrow key moves past many blobs."""

_READER: Final = Path(__file__).with_name("parquet_reader.py")
_LARGEST_ANSWER: Final = 16 * 1024 * 1024
_REFUSED: Final = b"\xff" * 8


def parquet_preview(source: Source) -> Preview:
    """Preview a Parquet file.

    Raises:
        Unreadable: it is not Parquet, or cannot be read here.
    """
    size = source.size
    if size is None:
        raise OutOfReach("its end is too far back to be read for a preview")
    end = source.range(max(0, size - 8), 8)
    if size < 12 or not source.start.startswith(MAGIC) or end[4:] != MAGIC:
        raise Unreadable("it does not begin and end as Parquet does")
    (footer,) = struct.unpack("<I", end[:4])
    if footer > size - 12:
        raise Unreadable("its last bytes tell of a schema that is larger than all of it")
    if footer > LARGEST_FOOTER:
        raise Unreadable(f"its schema of {human_size(footer)} is larger than is read for a preview")
    if find_spec("pyarrow") is None:
        what = f"Parquet · {human_size(size)}, of which its schema takes {human_size(footer)}"
        return Preview(what, notes=("To see schema and rows, install storage-config[objects].",))
    with _READERS:
        if source.left.is_set():
            raise OutOfReach("nobody waits for it")
        found = _read(source, size)
    if problem := found.get("problem"):
        raise Unreadable(f"pyarrow says: {printable(str(problem).partition(chr(10))[0])}")
    return _shown(found)


def _shown(found: dict[str, Any]) -> Preview:
    fields, values = found["fields"], found["values"]
    rows, count = found["rows"], found["columns"]
    length = max((len(column) for column in values if column is not None), default=0)
    unread = sum(column is None for column in values) if rows else 0
    columns = [
        Column(printable(field["name"]), printable(field["type"]), field["number"])
        for field in fields[: len(values)]
    ]
    cells = [
        [
            None if column is None or place >= len(column) or column[place] is None
            else printable(column[place])
            for column in values
        ]
        for place in range(length)
    ]  # fmt: skip
    schema = Grid(
        [Column("column"), Column("type"), Column("")],
        [
            [
                printable(each["name"]),
                printable(each["type"]),
                "" if each["nullable"] else "not null",
            ]
            for each in fields
        ],
        name="schema",
        looks=["name", "", "muted"],
    )
    of_all = f"the first {length:,} of " if length < rows else ""
    said = [
        "Parquet",
        f"{of_all}{_many(rows, 'row')}",
        _many(count, "column"),
        _many(found["groups"], "row group"),
        found["codec"],
    ]
    notes = []
    if unread:
        notes.append(
            f"{_many(unread, 'column')} without values here: more is not read for a preview."
        )
    if count > len(values):
        notes.append(f"{len(values):,} of its columns are shown as a table.")
    table = Grid(columns, cells, part=length < rows)
    return Preview(
        " · ".join(filter(None, said)),
        (table, schema) if columns else (schema,),
        notes=tuple(notes),
    )


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _read(source: Source, size: int) -> dict[str, Any]:
    """Run the reader, send it the ranges that it asks for, and return what it finds."""
    command = [sys.executable, "-P", str(_READER), str(size), str(MOST_ROWS), str(MOST_COLUMNS)]
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise Unreadable(f"its reader cannot be started: {error.strerror}") from error
    clock = Timer(MOST_SECONDS, process.kill)
    clock.daemon = True
    clock.start()
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        return _answered(source, process.stdin, process.stdout)
    except (OSError, ValueError) as error:
        raise Unreadable("its reader gave up, or took too long") from error
    finally:
        clock.cancel()
        process.kill()
        for pipe in (process.stdin, process.stdout):
            try:
                pipe.close()
            except OSError:
                pass
        process.wait()


def _answered(source: Source, to: IO[bytes], answers: IO[bytes]) -> dict[str, Any]:
    while True:
        what, *numbers = answers.readline(100).split()
        if what == b"D":
            (length,) = map(int, numbers)
            if length > _LARGEST_ANSWER:
                raise ValueError
            found = json.loads(answers.read(length))
            assert isinstance(found, dict)
            return found
        start, size = map(int, numbers)
        try:
            data = source.range(start, size)
        except OutOfReach:
            to.write(_REFUSED)
        else:
            to.write(struct.pack("<Q", len(data)) + data)
        to.flush()
