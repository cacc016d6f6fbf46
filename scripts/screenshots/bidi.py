"""Right-to-left words as a terminal that supports them shows them, for one row at a time.

Textual lays text out in the order it is read. Here words in Hebrew and Arabic are turned round
within the cells they have, and Arabic letters take the form that joins them to their neighbours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from .grid import Glyph

_INSIDE = "-.,:'\""


def _joining_forms() -> dict[str, dict[str, str]]:
    """Return letter -> {isolated, final, initial or medial: the character for that form}."""
    forms: dict[str, dict[str, str]] = {}
    for code in (*range(0xFB50, 0xFC00), *range(0xFE80, 0xFEF5)):
        form, _, letter = unicodedata.decomposition(chr(code)).partition(" ")
        if form and " " not in letter:
            forms.setdefault(chr(int(letter, 16)), {})[form.strip("<>")] = chr(code)
    return forms


_FORMS = _joining_forms()


def reorder(row: Iterable[Glyph]) -> list[Glyph]:
    """Return the glyphs of one row, those of right-to-left phrases moved to where they are seen.

    A phrase ends at two spaces, and at anything other than right-to-left letters, numbers, and
    single spaces or marks between them, so that columns of a table stay where they are.
    """
    placed: list[Glyph] = []
    phrase: list[Glyph] = []
    for glyph in sorted(row, key=lambda glyph: glyph.column):
        kind = _kind(glyph)
        if phrase and kind and glyph.column - _end(phrase[-1]) <= 1:
            phrase.append(glyph)
            continue
        placed += _turned(phrase)
        phrase = []
        if kind == "letter":
            phrase = [glyph]
        else:
            placed.append(glyph)
    return placed + _turned(phrase)


def _kind(glyph: Glyph) -> str:
    """Return "letter" (right-to-left), "number" or "mark"; empty for what ends a phrase."""
    bidirectional = unicodedata.bidirectional(glyph.text[0])
    if bidirectional in ("R", "AL"):
        return "letter"
    if bidirectional in ("EN", "AN"):
        return "number"
    return "mark" if glyph.text[0] in _INSIDE else ""


def _end(glyph: Glyph) -> int:
    return glyph.column + glyph.width


def _turned(phrase: list[Glyph]) -> list[Glyph]:
    body = list(phrase)
    while body and _kind(body[-1]) == "mark":
        body.pop()
    if not body:
        return phrase
    rest = phrase[len(body) :]
    axis = body[0].column + _end(body[-1])
    turned = []
    for group in _groups(_joined(body)):
        shift = axis - _end(group[-1]) - group[0].column
        turned += [replace(glyph, column=glyph.column + shift) for glyph in group]
    return turned + rest


def _groups(phrase: list[Glyph]) -> list[list[Glyph]]:
    """Split into parts that are not turned round: a number with its marks (8.1), else one glyph."""
    kinds = _kind(phrase[0])[0]
    for before, glyph in pairwise(phrase):
        kind = _kind(glyph)[0]
        kinds += kind if _end(before) == glyph.column else kind.upper()  # after a space
    return [phrase[found.start() : found.end()] for found in re.finditer("[nN]n*(?:mn+)*|.", kinds)]


def _joined(phrase: list[Glyph]) -> list[Glyph]:
    """Give each Arabic letter the form its neighbours ask for."""
    links = [
        _end(one) == two.column
        and "initial" in _FORMS.get(one.text[0], ())
        and "final" in _FORMS.get(two.text[0], ())
        for one, two in pairwise(phrase)
    ]
    joined = []
    for glyph, before, after in zip(phrase, [False, *links], [*links, False], strict=True):
        forms = _FORMS.get(glyph.text[0], {})
        form = ("medial" if after else "final") if before else ("initial" if after else "isolated")
        joined.append(replace(glyph, text=forms.get(form, glyph.text[0]) + glyph.text[1:]))
    return joined
