"""References to secrets: each scheme resolves late, and what cannot be resolved is an error."""

from __future__ import annotations

import os
from pathlib import Path
from secrets import token_hex

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail

from storage_core.errors import ConfigurationError
from storage_core.references import check_reference, is_reference, resolve


class MemoryKeyring(KeyringBackend):
    """A keyring that forgets at the end of the test."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()
        self.passwords: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.passwords[service, username] = password


@pytest.fixture
def memory_keyring() -> object:
    previous = keyring.get_keyring()
    keyring.set_keyring(MemoryKeyring())
    yield keyring.get_keyring()
    keyring.set_keyring(previous)


@pytest.mark.parametrize("value", ["plain", "", "ENV:X", "envX", "http://x", "literal:env:X"])
def test_what_is_no_reference(value: str) -> None:
    assert not is_reference(value)


def test_a_plain_value_and_a_literal_are_themselves() -> None:
    assert resolve("plain", "Token") == "plain"
    assert resolve("literal:env:X", "Token") == "env:X"


def test_an_environment_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = token_hex(8)
    monkeypatch.setenv("A_SECRET", secret)
    assert resolve("env:A_SECRET", "Token") == secret


@pytest.mark.parametrize("value", [None, ""])
def test_an_unset_or_empty_variable_is_an_error(
    value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if value is not None:
        monkeypatch.setenv("A_SECRET", value)
    with pytest.raises(ConfigurationError, match="Token: the environment variable A_SECRET"):
        resolve("env:A_SECRET", "Token")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("s", "s"),
        ("s\n", "s"),
        ("s\r\n", "s"),
        ("s\n\n", "s\n"),
        (" s ", " s "),
        ("a\nb\n", "a\nb"),
    ],
)
def test_a_file_loses_one_trailing_newline(tmp_path: Path, content: str, expected: str) -> None:
    (tmp_path / "secret").write_bytes(content.encode())
    assert resolve(f"file:{tmp_path}/secret", "Token") == expected


def test_a_tilde_in_a_file_reference_is_expanded(tmp_path: Path) -> None:
    (tmp_path / "user" / "secret").write_text("s")
    assert resolve("file:~/secret", "Token") == "s"


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff"])
def test_a_file_that_is_missing_empty_or_no_text_is_an_error(
    tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"Token: .*secret") as caught:
        resolve(f"file:{tmp_path}/secret", "Token")
    assert "\n" not in str(caught.value)


def test_a_pipe_in_place_of_the_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "secret")
    with pytest.raises(ConfigurationError, match=r"^Token: .*secret is a pipe, not a file; .*$"):
        resolve(f"file:{tmp_path}/secret", "Token")


def test_what_a_shell_hands_over_as_a_file_is_read() -> None:
    reading, writing = os.pipe()
    try:
        os.write(writing, b"s\n")
        os.close(writing)
        assert resolve(f"file:/dev/fd/{reading}", "Token") == "s"
    finally:
        os.close(reading)


def test_a_keyring_entry_is_split_at_the_last_slash(memory_keyring: MemoryKeyring) -> None:
    memory_keyring.passwords["storage/prod", "kim"] = "s"
    assert resolve("keyring:storage/prod/kim", "Token") == "s"
    with pytest.raises(ConfigurationError, match="keyring set storage/prod lee"):
        resolve("keyring:storage/prod/lee", "Token")


def test_a_machine_without_a_keyring_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "get_password", fail.Keyring().get_password)
    with pytest.raises(ConfigurationError, match="this machine has no keyring"):
        resolve("keyring:storage/prod", "Token")


@pytest.mark.parametrize(
    "value", ["env:", "env:A=B", "file:", "file:relative", "keyring:x", "keyring:/x", "keyring:x/"]
)
def test_a_malformed_reference_is_refused_when_typed_and_when_used(value: str) -> None:
    with pytest.raises(ValueError, match="write"):
        check_reference(value)
    with pytest.raises(ConfigurationError, match="Token: write"):
        resolve(value, "Token")
