"""What a filter matches: any text with all of its words in it, in upper or lower case."""

from __future__ import annotations

from collections.abc import Sequence


def words_of(typed: str) -> list[str]:
    """The words to look for; none for everything."""
    return typed.casefold().split()


def found(words: Sequence[str], text: str) -> bool:
    """Whether `text` has all the words in it."""
    if not words:
        return True
    text = text.casefold()
    return all(word in text for word in words)
