"""What a row of the blobs shows at a glance."""

from __future__ import annotations

from tui.features.blobs.looks import bar


def test_a_bar_is_as_long_as_its_blob_is_large() -> None:
    assert bar(800, 800, 8) == "█" * 8
    assert bar(400, 800, 8) == "█" * 4
    assert bar(250, 800, 8) == "██▌"
    # Too small for that, but not nothing.
    assert bar(1, 10**9, 8) == "▏"
    assert bar(0, 800, 8) == bar(None, 800, 8) == bar(0, 0, 8) == ""
