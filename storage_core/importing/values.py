"""Texts of other tools as values of settings."""

from __future__ import annotations

from storage_core.references import LITERAL, is_literal, is_reference


def as_it_is(text: str) -> str:
    """`text` as a setting has it, marked as literal if it looks like a reference.

    A text of another tool may look like a reference (`env:…`), and would be resolved.
    """
    return LITERAL + text if is_reference(text) or is_literal(text) else text
