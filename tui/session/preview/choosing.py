"""Chooses how to show a blob: by the suffix of its name, else by its content. Call it in threads.

Nothing in a blob is ever run or unpickled. A blob that is damaged, or is not what its name says, is
shown as text or bytes, with a note that says why.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from storage_core.blobs.objects.names import ObjectName, parse, spoken
from tui.session.preview import unpacking
from tui.session.preview.csv_table import looks_like_csv
from tui.session.preview.formats import BY_SUFFIX, DECODERS, by_content, decoded
from tui.session.preview.json_text import looks_like_json
from tui.session.preview.look import Dump, Form, Preview, Text
from tui.session.preview.source import FIRST, PREVIEWED, Missing, Source, Unreadable
from tui.session.preview.text import lines_of, text_of

MOST_PACKED: Final = 8 * 1024 * 1024
"""Compressed bytes that are read of a format that can only be shown as a whole."""

MOST_UNPACKED: Final = 32 * 1024 * 1024
"""Bytes that these may unpack to."""

STORED: Final = "as stored"
"""The name of the form that shows compressed bytes as they are."""

_AS_A_WHOLE: Final = ("Parquet", "tar")


def preview_of(source: Source, name: str = "") -> Preview:
    """Choose what to show of a blob.

    Args:
        source: its bytes, as far as they are needed.
        name: the name in its key, whose suffix says what it is; empty if there is none.
    """
    if not source.start:
        return Preview("empty")
    said = parse(name)
    if said is not None and said.serializer == "tgz":
        said = ObjectName(said.stem, "tar", "gzip")
    for signature, compression in unpacking.SIGNATURES:
        if source.start.startswith(signature):
            return _unpacked(source, compression, said)
    found = _shown(source, said)
    if said is not None and said.compression is not None:
        found = _noted(found, f"It is not {said.compression}, though its name says so.")
    return _verified(found, source, said)


def _unpacked(source: Source, compression: str, said: ObjectName | None) -> Preview:
    """Show the content of compressed bytes, and the bytes as they are."""
    stored = Dump(source.head, STORED, source.cut)
    try:
        inner, complete = _inner(source, compression, said)
    except (Missing, Unreadable) as why:
        text = str(why) if isinstance(why, Missing) else f"It cannot be unpacked: {why}."
        bare = Preview(f"{compression}, shown as bytes", (stored._replace(name="bytes"),), (text,))
        return _verified(bare, source, said)
    found = _shown(inner, said)
    found = found._replace(
        what=f"{compression}, unpacked · {found.what}", forms=(*found.forms, stored)
    )
    if source.whole and not complete and len(inner.start) <= PREVIEWED:
        found = _noted(found, f"Its {compression} is damaged or ends too early.")
    # The name of flow code is the hash of the uncompressed tar.
    return _verified(found, inner if said and said.serializer == "tar" else source, said)


def _inner(source: Source, compression: str, said: ObjectName | None) -> tuple[Source, bool]:
    """The content of compressed bytes, and whether it is complete."""
    data, complete = unpacking.unpacked(source.start, compression, PREVIEWED + 1)
    if not data and not complete:
        raise Unreadable("it ends before anything could be unpacked")
    start = _part(source, data, complete)
    if not complete and (_by_name(said) in _AS_A_WHOLE or by_content(start) in _AS_A_WHOLE):
        packed = source.beginning(MOST_PACKED)
        data, complete = unpacking.unpacked(packed, compression, MOST_UNPACKED)
        start = _part(source, data, complete)
    return start, complete


def _part(source: Source, data: bytes, complete: bool) -> Source:
    """The unpacked bytes as a source; there are no more of them if damage has cut them off."""
    there_is_more = not source.whole or len(data) > PREVIEWED
    return Source(data, whole=complete, cut=FIRST if there_is_more else "", left=source.left)


def _shown(source: Source, said: ObjectName | None) -> Preview:
    """Show bytes that are not compressed."""
    if not source.start:
        return Preview("empty")
    note, kind = "", _by_name(said)
    if kind:
        found, why = _decoded(source, kind)
        if found is not None:
            return _for_one_python(found, said)
        note = why
        if kind == by_content(source):
            return _as_bytes(source, kind, note)
    kind = by_content(source)
    if kind in DECODERS:
        found, why = _decoded(source, kind)
        if found is not None:
            return _noted(found, note)
        return _as_bytes(source, kind, note or why)
    if kind:
        return _as_bytes(source, kind, note)
    return _noted(_as_text(source), note)


def _by_name(said: ObjectName | None) -> str:
    return BY_SUFFIX.get(said.serializer, "") if said is not None else ""


def _decoded(source: Source, kind: str) -> tuple[Preview | None, str]:
    """Show it in a format, and its bytes; None and the reason if it is not of that format."""
    found, why = decoded(source, kind)
    if found is None:
        return None, why
    more: list[Form] = [_dump(source)]
    if kind in ("CSV", "TSV") and (text := _text(source)) is not None:
        more.insert(0, Text(lines_of(text), cut=source.cut))
    return found._replace(forms=(*found.forms, *more)), ""


def _as_text(source: Source) -> Preview:
    """Show text whose name says no format; JSON and tables are recognised by their beginning."""
    text, whole = _text(source), source.head_is_all
    if text is None:
        return _as_bytes(source, "not text")
    for kind, is_one in (
        ("JSON", looks_like_json(text)),
        ("CSV", looks_like_csv(text, whole)),
    ):
        found = _decoded(source, kind)[0] if is_one else None
        if found is not None:
            return found
    return Preview("text", (Text(lines_of(text), cut=source.cut), _dump(source)))


def _as_bytes(source: Source, kind: str, note: str = "") -> Preview:
    return _noted(Preview(f"{kind}, shown as bytes", (_dump(source),)), note)


def _dump(source: Source) -> Dump:
    return Dump(source.head, cut=source.cut)


def _text(source: Source) -> str | None:
    return text_of(source.head, whole=source.head_is_all)


def _noted(preview: Preview, note: str) -> Preview:
    return preview._replace(notes=(*preview.notes, note)) if note else preview


def _for_one_python(preview: Preview, said: ObjectName | None) -> Preview:
    """Add which version of Python a cloudpickle is for."""
    if said is None or said.serializer != "cloudpickle":
        return preview
    only = "" if said.python is None else f" · loads in {spoken(said.python)} only"
    what = preview.what.removeprefix("pickle, ")
    return preview._replace(what=f"cloudpickle{only} · {what}")


def _verified(preview: Preview, source: Source, said: ObjectName | None) -> Preview:
    """Add a note if the name is the hash of other bytes; a large blob cannot be checked here."""
    if said is None or not said.is_hash or not source.whole:
        return preview
    if sha256(source.start).hexdigest() == said.stem:
        return preview
    warning = "These are not the bytes that were saved: its name is the hash of others."
    return preview._replace(warning=f"{warning} {preview.warning}".strip())
