"""Text of users, cut and fitted to the cells of a terminal."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tui.kit.text import cut, fit

LONG = {
    "names": ", ".join(f"storage-{index:04}" for index in range(1000)),
    "wide": "保存先" * 1000,
    "combining": "e\u0301" * 3000,
    "nothing but marks": "\u0301" * 3000,
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
@pytest.mark.parametrize("width", [0, 1, 2, 30, 31])
def test_a_long_text_is_cut_as_its_start_would_be(text: str, width: int) -> None:
    found = cut(text, width)
    assert cell_len(found) <= width
    if cell_len(text) > width > 0:
        assert found.endswith("…")
        assert text.startswith(found[:-1].rstrip())
    assert cell_len(fit(text, width)) == width
