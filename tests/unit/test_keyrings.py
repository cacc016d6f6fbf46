"""Keyring backends that are missing, broken or want to ask: one line, in every way in."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from typing import TypeAlias

import pexpect
import pytest

import storage_core
from storage_core.keyrings import keep, password
from tests.cli.conftest import COMMAND
from tests.tui.driving import TWO, press, screen_text, settle, write
from tui.app import StorageApp

Use: TypeAlias = Callable[[str], None]

BACKENDS = {
    "raises_at_import": "raise RuntimeError(SECRET)",
    "leaves_at_import": "import sys; sys.exit(SECRET)",
    "is_no_python": "this is no Python " + "SECRET",
    "has_no_keyring": "",
    "not_viable": """
        class Keyring(KeyringBackend):
            @classmethod
            def priority(cls): raise RuntimeError(SECRET)
            priority = property(priority)
    """,
    "raises": """
        class Failed(Exception): pass
        class Keyring(KeyringBackend):
            priority = 1
            def get_password(self, service, user): raise Failed(SECRET)
            def set_password(self, service, user, password): raise Failed(password)
    """,
    "raises_while_writing": """
        class Keyring(KeyringBackend):
            priority = 1
            def get_password(self, service, user): return None
            def set_password(self, service, user, password): raise KeyError(password)
    """,
    "gives_bytes": """
        class Keyring(KeyringBackend):
            priority = 1
            def get_password(self, service, user): return SECRET.encode()
            def set_password(self, service, user, password): raise OSError(password)
    """,
    "asks": """
        import getpass
        class Keyring(KeyringBackend):
            priority = 1
            def get_password(self, service, user): return getpass.getpass("Unlock with: ")
            def set_password(self, service, user, password): input("Unlock with: ")
    """,
}
"""Modules with a backend; `SECRET` in them is one that must not be seen anywhere."""


@pytest.fixture
def secret() -> str:
    return token_hex(16)


@pytest.fixture
def use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str) -> Use:
    """Has this process, and those that it starts, use a backend by the name of its module."""
    folder = tmp_path / "backends"
    folder.mkdir()
    for name, text in BACKENDS.items():
        lines = text.strip("\n").splitlines()
        margin = len(lines[0]) - len(lines[0].lstrip()) if lines else 0
        body = "\n".join(line[margin:] for line in lines)
        head = f"from keyring.backend import KeyringBackend\nSECRET = {secret!r}\n"
        (folder / f"{name}.py").write_text(f"{head}{body}\n")
    monkeypatch.syspath_prepend(folder)
    more = os.environ.get("PYTHONPATH")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), *([more] if more else [])]))
    monkeypatch.setattr("keyring.core._keyring_backend", None)

    def choose(name: str) -> None:
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", f"{name}.Keyring")

    return choose


@pytest.mark.parametrize("name", [*BACKENDS, "not_installed"])
def test_a_backend_fails_as_a_configuration_error_without_a_secret(
    use: Use, name: str, secret: str
) -> None:
    use(name)
    calls = [lambda: password("s", "u", "Token"), lambda: keep("s", "u", secret, "Token")]
    for call in calls[name == "raises_while_writing" :]:
        with pytest.raises(storage_core.ConfigurationError, match=r"^Token: [^\n]+$") as caught:
            call()
        assert secret not in str(caught.value)
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None


@pytest.mark.parametrize("name", ["not_installed", "raises", "asks", "raises_at_import"])
@pytest.mark.parametrize("by", ["variable", "file"])
def test_the_command_says_it_in_one_line(
    use: Use, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str, name: str, by: str
) -> None:
    use(name)
    if by == "file":
        monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
        chosen = tmp_path / "settings" / "python_keyring" / "keyringrc.cfg"
        chosen.parent.mkdir(parents=True)
        chosen.write_text(f"[backend]\ndefault-keyring={name}.Keyring\n")
    path = write(tmp_path / "storage.toml", TWO.replace("env:PROD", "keyring:PROD/S"))
    done = subprocess.run(
        [*COMMAND, "write", "--config", str(path)],
        input=b"data",
        capture_output=True,
        timeout=60,
        check=False,
    )
    said = done.stderr.decode()
    assert done.returncode == 1
    assert said.startswith("error: prod: AWS Secret Access Key: the keyring ")
    assert said.count("\n") == 1
    assert "bug" not in said
    assert secret not in said


def test_an_empty_variable_is_named_too(monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring.core

    monkeypatch.setattr(keyring.core, "_keyring_backend", None)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "")
    with pytest.raises(
        storage_core.ConfigurationError, match="'' that PYTHON_KEYRING_BACKEND names"
    ):
        password("service", "user", "Token")


@pytest.mark.parametrize("name", ["not_installed", "raises", "asks"])
async def test_the_app_goes_on_after_a_test_and_a_move(
    use: Use, tmp_path: Path, secret: str, name: str
) -> None:
    use(name)
    other = '[storage.b]\ntype = "s3"\nbucket = "b"\naws_access_key_id = "AKIA"\n'
    text = TWO.replace("env:PROD", "keyring:PROD/S")
    path = write(tmp_path / "storage.toml", f'{text}\n{other}aws_secret_access_key = "{secret}"\n')
    path.chmod(0o600)
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "t")
        assert "the keyring" in " ".join(screen_text(pilot).split())
        await press(pilot, "escape", "end", "m")
        await press(pilot, "enter")
        assert secret not in screen_text(pilot)
        assert pilot.app.is_running
    assert secret in path.read_text()


def test_at_a_terminal_a_keyring_may_ask(use: Use, tmp_path: Path, secret: str) -> None:
    use("asks")
    program = "from storage_core.keyrings import password; print(password('s', 'u', 'T') == 'yes')"
    child = pexpect.spawn(sys.executable, ["-c", program], env=dict(os.environ), timeout=30)
    child.expect_exact("Unlock with: ")
    child.sendline("yes")
    child.expect_exact("True")
