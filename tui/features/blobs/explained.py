"""What help says about the blobs of a storage, and about the preview of one."""

from __future__ import annotations

from typing import Final

from tui.kit.explain import Explanation

BLOBS: Final = Explanation(
    "The blobs",
    "Each row is a blob of this storage, or a folder. The line above says which are shown, and "
    "how many there are.",
    (
        ("1", "flows and results"),
        ("2", "flows only"),
        ("3", "results only"),
        ("4", "folder by folder"),
        ("5", "all files below"),
        ("→ ←", "into the folder, up"),
        ("P", "the preview beside the list"),
    ),
)
FILTER: Final = Explanation(
    "The filter",
    "Shows the blobs that have all these words in their key, in any order.",
    (("Esc", "everything again"),),
)
PREVIEW: Final = Explanation(
    "The preview",
    "What is in the blob, as far as it can be seen without running anything: a table, text, or "
    "its bytes. Nothing in it is loaded as Python.",
    (("v", "the next way to show it"), ("← →", "the blob above, the blob below")),
)
TABLE: Final = Explanation(
    "The table",
    "The first rows of the blob. The head and the first column stay where they are; below is all "
    "of the cell under the cursor, and the type of its column.",
    (
        ("← ↑ ↓ → h j k l", "one cell on"),
        ("Home End", "the first column, the last"),
        ("g G", "the first row, the last"),
        ("Ctrl+Home Ctrl+End", "the first cell, the last"),
        ("K J", "the blob above, the blob below"),
    ),
)
