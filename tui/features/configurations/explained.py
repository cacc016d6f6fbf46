"""What help says about the parts of the first screen, including the signs."""

from __future__ import annotations

from typing import Final

from tui.kit.explain import Explanation
from tui.session import sources

SIGNS: Final = (
    ("✓", "its last test went well"),
    ("✗", "its last test failed"),
    ("?", "other settings than tested"),
    ("…", "being tested"),
    (sources.SIGNS[sources.HERE], "trouble; a secret in the file"),
    *((sources.SIGNS[each], f"a secret in {place}") for each, place in sources.ELSEWHERE.items()),
    ("★", "the default"),
    ("◆", "protected"),
    ("⊘", "read-only"),
    ("⇣", "from another layer's file"),
)
"""The meaning of each sign, the same wherever it is shown. By column: tests, secrets, rest."""

LIST: Final = Explanation(
    "The list",
    "Each row is a configuration: its last test, its type, its name, and where its blobs lie.",
    SIGNS,
)
DETAILS: Final = Explanation(
    "The details",
    "All about the configuration under the cursor: settings, secrets, tests. Arrow keys scroll.",
    SIGNS,
)
ROOM: Final = Explanation(
    "The room below the list",
    "What is known of the selection; nothing is asked for it. Arrow keys scroll, Tab goes on.",
    (
        ("Last test", "its steps, with times"),
        ("Last five tests", "kept when the app is left"),
        ("Newest blobs", "of the last browse or test"),
        ("Secrets", "where they are kept"),
        ("Origin", "the file it is from, and what it hides"),
    ),
)
FILTER: Final = Explanation(
    "The filter",
    "Shows the configurations that have all these words, in any order, in their name, type, "
    "location or ID.",
    (("#prod", "those with this tag"), ("Esc", "everything again")),
)
