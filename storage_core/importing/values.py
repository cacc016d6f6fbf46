"""Text of other tools as a value of a setting."""

from __future__ import annotations

from storage_core.references import LITERAL, is_literal, is_reference


def as_it_is(text: str) -> str:
    """`text` as a setting that takes references has it, when it is none.

    What another tool holds may look like a reference (`env:…`), and would be looked up.
    """
    return LITERAL + text if is_reference(text) or is_literal(text) else text
