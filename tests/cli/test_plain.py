"""Command lines that are read without click mean what they mean to click."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, permutations, product
from pathlib import Path

import pytest

from storage_core.cli import plain
from tests.cli.conftest import Outcome
from tests.cli.test_loading import loaded

Storage = Callable[..., Outcome]

WORDS = (
    *("ls", "--json", "--config", "elsewhere.toml", "--config=elsewhere.toml", "--tag", "prod"),
    *("--tag=eu", "", "-", "--", "--help", "-h", "--jso", "show", "LS"),
)
PARTS = (("ls",), ("--config", "elsewhere.toml"), ("--tag", "prod"), ("--json",))
LINES = [
    (),
    *((word,) for word in WORDS),
    *product(WORDS, repeat=2),
    *(("ls", *words) for words in permutations(WORDS[:8], 3)),
    *map(tuple, map(chain.from_iterable, permutations(PARTS))),
    ("--config", "a.toml", "ls", "--config", "elsewhere.toml", "--tag", "prod", "--tag", "eu"),
]


def test_a_command_line_means_the_same_with_click_and_without(
    storage: Storage, two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = two.read_text()
    tagged = text.replace("[storage.laptop]", '[storage.laptop]\ntags = ["prod", "eu"]')
    (two.parent / "elsewhere.toml").write_text(tagged)
    monkeypatch.chdir(two.parent)
    without = [storage(*line) for line in LINES]
    read = [line for line in LINES if plain.read(line) is not None]
    monkeypatch.setattr(plain, "read", lambda _: None)
    for line, outcome in zip(LINES, without, strict=True):
        assert outcome == storage(*line), line
    assert len(read) > 20
    assert {0, 2} <= {outcome.code for outcome in without}


@pytest.mark.parametrize("line", [(), ("ls",), ("ls", "--json"), ("ls", "--tag", "prod")])
def test_the_plainest_command_lines_do_without_click(two: Path, line: tuple[str, ...]) -> None:
    assert "click" not in loaded(*line)
