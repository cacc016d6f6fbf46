"""Whatever is typed, however fast: the app does not crash, and its file stays whole."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from pathlib import Path
from random import Random
from secrets import token_hex
from typing import Any

import keyring
import pytest
from keyring.backends import null

from storage_core import ConfigFile
from tests.figures import Figure
from tests.quoting import in_toml
from tests.tui.driving import screen_text, settle, write
from tui.app import StorageApp
from tui.kit.screen import BaseScreen

SECRET = token_hex(16)

ANYWHERE = (
    *("escape", "escape", "escape", "enter", "enter", "tab", "shift+tab", "space", "backspace"),
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown"),
    *("ctrl+o", "ctrl+p", "question_mark", "slash", *"abcxyz0123456789"),
)
"""Keys that most screens know."""

LEAVING = {"ctrl+q", "ctrl+c", "ctrl+z", "q"}
"""Keys that end or stop the app."""

SIZES = ((140, 50), (120, 40), (80, 24), (60, 20), (40, 12))

PAUSES = (0, 0, 0, 0.01, 0.05, 0.2)
"""Seconds until the next burst of keys, most of which come before the app has handled the last."""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Storages with some blobs, an empty one, and one whose server is not there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STORAGE_TIMEOUT", "0.2")
    monkeypatch.setenv("EDITOR", "true")
    monkeypatch.setenv("SSH_CONNECTION", "a 1 b 2")
    monkeypatch.setattr(keyring.core, "_keyring_backend", null.Keyring())
    for name in ("results", "flows"):
        (tmp_path / "data" / name).mkdir(parents=True)
        for number in range(12):
            (tmp_path / "data" / name / f"{number}.json").write_text(f'{{"number": {number}}}')
    (tmp_path / "data" / "results" / "table.csv").write_text("one,two\n1,2\n3,4\n")
    tables = {
        "team": f'type = "local"\nstorage_path = {in_toml(tmp_path / "data")}\ntags = ["team"]',
        "empty": f'type = "local"\nstorage_path = {in_toml(tmp_path / "empty")}',
        "away": 'type = "s3"\nbucket = "acme"\nendpoint_url = "http://127.0.0.1:9"\n'
        f'aws_access_key_id = "AKIAEXAMPLE"\naws_secret_access_key = "{SECRET}"',
    }
    text = 'default = "team"\n' + "".join(
        f"[storage.{name}]\n{table}\n" for name, table in tables.items()
    )
    return write(tmp_path / "storage.toml", text)


def key(app: StorageApp, chance: Random) -> str:
    """One of what the screen on top offers, or of what most know."""
    screen: Any = app.screen
    declared = screen.declared if isinstance(screen, BaseScreen) else ()
    offered = [each for command in declared for each in command.keys if each not in LEAVING]
    return chance.choice(offered if offered and chance.random() < 0.6 else ANYWHERE)


async def session(path: Path, seed: int, bursts: int) -> Counter[str]:
    """One session of keys drawn at random; returns which screens were seen."""
    chance, seen, failures = Random(seed), Counter[str](), list[dict[str, Any]]()
    app = StorageApp(path)
    async with app.run_test(size=chance.choice(SIZES)) as pilot:
        asyncio.get_running_loop().set_exception_handler(lambda _, failed: failures.append(failed))
        await settle(pilot)
        for _ in range(bursts):
            for _ in range(chance.choice((1, 1, 2, 3, 5))):
                app.simulate_key(key(app, chance))
            await asyncio.sleep(chance.choice(PAUSES))
            if chance.random() < 0.05:
                await pilot.resize_terminal(*chance.choice(SIZES))
            if app.return_code is not None:
                break
            seen[type(app.screen).__name__] += 1
            assert SECRET not in screen_text(pilot)
    gc.collect()
    assert not app.return_code
    assert failures == []
    return seen


def run(path: Path, seeds: range, bursts: int) -> Counter[str]:
    text, seen = path.read_text(), Counter[str]()
    for seed in seeds:
        path.write_text(text)
        seen += asyncio.run(session(path, seed, bursts))
        assert ConfigFile(path).load().problems == ()
    return seen


@pytest.mark.filterwarnings("error")
def test_no_keys_crash_the_app(file: Path) -> None:
    assert len(run(file, range(4), 40)) > 5


@pytest.mark.reliability
@pytest.mark.timeout(1800)
@pytest.mark.filterwarnings("error")
def test_two_hundred_sessions_of_any_keys(file: Path, figure: Figure) -> None:
    seen = run(file, range(1000, 1200), 60)
    figure(
        "keys",
        "200 sessions of keys drawn at random, in bursts",
        f"0 crashes, {sum(seen.values())} moments on {len(seen)} screens, 0 secrets, file whole",
    )
