"""`STORAGE_CONFIG_TEXT`: what a configuration file would hold, in a variable of a worker."""

from __future__ import annotations

import base64
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

import storage_core
from storage_core import ConfigFile, ConfigurationError, LocalStorage
from tests.cli.conftest import Outcome, storage
from tui.session.workspace import Workspace

__all__ = ["storage"]
VARIABLE = "STORAGE_CONFIG_TEXT"


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], str]:
    """Sets the variable, `{}` in the text being a folder; a file of one's own says otherwise."""
    other = tmp_path / "other.toml"
    other.write_text('default = "other"\n[storage.other]\ntype = "temporary"\n')
    monkeypatch.setenv("STORAGE_CONFIG", str(other))

    def give(text: str) -> str:
        text = text.replace("{}", str(tmp_path / "blobs"))
        monkeypatch.setenv(VARIABLE, text)
        return text

    return give


TEXT = """\
default = "worker"

[storage.worker]
type = "local"
storage_path = "{}"
"""


def test_a_worker_opens_what_the_variable_says_and_reads_no_file(
    given: Callable[[str], str], tmp_path: Path
) -> None:
    given(TEXT)
    with storage_core.get_store() as store:
        key = store.write(b"here")
    assert (tmp_path / "blobs" / key).read_bytes() == b"here"
    file = ConfigFile()
    assert (file.path, file.source) == (None, VARIABLE)
    found = file.load()
    assert (list(found), found.path, found.default) == (["worker"], None, "worker")
    assert VARIABLE in f"{file!r} {found!r}"
    # A path that is given comes before it.
    assert list(ConfigFile(tmp_path / "other.toml").load()) == ["other"]


def test_an_empty_variable_is_none(given: Callable[[str], str], tmp_path: Path) -> None:
    given("")
    assert ConfigFile().path == str(tmp_path / "other.toml")


def test_the_text_may_be_one_line_of_base64(
    given: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = given(TEXT + '[storage."größer"]\ntype = "temporary"\n').encode()
    for encoded in (base64.b64encode(plain), base64.encodebytes(plain)):
        monkeypatch.setenv(VARIABLE, f"base64:{encoded.decode()}")
        assert list(ConfigFile().load()) == ["worker", "größer"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "base64:{secret}?",
            ": what follows base64: is not base64; encode the file anew",
        ),
        ("base64:" + base64.b64encode(b"\xff{secret}").decode(), ":1: not UTF-8 text; "),
        ('a = "{secret}', ":1: not TOML: "),
    ],
)
def test_what_cannot_be_read_is_said_without_a_word_of_it(
    given: Callable[[str], str], text: str, why: str
) -> None:
    secret = token_hex(8)
    given(text.replace("{secret}", secret))
    with pytest.raises(ConfigurationError) as caught:
        storage_core.get_store()
    assert str(caught.value).startswith(f"{VARIABLE}{why}")
    assert secret not in f"{caught.value!r} {caught.value.__cause__!r}"


@pytest.mark.parametrize(
    ("settings", "setting"),
    [
        ('type = "local"\nstorage_path = "data"', "storage_path"),
        ('type = "file"\nbase_path = "file://data"', "base_path"),
        ('type = "s3"\nbucket = "b"\nca_bundle = "trust.pem"', "ca_bundle"),
    ],
)
def test_a_relative_path_in_it_is_a_problem(
    given: Callable[[str], str], settings: str, setting: str
) -> None:
    given(f"[storage.a]\n{settings}\n")
    [problem] = ConfigFile().load().problems
    assert f"{VARIABLE}:" in str(problem)
    assert f"[storage.a]: {setting} is relative, but there is no file whose folder" in str(problem)
    with pytest.raises(ConfigurationError, match="is relative, but there is no file"):
        storage_core.get_store("a")


def test_paths_that_depend_on_no_folder_are_none(given: Callable[[str], str]) -> None:
    given(
        '[storage.a]\ntype = "local"\nstorage_path = "~/data"\n'
        '[storage.b]\ntype = "file"\nbase_path = "memory://x"\n'
        '[storage.c]\ntype = "local"\nstorage_path = "env:FOLDER"\n'
    )
    assert ConfigFile().load().problems == ()


def test_nothing_can_be_changed_and_no_file_is_touched(
    given: Callable[[str], str], storage: Callable[..., Outcome], tmp_path: Path
) -> None:
    given(TEXT)
    before = sorted(each.name for each in tmp_path.iterdir())
    with pytest.raises(ConfigurationError, match=f"stands in {VARIABLE}, which is never written"):
        ConfigFile().add(LocalStorage(storage_path="/data"), name="new")
    commands: list[list[Any]] = [
        ["create", "local", "--name", "new", "--storage-path", "/data"],
        ["edit", "worker", "--storage-path", "/data"],
        ["rename", "worker", "new"],
        ["duplicate", "worker", "new"],
        ["delete", "worker", "--yes"],
        ["set-default", "worker"],
        ["reset-default"],
        ["restore"],
    ]
    for command in commands:
        outcome = storage(*command)
        assert (outcome.code, outcome.out) == (1, ""), command
        assert outcome.err.startswith("error: the configuration stands in"), command
        assert outcome.err.count("\n") == 1, command
    assert sorted(each.name for each in tmp_path.iterdir()) == before
    assert list(ConfigFile().load()) == ["worker"]


def test_commands_say_where_it_stands(
    given: Callable[[str], str], storage: Callable[..., Outcome]
) -> None:
    given(TEXT)
    assert storage("path").out == f"{VARIABLE}\n"
    assert storage("path", "--json").json == {"path": None, "exists": False}
    listed = storage("ls", "--json").json
    assert (listed["path"], listed["default"]) == (None, "worker")
    assert storage("validate").out == f"{VARIABLE}: no problems\n"
    assert storage("validate", "--json").json == {"path": None, "problems": [], "warnings": []}
    key = storage("write", stdin=b"here").out.strip()
    assert storage("read", key).out == "here"
    given("# nothing\n")
    empty = storage("ls").out
    assert empty.startswith(f"No storage configurations in {VARIABLE} yet.")
    assert "storage create" not in empty
    given('[storage.s3]\ntype = "s3"\nbucket = "data"\naws_secret_access_key = "plain"\n')
    warned = storage("validate").err
    assert f"{VARIABLE}:4: AWS Secret Access Key stands in the variable as it is" in warned
    assert "move-secret" not in warned


def test_the_app_shows_it_and_says_that_it_cannot_be_changed(given: Callable[[str], str]) -> None:
    given(TEXT)
    workspace = Workspace()
    snapshot = workspace.load()
    assert (workspace.shown_path, snapshot.read_only) == (VARIABLE, f"{VARIABLE} is never written")
    assert workspace.stamp() is not None
    assert workspace.versions() == []


def test_a_worker_in_another_process_gets_a_pickled_store_or_the_text(
    given: Callable[[str], str],
) -> None:
    given(TEXT)
    with storage_core.get_store("worker") as store:
        key = store.write(b"for all")
        sent = pickle.dumps(store)
    for program in (
        f"import pickle; print(pickle.loads({sent!r}).read({key!r}))",
        f"import storage_core; print(storage_core.get_store().read({key!r}))",
    ):
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )
        assert done.stdout == "b'for all'\n"
