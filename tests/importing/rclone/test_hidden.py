"""What rclone hides: passwords that are obscured, and files that are encrypted."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex

import pytest

from storage_core.errors import ConfigurationError
from storage_core.importing.sources import rclone
from tests.importing.rclone.tool import obscured, run
from tests.importing.using import shown


def test_obscured_passwords_are_revealed_as_rclone_does_it(file: Path) -> None:
    passwords = ["x", "with blanks and ü", token_hex(60)]
    for password in passwords:
        file.write_text(f"[d]\ntype=webdav\nurl=http://h/\nuser=u\npass={obscured(password)}\n")

        assert rclone.found()[0].settings["options"]["auth"] == ["u", password]


def test_a_password_that_is_not_obscured_is_not_taken_for_one(file: Path) -> None:
    secret = token_hex(20) + "="
    file.write_text(f"[d]\ntype=sftp\nhost=h\npass={secret}\n")

    (found,) = rclone.found()

    assert "pass is not obscured" in found.reason
    assert "rclone config password d pass" in found.reason
    assert secret not in shown([found])


def encrypted(file: Path, text: str, password: str) -> None:
    """A file that rclone has encrypted."""
    file.write_text(text)
    twice = f"{password}\n{password}\n".encode()
    run("config", "encryption", "set", "--config", file, stdin=twice)
    assert b"RCLONE_ENCRYPT_V0:" in file.read_bytes()


def test_an_encrypted_file_opens_with_the_password_that_rclone_takes(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    password = "ﬁ" + token_hex(8)  # a ligature, which rclone writes as two letters
    encrypted(file, "[x]\ntype=s3\nenv_auth=true\nregion=eu-west-1\n", password)
    monkeypatch.setenv("RCLONE_CONFIG_PASS", password)

    assert rclone.found()[0].settings == {"region_name": "eu-west-1"}


def test_an_encrypted_file_says_what_to_do_without_the_password(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encrypted(file, "[x]\ntype=s3\n", "one")

    with pytest.raises(ConfigurationError, match="is encrypted; set RCLONE_CONFIG_PASS to its"):
        rclone.found()
    monkeypatch.setenv("RCLONE_CONFIG_PASS", wrong := token_hex(8))
    with pytest.raises(ConfigurationError, match="with another password, or damaged") as raised:
        rclone.found()
    assert wrong not in str(raised.value)

    file.write_bytes(file.read_bytes()[:70])
    with pytest.raises(ConfigurationError, match="encrypted and cut off"):
        rclone.found()
