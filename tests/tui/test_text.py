"""Text of users, cut and fitted to the cells of a terminal."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tui.kit.text import cut, fit, in_a_row, one_word

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


@pytest.mark.parametrize("name", ["n" * 300, "a name of many words " * 20], ids=["one", "many"])
@pytest.mark.parametrize("width", [54, 74, 114])
def test_a_message_is_one_row_whatever_the_names_in_it_which_share_what_there_is(
    name: str, width: int
) -> None:
    said = in_a_row(f"Renamed {one_word(name)} to {one_word(f'new {name}')}; it stays.", width)
    assert width - 2 <= cell_len(said) <= width
    assert said.startswith(f"Renamed {name[:4]}")
    assert said.endswith("; it stays.")
    assert said.count("…") == 2
    assert "\xa0" not in said


def test_a_message_whose_sentence_alone_is_too_long_is_left_as_it_is() -> None:
    assert in_a_row("many words " * 20, 54) == "many words " * 20
    assert in_a_row(f"It is {one_word('a b')}.", 54) == "It is a b."
