"""Secrets that others could read are pointed out, and one call mends it."""

from __future__ import annotations

import stat
from pathlib import Path
from secrets import token_hex

import pytest

from storage_core import ConfigFile
from storage_core.config.secrets import audit


@pytest.fixture
def file(tmp_path: Path) -> ConfigFile:
    path = tmp_path / "storage.toml"
    path.write_text(
        f'[storage.a]\ntype = "s3"\nbucket = "b"\naws_access_key_id = "AKIAEXAMPLE"\n'
        f'aws_secret_access_key = "{token_hex(20)}"\n\n'
        '[storage.b]\ntype = "kv"\napi_address = "http://127.0.0.1:1"\ntoken = "env:TOKEN"\n'
    )
    return ConfigFile(path)


def test_a_plain_secret_is_found_with_its_line_and_a_reference_is_not(file: ConfigFile) -> None:
    found = list(audit.plain_secrets(file.load(), lines=True))
    assert [(each.name, each.setting.name, each.line) for each in found] == [
        ("a", "aws_secret_access_key", 5)
    ]
    assert audit.holds_secrets(file.load())


def test_a_looser_mode_is_found_and_mended(file: ConfigFile) -> None:
    path = Path(file.path)
    path.chmod(0o640)
    assert audit.loose_mode(file.path) == 0o640
    audit.make_private(file.path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert audit.loose_mode(file.path) is None


@pytest.mark.parametrize(
    ("options", "secret"),
    [('{ key = "x" }', True), ('{ key = { ref = "env:X" }, n = 1 }', False), ("{ n = 1 }", False)],
)
def test_text_in_options_may_be_a_secret(tmp_path: Path, options: str, secret: bool) -> None:
    path = tmp_path / "storage.toml"
    path.write_text(f'[storage.a]\ntype = "s3"\nbucket = "b"\noptions = {options}\n')
    assert audit.holds_secrets(ConfigFile(path).load()) is secret


@pytest.mark.parametrize(("user", "secret"), [("me:{}@", True), ("me@", False), ("", False)])
def test_a_password_in_a_url_is_a_secret(tmp_path: Path, user: str, secret: bool) -> None:
    path = tmp_path / "storage.toml"
    url = f"ftp://{user.format(token_hex(8))}127.0.0.1/folder"
    path.write_text(f'[storage.a]\ntype = "file"\nbase_path = "{url}"\n')
    found = [(name, setting.label) for name, setting in audit.worth_hiding(ConfigFile(path).load())]
    assert found == ([("a", "Base Path")] if secret else [])


def test_no_file_has_no_loose_mode(tmp_path: Path) -> None:
    assert audit.loose_mode(str(tmp_path / "none")) is None
