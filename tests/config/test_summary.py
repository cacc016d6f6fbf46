"""What changed between two texts of the file is said in one line, by names and never by values."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex

import pytest

from storage_core import ConfigFile, LocalStorage, S3Storage
from storage_core.config import history
from storage_core.config.history.summary import summary_of_changes

SECRET = token_hex(8)
LAPTOP = """\
[storage.laptop]
type = "local"
storage_path = "/data"
"""
OLD = f"""\
version = 1
default = "prod"  # ours

[storage.prod]
id = "61354abf-7cc8-4c2c-b890-78b1f985a9fb"
type = "s3"
bucket = "acme"
aws_secret_access_key = "{SECRET}"

{LAPTOP}"""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "nothing"),
        ({"# ours": "# theirs"}, "comments, order or spacing only"),
        ({'"acme"': '"b"', SECRET: "x"}, "prod: bucket, aws_secret_access_key"),
        ({'"/data"\n': '"/data"\ntimeout = 3\n'}, "laptop: timeout"),
        ({'bucket = "acme"\n': ""}, "prod: bucket"),
        ({"version = 1\n": "", '"/data"\n': '"/data"\n[storage.x]\n'}, "added x; version"),
        ({LAPTOP: ""}, "deleted laptop"),
        ({'default = "prod"': 'default = "laptop"'}, "made laptop the default"),
        ({'default = "prod"': 'default = "nothing"'}, "default"),
        ({'default = "prod"': "default = []"}, "default"),
        ({'"prod"': '"mine"', ".prod]": ".mine]"}, "renamed prod to mine"),
        ({".laptop]": ".desk]"}, "added desk; deleted laptop"),
        ({LAPTOP: '[app.keys]\nnew = "w"\n'}, "deleted laptop; app"),
        ({LAPTOP: "[storage]\nlaptop = 1\n"}, "changed laptop"),
        ({OLD: "storage = 1\n"}, "deleted prod, laptop; default; version"),
        ({OLD: ""}, "deleted prod, laptop; default; version"),
        ({LAPTOP: "[storage"}, "made unreadable: it was no longer TOML"),
    ],
)
def test_a_change_is_summed_up(changes: dict[str, str], said: str) -> None:
    new = OLD
    for before, after in changes.items():
        assert before in new
        new = new.replace(before, after)
    assert summary_of_changes(OLD, new) == said


def test_a_text_that_is_no_toml_is_no_obstacle() -> None:
    assert summary_of_changes("[storage", OLD) == "made readable: it was not TOML"
    assert summary_of_changes("[storage", "[storag") == "text that is not TOML"


def test_of_many_configurations_the_number_is_said() -> None:
    many = "".join(f'[storage.s{n}]\ntype = "local"\nstorage_path = "/a"\n' for n in range(9))
    assert summary_of_changes("", many) == "added 9 configurations"
    assert summary_of_changes(many, "") == "deleted 9 configurations"
    assert summary_of_changes(many, many.replace("/a", "/b")) == "changed 9 configurations"


def test_an_id_that_an_edit_has_written_down_is_no_change(tmp_path: Path) -> None:
    file = ConfigFile(tmp_path / "storage.toml")
    Path(file.path).write_text(OLD)
    file.update("laptop", storage_path="/other")
    file.rename("laptop", "desk")
    said = [changes for _, changes in history.versions_with_changes(file.path)]
    assert said == ["renamed laptop to desk", "laptop: storage_path"]


def test_each_version_is_compared_with_the_one_that_replaced_it(tmp_path: Path) -> None:
    file = ConfigFile(tmp_path / "storage.toml")
    file.add(LocalStorage(storage_path="/data"), name="a")
    file.add(S3Storage(bucket="b"), name="b", default=True)
    Path(file.path).write_bytes(b"\xff")
    history.restore(file.path, history.versions(file.path)[0])
    assert [changes for _, changes in history.versions_with_changes(file.path)] == [
        "made readable: it was not TOML",
        "made unreadable: it was no longer TOML",
        "added b; made b the default",
    ]
