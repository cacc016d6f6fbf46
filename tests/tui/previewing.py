"""Previews as tests look at them, and files of the formats that they show."""

from __future__ import annotations

import datetime
import io
import tarfile
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet as pq

from tui.session.preview.choosing import preview_of
from tui.session.preview.grid import Grid
from tui.session.preview.look import Preview
from tui.session.preview.source import PREVIEWED, Source

DOCUMENT = {"flow": "nightly", "rows": [{"n": 1.5, "ok": True, "none": None}], "text": "é"}
TABLE = "day,store,sales\n2026-11-01,Zürich,12.5\n2026-11-02,東京,7\n"


class Ranges:
    """A blob of which is remembered what was read, beyond its beginning."""

    def __init__(self, data: bytes) -> None:
        self.data, self.read = data, 0

    def source(self) -> Source:
        """What a preview gets."""
        start = self.data[: PREVIEWED + 1]
        size, whole = len(self.data), len(self.data) <= PREVIEWED
        return Source(start, whole=whole, size=lambda: size, fetch=self.fetch)

    def fetch(self, start: int, size: int) -> bytes:
        """A range."""
        self.read += size
        return self.data[start : start + size]


def shown(data: bytes, name: str = "") -> Preview:
    """The preview of a blob."""
    return preview_of(Ranges(data).source(), name)


def lines(preview: Preview, form: int = 0, width: int = 100, first: int = 0) -> list[str]:
    """What is drawn of it, the head included."""
    drawn = preview.drawn(width, form, first)
    return ["".join(text for text, _ in line).rstrip() for line in (*drawn.head, *drawn.lines)]


def names(preview: Preview) -> list[str]:
    """What its forms are called."""
    return [form.name for form in preview.forms]


def grid(preview: Preview) -> Grid:
    """Its first form, a table."""
    (found, *_) = preview.forms
    assert isinstance(found, Grid)
    return found


def parquet(table: Any, **options: Any) -> bytes:
    """A frame or table of Arrow's as a file."""
    file = io.BytesIO()
    pq.write_table(table if isinstance(table, pa.Table) else pa.table(table), file, **options)
    return file.getvalue()


def npy(array: Any) -> bytes:
    """An array as NumPy's file."""
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


def tar(members: dict[str, bytes], format: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar of files."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=format) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(data), 0o755 if data.startswith(b"#!") else 0o644
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


FRAME = {
    "store": ["Zürich", "東京", None],
    "sales": [12.5, -3.0, 1e300],
    "day": [datetime.date(2026, 11, day) for day in (1, 2, 3)],
    "tags": [["a", "b"], [], None],
}
FLOW = {
    "flow/main.py": b"#!/usr/bin/env python\n",
    "flow/data/" + "long-name-" * 15 + "é.txt": b"x" * 700,
    "flow/empty": b"",
}
