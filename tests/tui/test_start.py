"""What the first frame waits for; and that all it does without is there when it is needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from textual.widget import Widget
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
        "assert len(app._first_load.result().rows) == 3\n"
        "print('\\n'.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert {*done.stdout.split()}.isdisjoint(LATER)


async def looks(path: Path, key: str, of: type[Widget]) -> list[Any]:
    """How widgets look that `key` brings, pressed as early as a person can."""
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await pilot.press(key)
        await settle(pilot)
        screen = pilot.app.screen
        nodes = [screen, *screen.query(of)]
        return [(each.size, each.styles.background, each.styles.color) for each in nodes]


@pytest.mark.parametrize(("key", "widget"), [("/", Input), ("x", Button)])
async def test_fields_and_dialogs_look_the_same_before_their_styles_are_preloaded(
    key: str, widget: type[Widget], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "storage.toml")

    async def nothing(*_: object) -> None:
        pass

    after = await looks(path, key, widget)
    monkeypatch.setattr(app_module, "preload", nothing)
    assert await looks(path, key, widget) == after
    assert len(after) > 1


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
