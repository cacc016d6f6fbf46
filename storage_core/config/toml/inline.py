"""Rewrites one inline table, `{a = 1, b.c = 2}`, with other values."""

from __future__ import annotations

from typing import Any

from storage_core.config.toml.scan import Entry, inline_entries
from storage_core.config.toml.text import TextError
from storage_core.config.toml.values import MISSING, dig, same, unwritten, written, written_key


def rewritten(text: str, table: Entry, old: dict[str, Any], new: dict[str, Any]) -> str:
    """The text of an inline table when its value is `new` instead of `old`.

    What does not change is copied as written, in its order; new keys come last.

    Raises:
        TextError: the table spans several lines, so there may be comments in it.
    """
    elements = inline_entries(text, table)
    edges = [table.value, *(element.end for element in elements), table.end]
    starts = [*(element.parts[0].start for element in elements), table.end]
    if any("\n" in text[end:start] for end, start in zip(edges, starts, strict=False)):
        reason = f"{written_key(*table.path)} goes over several lines; edit it by hand"
        raise TextError(table.line, reason)
    pieces = []
    done = set()
    for element in elements:
        path = element.path[len(table.path) :]
        wanted = dig(new, path)
        if wanted is MISSING:
            continue
        done.add(path)
        before = dig(old, path)
        if same(before, wanted):
            value = text[element.value : element.end]
        elif isinstance(wanted, dict) and text.startswith("{", element.value):
            value = rewritten(text, element, before, wanted)
        else:
            value = written(wanted)
        pieces.append(text[element.parts[0].start : element.value] + value)
    for key, inner in new.items():
        for path, value in unwritten((key,), inner, done):
            pieces.append(f"{written_key(*path)} = {written(value)}")
    pad = " " * text.startswith("{ ", table.value)
    return "{" + pad + ", ".join(pieces) + pad + "}" if pieces else "{}"
