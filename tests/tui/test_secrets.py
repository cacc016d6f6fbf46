"""Secrets are on no screen, in no clipboard, in no `repr` and in no crash output."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.tui.driving import enter, press, read, said, screen_text, settle, the_list, write
from tui.app import StorageApp
from tui.kit.secret import SecretArea, SecretInput


def with_secret(path: Path, secret: str) -> Path:
    """An S3 storage with a secret stored in the file, in a setting and in the options."""
    return write(
        path,
        f"""\
[storage.prod]
type = "s3"
bucket = "acme"
aws_access_key_id = "AKIAEXAMPLE"
aws_secret_access_key = "{secret}"

[storage.prod.options]
password = "{secret}"
""",
    )


async def test_no_screen_shows_a_secret_unless_it_is_revealed(tmp_path: Path) -> None:
    secret = secrets.token_hex(12)
    path = with_secret(tmp_path / "storage.toml", secret)
    async with StorageApp(path).run_test(size=(140, 60)) as pilot:
        await settle(pilot)
        assert "********" in screen_text(pilot)
        for keys in ((), ("e",), ("tab", "tab")):
            await press(pilot, *keys)
            assert secret[:8] not in screen_text(pilot)
        assert isinstance(pilot.app.focused, SecretInput)
        await press(pilot, "f2")
        assert secret in screen_text(pilot)
        await press(pilot, "tab")
        assert secret[:8] not in screen_text(pilot)


async def test_a_password_in_an_address_without_its_scheme_is_on_no_screen(tmp_path: Path) -> None:
    password = secrets.token_hex(8)
    path = write(
        tmp_path / "storage.toml",
        f'[storage.x]\ntype = "kv"\napi_address = "me:{password}@host"\n',
    )
    async with StorageApp(path).run_test(size=(140, 60)) as pilot:
        await settle(pilot)
        assert password not in screen_text(pilot)
        await press(pilot, "e")
        assert "API Address" in screen_text(pilot)
        assert password not in screen_text(pilot)


async def test_a_secret_is_neither_copied_nor_cut(tmp_path: Path) -> None:
    secret = secrets.token_hex()
    path = with_secret(tmp_path / "storage.toml", secret)
    async with StorageApp(path).run_test(size=(140, 60)) as pilot:
        await settle(pilot)
        await press(pilot, "e")
        for field in [*pilot.app.screen.query(SecretInput), *pilot.app.screen.query(SecretArea)]:
            if isinstance(field, SecretInput) and not field.masked:
                continue
            if not field.display:
                continue
            field.focus()
            pilot.app.clear_notifications()
            await press(pilot, "ctrl+a", "ctrl+c", "ctrl+x")
            assert pilot.app.clipboard == ""
            # Here, since a message goes by itself.
            assert "cannot be copied" in said(pilot)
        await press(pilot, "escape")
        assert pilot.app.screen is the_list(pilot)


async def test_messages_about_a_secret_do_not_hold_it_in_their_repr(tmp_path: Path) -> None:
    secret = secrets.token_hex()
    seen: list[str] = []

    class Listening(StorageApp):
        def on_secret_input_changed(self, event: Input.Changed) -> None:
            seen.append(repr(event))

    async with Listening(tmp_path / "storage.toml").run_test() as pilot:
        await settle(pilot)
        field = SecretInput(compact=True)
        await pilot.app.screen.mount(field)
        field.value = secret
        await settle(pilot)
        assert seen
        assert secret not in "".join(seen)


async def test_a_reference_is_chosen_instead_of_a_secret(tmp_path: Path) -> None:
    path = tmp_path / "storage.toml"
    async with StorageApp(path).run_test(size=(120, 50)) as pilot:
        await settle(pilot)
        await press(pilot, "n", "6")
        await enter(pilot, "acme")
        await press(pilot, "tab")
        await enter(pilot, "AKIAEXAMPLE")
        await press(pilot, "tab", "f6", "down", "enter")
        await enter(pilot, "PROD_S3_SECRET")
        assert "PROD_S3_SECRET" in screen_text(pilot)
        pilot.app.screen.query_one("#field-name Input").focus()
        await enter(pilot, "prod")
        await press(pilot, "ctrl+s", "escape")
    assert read(path)["storage"]["prod"]["aws_secret_access_key"] == "env:PROD_S3_SECRET"


@pytest.mark.parametrize("kind", [SecretInput, SecretArea])
async def test_a_revealed_secret_is_hidden_after_ten_seconds_even_when_revealed_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[SecretInput | SecretArea]
) -> None:
    timers: list[tuple[float, Callable[[], None]]] = []
    stopped: list[int] = []

    class Stopped:
        def __init__(self) -> None:
            self.number = len(timers)

        def stop(self) -> None:
            stopped.append(self.number)

    def set_timer(_: object, delay: float, callback: Callable[[], None]) -> Stopped:
        timers.append((delay, callback))
        return Stopped()

    secret = secrets.token_hex(8)
    async with StorageApp(tmp_path / "storage.toml").run_test(size=(140, 40)) as pilot:
        await settle(pilot)
        field = kind(secret)
        await pilot.app.screen.mount(field, before=0)
        field.focus()
        await settle(pilot)
        monkeypatch.setattr(kind, "set_timer", set_timer)
        for _ in range(3):
            field.reveal()
            await settle(pilot)
        assert secret in screen_text(pilot)
        assert stopped.count(1) >= 1
        (_, (delay, hide)) = timers
        assert delay == 10
        hide()
        await settle(pilot)
        assert secret not in screen_text(pilot)
        monkeypatch.undo()


def test_a_crash_prints_no_values_of_variables(tmp_path: Path) -> None:
    secret = secrets.token_hex()
    path = with_secret(tmp_path / "storage.toml", secret)
    program = """
import sys
from tui.app import StorageApp

class Crashing(StorageApp):
    def on_ready(self):
        self.run_worker(self.fall())

    async def fall(self):
        await self.session.jobs.idle.wait()
        found = self.session.snapshot.configurations["prod"].aws_secret_access_key
        raise RuntimeError(f"with a value in its message: {found}")

app = Crashing(sys.argv[1])
app.run(headless=True)
sys.exit(app.return_code)
"""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        capture_output=True,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        timeout=60,
        check=False,
    )
    output = done.stdout + done.stderr
    assert done.returncode == 1
    assert "error: the app stopped because of a bug in it (RuntimeError)" in output
    assert "in fall" in output
    assert secret not in output
