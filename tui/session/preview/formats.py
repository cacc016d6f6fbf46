"""The known formats: how to recognise each by a name or by first bytes, and how to decode it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Final

from storage_core.errors import StorageError
from tui.session.preview.csv_table import csv_preview
from tui.session.preview.image_header import image_format
from tui.session.preview.json_text import json_preview
from tui.session.preview.look import Preview
from tui.session.preview.source import Source, Unreadable
from tui.session.preview.text import text_of

BY_SUFFIX: Final = {
    "json": "JSON", "csv": "CSV", "tsv": "TSV", "npy": "NumPy", "parquet": "Parquet",
    "pickle": "pickle", "pkl": "pickle", "cloudpickle": "cloudpickle", "tar": "tar",
    "png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "gif": "GIF", "bmp": "BMP", "webp": "WebP",
}  # fmt: skip
"""Formats by suffix."""


_PICKLE: Final = re.compile(rb"\x80[\x02-\x05]")
_SIGNATURES: Final = (
    (b"PAR1", "Parquet"),
    (b"\x93NUMPY", "NumPy"),
    (b"PK\x03\x04", "zip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"ARROW1", "Arrow"),
    (b"\x89HDF\r\n", "HDF5"),
    (b"SQLite format 3\x00", "SQLite"),
    (b"%PDF-", "PDF"),
    (b"\x7fELF", "ELF"),
)


def by_content(source: Source) -> str:
    """The format that the first bytes show; empty for text and for unknown formats."""
    from tui.session.preview.tar_members import is_tar

    if _PICKLE.match(source.start):
        return "pickle"
    if is_tar(source.start):
        return "tar"
    return image_format(source.start) or next(
        (name for sign, name in _SIGNATURES if source.start.startswith(sign)), ""
    )


def decoded(source: Source, kind: str) -> tuple[Preview | None, str]:
    """Decode it in a format; None and the reason if it is not of this format."""
    try:
        return DECODERS[kind](source), ""
    except Unreadable as problem:
        return None, f"It is not shown as {kind}: {problem}."
    except StorageError:
        raise
    except Exception:
        # The bytes may be anything, made by anybody: any decoder may fail in any way.
        return None, f"It is not shown as {kind}: it is damaged."


def _of_text(make: Callable[[str, bool, str], Preview]) -> Callable[[Source], Preview]:
    def made(source: Source) -> Preview:
        text = text_of(source.head, whole=source.head_is_all)
        if text is None:
            raise Unreadable("it is not text")
        return make(text, source.head_is_all, source.cut)

    return made


def _npy(source: Source) -> Preview:
    from tui.session.preview.npy import npy_preview

    return npy_preview(source)


def _parquet(source: Source) -> Preview:
    from tui.session.preview.parquet import parquet_preview

    return parquet_preview(source)


def _pickle(source: Source) -> Preview:
    from tui.session.preview.pickles import pickle_preview

    return pickle_preview(source.head, whole=source.head_is_all, cut=source.cut)


def _image(source: Source) -> Preview:
    from tui.session.preview.images import image_preview

    return image_preview(source)


def _tar(source: Source) -> Preview:
    from tui.session.preview.tar_members import tar_preview

    return tar_preview(source)


DECODERS: Final[dict[str, Callable[[Source], Preview]]] = {
    "JSON": _of_text(json_preview),
    "CSV": _of_text(csv_preview),
    "TSV": _of_text(partial(csv_preview, delimiter="\t")),
    "NumPy": _npy,
    "Parquet": _parquet,
    "pickle": _pickle,
    "cloudpickle": _pickle,
    "tar": _tar,
    **dict.fromkeys(("PNG", "JPEG", "GIF", "BMP", "WebP"), _image),
}
