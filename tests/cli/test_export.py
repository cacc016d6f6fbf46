"""`storage export`: which configurations, where to, what is said of it."""

from __future__ import annotations

import json
import stat
import tomllib
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest

from storage_core.exporting.forms import NAMES
from tests.cli.conftest import Outcome, ended

Storage = Callable[..., Outcome]

SECRET = "a-made-up-secret"
FILE = f"""\
default = "laptop"

[storage.prod]
type = "s3"
bucket = "acme"
aws_access_key_id = "AKIAEXAMPLE"
aws_secret_access_key = "{SECRET}"  # a comment

[storage.laptop]
type = "local"
storage_path = "data"

[storage.broken]
type = "s3"
"""


@pytest.fixture
def file(config: Path) -> Path:
    config.write_text(FILE)
    config.chmod(0o600)
    return config


@pytest.mark.parametrize("form", NAMES)
def test_every_form_leaves_the_secret_out_and_says_so(
    storage: Storage, file: Path, form: str
) -> None:
    done = storage("export", "prod", "laptop", "--as", form)
    assert done.code == 0
    assert SECRET not in done.out
    assert "aws_secret_access_key is left out" in done.err
    assert SECRET in storage("export", "prod", "--as", "json", "--reveal").out


def test_what_is_exported_is_what_was_named_with_whole_paths(storage: Storage, file: Path) -> None:
    found = tomllib.loads(storage("export", "laptop", "--as", "toml").out)
    assert found["default"] == "laptop"
    assert [*found["storage"]] == ["laptop"]
    assert found["storage"]["laptop"]["storage_path"] == str(file.parent / "data")


def test_one_that_is_named_twice_is_written_once(storage: Storage, file: Path) -> None:
    identity = storage("show", "laptop", "--json").json["id"]
    done = storage("export", "laptop", identity, "--as", "json")
    assert len(done.json["storages"]) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("export", "prod", "nobody", "--as", "toml"), 3, "nobody"),
        (("export", "broken", "--as", "toml"), 1, "bucket is missing"),
        (("export", "prod", "--as", "yaml"), 2, "rclone"),
        (("export", "prod"), 2, "--as"),
        (("export", "--as", "toml"), 2, "REF"),
        (("export", "prod", "--as", "toml", "-o", ""), 2, "--output is empty"),
        (("export", "prod", "--as", "toml", "-o", "/nowhere/x"), 1, "/nowhere/x"),
    ],
)
def test_what_cannot_be_exported_is_one_line(
    storage: Storage, file: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = storage(*arguments)
    assert done.code == code
    assert done.out == ""
    assert said in done.err
    assert done.err.count("\n") == 1


def test_a_file_with_secrets_is_its_owners_only(
    storage: Storage, file: Path, tmp_path: Path
) -> None:
    target, link = tmp_path / "there.toml", tmp_path / "link.toml"
    target.write_text("old")
    target.chmod(0o666)
    link.symlink_to(target)
    done = storage("export", "prod", "--as", "toml", "--reveal", "-o", str(link))
    assert (done.code, done.out, done.err) == (0, "", "")
    assert link.is_symlink()
    assert SECRET in target.read_text()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    new = tmp_path / "new.toml"
    storage("export", "prod", "--as", "toml", "--reveal", "-o", str(new))
    assert stat.S_IMODE(new.stat().st_mode) == 0o600


def test_a_file_without_secrets_keeps_its_mode(
    storage: Storage, file: Path, tmp_path: Path
) -> None:
    target = tmp_path / "there.toml"
    target.write_text("old")
    target.chmod(0o644)
    storage("export", "prod", "--as", "toml", "-o", str(target))
    assert SECRET not in target.read_text()
    assert stat.S_IMODE(target.stat().st_mode) == 0o644


def test_what_cannot_be_expressed_leaves_the_file_as_it_was(
    storage: Storage, file: Path, tmp_path: Path
) -> None:
    target = tmp_path / "there.conf"
    target.write_text("old")
    file.write_text(FILE + '[storage.kv]\ntype = "kv"\napi_address = "http://h"\n')
    done = storage("export", "prod", "kv", "--as", "rclone", "-o", str(target))
    assert done.code == 1
    assert "kv: rclone has nothing for KV Server Storage" in done.err
    assert target.read_text() == "old"


def test_json_has_the_text_and_what_is_to_be_said_of_it(
    storage: Storage, file: Path, tmp_path: Path
) -> None:
    done = storage("export", "prod", "--as", "rclone", "--json")
    assert done.err == ""
    assert done.json["form"] == "rclone"
    assert "[prod-remote]" in done.json["text"]
    assert done.json["notes"][0].startswith("prod: aws_secret_access_key is left out")
    target = str(tmp_path / "rclone.conf")
    done = storage("export", "prod", "--as", "rclone", "--json", "-o", target)
    assert done.json["file"] == target
    assert "text" not in done.json


def test_a_terminal_is_warned_of_secrets_and_of_nothing_twice(
    terminal: Callable[..., pexpect.spawn], file: Path
) -> None:
    child = terminal("export", "prod", "--as", "toml", "--reveal")
    child.expect_exact("warning: what is exported holds secrets as they are")
    child.expect_exact(SECRET)
    assert ended(child) == 0
    child = terminal("export", "prod", "--as", "toml")
    assert ended(child) == 0
    assert child.before is not None
    assert child.before.count("is left out") == 1
    assert "warning" not in child.before


def test_layers_are_flattened(storage: Storage, config: Path, tmp_path: Path) -> None:
    team = tmp_path / "team"
    team.mkdir()
    (team / "storage.toml").write_text(
        'default = "shared"\n[storage.shared]\ntype = "local"\nstorage_path = "data"\n'
    )
    config.write_text(f'include = ["{team}/storage.toml"]\n' + FILE.replace("default", "# "))
    done = storage("export", "laptop", "shared", "--as", "toml")
    found = tomllib.loads(done.out)
    assert "include" not in found
    assert found["default"] == "shared"
    assert found["storage"]["shared"]["storage_path"] == str(team / "data")
    assert found["storage"]["laptop"]["storage_path"] == str(config.parent / "data")


def test_the_exported_file_works_with_our_own_commands(
    storage: Storage, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = storage("write", "--to", "laptop", stdin=b"hello").out.strip()
    line = storage("export", "laptop", "--as", "env").out
    name, _, value = line.rstrip("\n").partition("=")
    monkeypatch.setenv(name, value)
    assert storage("read", key).out == "hello"
    assert json.loads(storage("ls", "--json").out)["default"] == "laptop"
