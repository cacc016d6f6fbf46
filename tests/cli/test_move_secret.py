"""`storage move-secret` takes a secret out of the file for good."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

import pytest

from tests.cli.conftest import Outcome
from tests.quoting import in_toml

Run = Callable[..., Outcome]

SECRET = token_hex(20)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "storage.toml"
    path.write_text(
        '[storage.prod]\ntype = "s3"\nbucket = "b"\naws_access_key_id = "AKIAEXAMPLE"\n'
        f'aws_secret_access_key = "{SECRET}"\n'
    )
    path.chmod(0o600)
    monkeypatch.setenv("STORAGE_CONFIG", str(path))
    return path


def test_into_a_file(storage: Run, path: Path, tmp_path: Path) -> None:
    target = tmp_path / "secret"
    done = storage("move-secret", "prod", f"file:{target}")
    assert done.code == 0, done.err
    assert target.read_text() == SECRET
    assert f"aws_secret_access_key = {in_toml(f'file:{target}')}" in path.read_text()
    assert SECRET not in path.read_text() + done.out + done.err


def test_nothing_is_stored_for_a_file_that_cannot_be_changed(
    storage: Run, path: Path, tmp_path: Path
) -> None:
    path.write_text("version = 2\n" + path.read_text())
    refused = storage("move-secret", "prod", f"file:{tmp_path / 'secret'}")
    assert refused.code == 1
    assert "newer than this program knows" in refused.err
    assert not (tmp_path / "secret").exists()


def test_where_several_stand_in_it_one_must_be_named(
    storage: Run, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_text(path.read_text() + f'aws_session_token = "{SECRET}x"\n')
    monkeypatch.setenv("TOKEN", f"{SECRET}x")
    which = storage("move-secret", "prod", "env:TOKEN")
    assert which.code == 2
    assert "--setting aws_secret_access_key or aws_session_token" in which.err
    moved = storage("move-secret", "prod", "env:TOKEN", "--setting", "aws-session-token", "--json")
    assert moved.json["setting"] == "aws_session_token"
    assert 'aws_session_token = "env:TOKEN"' in path.read_text()


def test_a_variable_that_does_not_hold_it_is_refused(storage: Run, path: Path) -> None:
    before = path.read_text()
    refused = storage("move-secret", "prod", "env:NOT_THERE")
    assert refused.code == 1
    assert "NOT_THERE is not set" in refused.err
    assert path.read_text() == before


@pytest.mark.parametrize(
    "reference", [SECRET, "env:", "keyring:x"], ids=["a secret", "env", "keyring"]
)
def test_what_is_no_reference_is_refused_and_not_repeated(
    storage: Run, path: Path, reference: str
) -> None:
    refused = storage("move-secret", "prod", reference)
    assert refused.code == 2
    assert "REFERENCE" in refused.err
    assert SECRET not in refused.err


def test_nothing_to_move_is_said(storage: Run, path: Path) -> None:
    storage("edit", "prod", "--aws-secret-access-key", "env:SECRET")
    nothing = storage("move-secret", "prod", "env:SECRET")
    assert nothing.code == 2
    assert "no secret of 'prod' stands in the file" in nothing.err
