"""Figure 12, last part: no screen, clipboard, crash or trace of the app shows a secret."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.figures import Figure
from tests.reliability.canary import Canaries, tables, toml
from tests.reliability.sinks import left_behind, living
from tests.tui.driving import enter, press, read, said, screen_text, settle, the_list, write
from tui.app import StorageApp
from tui.features.form.conflict import ConflictDialog

ROOT = Path(__file__).parents[2]

SMALL = ("gcs", "file")
"""The storages that the default suite looks at: JSON, a table, a password in a URL."""

FEW_KEYS = ("e", "t", "x")
COPY = ("ctrl+a", "ctrl+c", "ctrl+x", "ctrl+shift+a", "ctrl+c", "ctrl+x")
ALL_KEYS = ("e", "t", "b", "r", "D", "x", "m", "c", "p")


@pytest.fixture
def file(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home.mkdir(mode=0o700)
    monkeypatch.setenv("STORAGE_TIMEOUT", "0.1")
    return home / "storage.toml"


class Shots:
    """All that was ever on screen."""

    def __init__(self) -> None:
        self.number = 0
        self.texts: set[str] = set()

    def take(self, pilot: Pilot[Any]) -> None:
        """The screen as a picture and as text, what has been told in passing, the clipboard."""
        self.number += 1
        picture = pilot.app.export_screenshot()
        # The same line of two pictures differs in their numbers only.
        self.texts |= {*re.sub(r"terminal-\d+", "", picture).splitlines()}
        self.texts |= {screen_text(pilot), said(pilot), pilot.app.clipboard}


async def back(pilot: Pilot[Any], shots: Shots) -> None:
    """Leave all screens above the list, without saving."""
    for _ in range(6):
        if len(pilot.app.screen_stack) == 1:
            return
        await press(pilot, "escape")
        shots.take(pilot)
        if leave := [*pilot.app.screen.query("#answer-discard")]:
            await pilot.click(leave[0])
            await settle(pilot)
    raise AssertionError(f"{pilot.app.screen} cannot be left")


async def fields(pilot: Pilot[Any], shots: Shots, keys: tuple[str, ...]) -> None:
    """Every field of a form, if `keys` are to be pressed in it."""
    await press(pilot, "f3")
    shots.take(pilot)
    seen: list[object] = []
    while keys and (focused := pilot.app.focused) not in seen:
        seen.append(focused)
        await press(pilot, *keys)
        shots.take(pilot)
        await press(pilot, "tab")
        assert len(seen) < 60


async def every_screen(pilot: Pilot[Any], shots: Shots, keys: tuple[str, ...]) -> None:
    """Every screen that `keys` lead to, for every storage in the list, and those beside them."""
    for _ in the_list(pilot).table.rows:
        shots.take(pilot)
        for key in keys:
            await press(pilot, key)
            shots.take(pilot)
            if key == "e":
                await fields(pilot, shots, COPY if keys == ALL_KEYS else ())
            await back(pilot, shots)
        await press(pilot, "j")
    for key in ("T", "v", "n", "question_mark", "ctrl+p", "slash"):
        await press(pilot, key)
        shots.take(pilot)
        await back(pilot, shots)


async def tour(file: Path, size: tuple[int, int], keys: tuple[str, ...]) -> Shots:
    """What a look at all screens shows, and what is alive at its end."""
    shots = Shots()
    async with StorageApp(file).run_test(size=size) as pilot:
        await settle(pilot)
        await every_screen(pilot, shots, keys)
        shots.texts |= {*living()}
    return shots


async def test_no_screen_shows_a_secret(
    canaries: Canaries, file: Path, scratch: Path, tmp_path: Path, server_down_url: str
) -> None:
    written = tables(canaries, server_down_url)
    write(file, toml({name: written[name] for name in SMALL}))
    shots = await tour(file, (120, 70), FEW_KEYS)
    assert shots.number > 20
    assert canaries.hits("\n".join(shots.texts)) == []
    assert left_behind(canaries, tmp_path) == {file}


@pytest.mark.reliability
@pytest.mark.timeout(900)
async def test_figure_12_every_screen(
    canaries: Canaries,
    file: Path,
    scratch: Path,
    tmp_path: Path,
    server_down_url: str,
    figure: Figure,
) -> None:
    written = tables(canaries, server_down_url)
    broken = {
        "broken": {**written["s3"], "made_up": canaries.new("a setting that there is not")},
        "unknown": {**written["kv"], "type": "made-up"},
    }
    hits: list[str] = []
    number = 0
    for size in ((120, 40), (80, 24)):
        write(file, toml({**written, **broken}))
        shots = await tour(file, size, ALL_KEYS)
        hits += canaries.hits("\n".join(shots.texts))
        number += shots.number
    figure(
        12,
        f"{len(canaries.by_field)} secrets in {number} pictures of the app, its messages, its "
        "clipboard after copying and cutting in every field, its objects",
        f"{len(hits)} hits",
    )
    assert hits == []
    assert left_behind(canaries, tmp_path) == {file}


async def test_the_other_screens_show_no_secret_that_was_typed(
    canaries: Canaries, file: Path, scratch: Path, tmp_path: Path, server_down_url: str
) -> None:
    """A form that cannot be saved, one that can, a conflict, the earlier versions, undoing."""
    written = tables(canaries, server_down_url)
    write(file, toml({"kv": written["kv"]}))
    shots = Shots()
    typed = [canaries.keep(f"typed {number}", token_hex(12)) for number in range(2)]
    async with StorageApp(file).run_test(size=(100, 40)) as pilot:
        await settle(pilot)
        for number, text in enumerate(typed):
            await press(pilot, "e")
            pilot.app.screen.query_one("#field-token SecretInput").focus()
            await press(pilot, "end", "shift+home", "backspace")
            await enter(pilot, text)
            shots.take(pilot)
            if number:
                write(file, toml({"kv": {**written["kv"], "timeout": 3}}))
            await press(pilot, "ctrl+s")
            shots.take(pilot)
            if number:
                assert isinstance(pilot.app.screen, ConflictDialog)
                await press(pilot, "tab", "tab", "enter")
                shots.take(pilot)
        for key in ("v", "escape", "u", "ctrl+r", "F", "m", "escape"):
            await press(pilot, key)
            shots.take(pilot)
        shots.texts |= {*living()}
    assert typed[1] in read(file)["storage"]["kv"]["token"]
    assert canaries.hits("\n".join(shots.texts)) == []
    assert left_behind(canaries, tmp_path) == {file}


CRASHES = {
    "a handler": "Field.show_fault = crash",
    "a render": "Landing.render = crash",
    "a worker": "FormScreen._find_fault = crash_later",
    "a thread": "draft.fault_of = crash",
    "a callback": "FormScreen._show_landing = lambda self: self.call_later(crash)",
    "a screen": "ConflictDialog.compose = crash; TypePicker.compose = crash",
}


RARE = ("a render", "a worker", "a callback", "a screen")


@pytest.mark.parametrize(
    "where",
    [pytest.param(w, marks=pytest.mark.reliability if w in RARE else ()) for w in CRASHES],
)
def test_a_crash_in_a_form_prints_no_secret(
    canaries: Canaries, file: Path, tmp_path: Path, server_down_url: str, where: str
) -> None:
    """The program has the secret in its file, in a field, in a local variable, in a message."""
    written = tables(canaries, server_down_url)
    write(file, toml({"kv": written["kv"]}))
    program = f"""
