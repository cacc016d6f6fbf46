"""What the first frame waits for; and that all it does without is there when it is needed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Button, Input

from tests.tui.driving import opened, settle, write
from tui import app as app_module
from tui.app import StorageApp

LATER = (
    *("click", "filelock", "keyring", "pydantic", "tomlkit"),
    *("storage_core.config.toml.scan", "storage_core.declaration.tables"),
    *("tui.features.form.screen", "tui.kit.ask", "tui.kit.line_input"),
)
"""What opening the list needs nothing of."""


def test_the_list_is_opened_without_what_edits_checks_or_asks(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    code = (
        "import sys; from tui.__main__ import loaded_app\n"
        f"app = loaded_app({str(path)!r})\n"
        "assert len(app._first.result().rows) == 3\n"
        "print('\\n'.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert {*done.stdout.split()}.isdisjoint(LATER)


async def looks(path: Path) -> list[Any]:
    """How the filter's field and a dialog look, opened as early as a person can."""
    app = StorageApp(path)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("/")
        await settle(pilot)
        found = [_looks(app.screen.query(Input))]
        await pilot.press("escape", "x")
        await settle(pilot)
        return [*found, _looks(app.screen.query(Button)), app.screen.styles.background]


def _looks(widgets: Iterable[Any]) -> list[Any]:
    return [(each.size, each.styles.background, each.styles.color) for each in widgets]


async def test_a_field_and_a_dialog_look_the_same_before_their_styles_are_preloaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "storage.toml")

    async def nothing(*_: object) -> None:
        pass

    after = await looks(path)
    monkeypatch.setattr(app_module, "preload", nothing)
    assert await looks(path) == after
    assert all(map(len, after[:2]))


@pytest.mark.parametrize("keys", [(), ("e",), ("n",), ("n", "enter"), ("?",), ("ctrl+p",), ("b",)])
async def test_a_screen_that_was_styled_once_looks_as_if_styled_again(
    keys: tuple[str, ...], tmp_path: Path
) -> None:
    async with opened(write(tmp_path / "storage.toml"), size=(120, 40)) as pilot:
        for key in keys:
            await pilot.press(key)
            await settle(pilot)
        screen = pilot.app.screen
        nodes = [screen, *screen.query("*")]
        once = [each.styles.css for each in nodes]
        screen.update_node_styles(animate=False)
        assert once == [each.styles.css for each in nodes]
        assert len(nodes) > 2
