"""Text cut and wrapped by terminal cells. Nothing here is ever markup."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len, set_cell_size

from storage_core.printable import printable

NAMED = 72
"""Cells that a name may take in a sentence; a key made of a hash fits."""


_SHORTEST = 10
"""Cells that are left of a word at least."""

_NO_BREAK = "\N{NO-BREAK SPACE}"


def named(name: str) -> str:
    """A name or key as it stands in a sentence, which should not cover the screen."""
    return cut_middle(printable(name), NAMED)


def one_word(name: str) -> str:
    """The same for a message: `in_a_row` takes it for one word, whatever blanks are in it."""
    return named(name).replace(" ", _NO_BREAK)


def in_a_row(text: str, width: int) -> str:
    """A message in `width` cells, where that takes no more than to shorten its longest words.

    These are names, keys and paths, for which its writer did not know the room.
    """
    if cell_len(text) <= width:
        return text.replace(_NO_BREAK, " ")
    words = text.split(" ")
    lengths = [*map(cell_len, words)]
    blanks = len(words) - 1
    for most in range(min(max(lengths), width), _SHORTEST - 1, -1):
        if blanks + sum(min(length, most) for length in lengths) <= width:
            words = [cut_middle(word, most) for word in words]
            break
    return " ".join(words).replace(_NO_BREAK, " ")


def fit(text: str, width: int) -> str:
    """`text` in exactly `width` cells, cut with an ellipsis or padded."""
    text = _enough(text, width)
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, max(0, width - 1)) + "…" if width > 0 else ""
    return text + " " * (width - length)


def cut(text: str, width: int) -> str:
    """`text` in at most `width` cells."""
    text = _enough(text, width)
    return text if cell_len(text) <= width else fit(text, width)


def _enough(text: str, width: int) -> str:
    """The start of `text` that surely fills `width` cells: the rest need not be measured."""
    start = text[: 2 * max(0, width) + 64]
    return start if len(start) < len(text) and cell_len(start) > width else text


def wrap(text: str, width: int) -> Iterator[str]:
    """The lines of `text`, broken between words, else after `/` and `-`, else anywhere."""
    width = max(2, width)
    line = ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if cell_len(joined) <= width:
            line = joined
            continue
        if line:
            yield line
        line = ""
        for piece in [word] if cell_len(word) <= width else pieces(word):
            if line and cell_len(line + piece) > width >= cell_len(piece):
                yield line
                line = ""
            line += piece
            while cell_len(line) > width:
                head = _head(line, width)
                yield head
                line = line[len(head) :]
    yield line


def wrap_value(text: str, width: int) -> Iterator[str]:
    """The lines of a setting's value, broken only between words and after `/` and `-`.

    A piece that is still too long for a line is cut in its middle.
    """
    width = max(5, width)
    line = ""
    for piece in pieces(text):
        if line and cell_len((line + piece).rstrip()) > width:
            yield line.rstrip()
            line = ""
        line += cut_middle(piece, width) if not line else piece
    yield line.rstrip()


def pieces(text: str) -> list[str]:
    """The pieces that a text may be broken into, each ending with blanks, slashes or hyphens."""
    return re.findall(r"[^ /-]*[ /-]+|[^ /-]+", text)


def _head(word: str, width: int) -> str:
    cells = 0
    for index, character in enumerate(word):
        cells += cell_len(character)
        if cells > width:
            return word[: max(1, index)]
    return word


def cut_middle(text: str, width: int) -> str:
    """`text` in at most `width` cells, cut in its middle: names differ at the start or the end."""
    length = cell_len(text)
    if length <= width or width < 5:
        return cut(text, width)
    start = set_cell_size(text, (width - 1) // 2).rstrip()
    return start + cut_left(text, width - cell_len(start))


def cut_left(text: str, width: int) -> str:
    """`text` in at most `width` cells, cut at its start: the end of a path says most."""
    if cell_len(text) <= width:
        return text
    while text and cell_len(text) >= width:
        text = text[1:]
    return f"…{text}" if width > 0 else ""