import sys
from tests.tui.driving import press, settle
from tui.session import draft
from tui.app import StorageApp
from tui.features.form.conflict import ConflictDialog
from tui.features.form.screen import FormScreen
from tui.features.form.picker import TypePicker
from tui.features.form.field import Field
from tui.features.form.lines import Landing

def crash(*args, **options):
    held = app.screen.query("SecretInput")
    secret = held.first().value if held else {written["kv"]["token"]!r}
    raise ValueError(f"a message with {{secret}} in it")

async def crash_later(*args):
    crash()

async def drive(pilot):
    await settle(pilot)
    await press(pilot, "e")
    await press(pilot, "tab")
    assert pilot.app.screen.query("SecretInput").first().value
    {CRASHES[where] if "screen" not in where else ""}
    pilot.app.screen.query_one("#field-api_address Input").focus()
    await press(pilot, "end", "x", "tab", "shift+tab")
    {CRASHES[where] if "screen" in where else ""}
    await press(pilot, "escape", "tab", "enter", "n")
    await press(pilot, "escape", "tab", "enter", "n")
    if not pilot.app.return_code:
        pilot.app.exit()

app = StorageApp(sys.argv[1])
app.run(headless=True, auto_pilot=drive)
sys.exit(app.return_code)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(file)],
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=60,
        check=False,
    )
    printed = (done.stdout + done.stderr).decode()
    assert "error: the app stopped because of a bug in it (ValueError)" in printed, printed
    assert "in crash" in printed
    assert done.returncode == 1
    assert canaries.hits(printed) == []


async def test_each_sink_of_the_app_would_show_a_secret(canaries: Canaries, file: Path) -> None:
    """The positive controls: a picture, the text of a screen, a message, the clipboard."""
    secret = canaries.new("not where secrets belong")
    write(file, toml({"local": {"type": "local", "storage_path": f"/{secret}"}}))
    async with StorageApp(file).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        assert canaries.hits(pilot.app.export_screenshot())
        assert canaries.hits(screen_text(pilot))
        await press(pilot, "e")
        pilot.app.screen.query_one("#field-storage_path Input").focus()
        await press(pilot, "end", "shift+home", "ctrl+c")
        assert canaries.hits(pilot.app.clipboard)
        pilot.app.fail(secret)
        await settle(pilot)
        assert canaries.hits(said(pilot))


def test_the_output_of_a_crash_would_show_a_secret(canaries: Canaries) -> None:
    """Its positive control: what Python itself prints."""
    program = f"raise ValueError({canaries.new('in a message')!r})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert canaries.hits(done.stderr)
