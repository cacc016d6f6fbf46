"""A transaction: what was looked at under the lock holds until it is saved, or nothing is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from threading import Thread

import pytest

from storage_core import ConfigFile, LocalStorage
from storage_core.config import history
from storage_core.config.toml import edit
from storage_core.config.transaction import Transaction
from storage_core.errors import ConfigConflict, ConfigurationError, StorageNotFound

TEXT = """\
default = "prod"  # ours

[storage.prod]
type = "s3"
bucket = "acme"

[storage.laptop]
type = "local"
storage_path = "/data"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "storage.toml"
    path.write_text(TEXT)
    return path


def test_several_changes_are_saved_in_one_step_and_are_one_version(path: Path) -> None:
    with ConfigFile(path).transaction() as edit:
        edit.update("prod", bucket="acme-2")
        edit.rename("prod", "live")
        edit.delete("laptop")
        edit.add(LocalStorage(storage_path="/more"), "more", default=True)
        assert path.read_text() == TEXT
    found = ConfigFile(path).load()
    assert (list(found), found.default) == (["live", "more"], "more")
    assert [history.text_of(each) for each in history.versions(str(path))] == [TEXT]


def test_each_change_sees_those_before_it(path: Path) -> None:
    with ConfigFile(path).transaction() as edit:
        edit.rename("laptop", "notebook")
        assert edit.find("notebook").table["storage_path"] == "/data"
        assert list(edit.load()) == ["prod", "notebook"]
        with pytest.raises(StorageNotFound):
            edit.find("laptop")


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_leaving_by_an_exception_changes_nothing(path: Path, error: type[BaseException]) -> None:
    def interrupted(edit: Transaction) -> None:
        edit.delete("laptop")
        raise error

    with pytest.raises(error), ConfigFile(path).transaction() as edit:
        interrupted(edit)
    assert path.read_text() == TEXT
    assert not edit.saved
    assert history.versions(str(path)) == []
    ConfigFile(path).delete("laptop")


REFUSED: list[Callable[[Transaction], object]] = [
    lambda edit: edit.update_settings("prod", {"bucket": "acme-2"}, name="laptop"),
    lambda edit: edit.update_settings("prod", {"bucket": "acme-2"}, name="A\tB"),
    lambda edit: edit.add(LocalStorage(storage_path="/more"), "laptop", default=True),
    lambda edit: edit.rename("prod", "laptop"),
    lambda edit: edit.duplicate("prod", "laptop"),
    lambda edit: edit.delete("gone"),
    lambda edit: edit.set_default("gone"),
]


@pytest.mark.parametrize("change", REFUSED)
def test_a_change_that_is_refused_and_caught_leaves_nothing_of_itself(
    path: Path, change: Callable[[Transaction], object]
) -> None:
    with ConfigFile(path).transaction() as edit:
        with pytest.raises((ConfigConflict, ConfigurationError, StorageNotFound)):
            change(edit)
        assert edit.text == TEXT
        edit.reset_default()
    assert path.read_text() == TEXT.partition("\n\n")[2]


def test_nothing_is_written_when_nothing_changed(path: Path) -> None:
    before = path.stat()
    with ConfigFile(path).transaction() as edit:
        edit.set_default("laptop")
        edit.set_default("prod")
    assert path.stat() == before
    assert not edit.saved
    assert history.versions(str(path)) == []


def test_another_program_waits_until_the_end(path: Path) -> None:
    other = Thread(target=lambda: ConfigFile(path).rename("prod", "theirs"))
    with ConfigFile(path).transaction() as edit:
        other.start()
        other.join(0.3)
        assert other.is_alive()
        edit.rename("laptop", "ours")
    other.join()
    assert list(ConfigFile(path).load()) == ["theirs", "ours"]


def test_a_text_as_a_whole_is_verified(path: Path) -> None:
    file = ConfigFile(path)
    with file.transaction() as edit:
        edit.text = "[storage]\n"
    assert path.read_text() == "[storage]\n"
    with pytest.raises(ConfigurationError, match="not TOML"), file.transaction() as edit:
        edit.text = "[half"
    assert path.read_text() == "[storage]\n"


def test_a_file_of_a_newer_version_is_not_opened_for_changes(path: Path) -> None:
    path.write_text(f"version = 99\n{TEXT}")
    with (
        pytest.raises(ConfigurationError, match="newer than this program"),
        ConfigFile(path).transaction(),
    ):
        pytest.fail("opened")


def test_an_edit_that_cannot_be_done_safely_is_refused_with_file_and_line(path: Path) -> None:
    path.write_text('[[storage]]\ntype = "s3"\n')
    with (
        pytest.raises(ConfigurationError, match=r"storage\.toml:1: storage.* edit it by hand"),
        ConfigFile(path).transaction() as edit,
    ):
        edit.add(LocalStorage(storage_path="/data"), "laptop")


def test_values_that_are_nested_too_deeply_to_be_compared_are_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_deep(*_: object) -> bool:
        raise RecursionError

    # How deep that is depends on the Python.
    monkeypatch.setattr(edit, "same", too_deep)
    with pytest.raises(ConfigurationError, match=r"storage\.toml: its values are nested too deep"):
        ConfigFile(path).set_default("laptop")
    assert path.read_text() == TEXT


def test_wrong_settings_are_refused_before_anything_is_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "storage.toml"
    with pytest.raises(ConfigurationError):
        ConfigFile(path).add(LocalStorage(storage_path=""), "laptop")
    assert not path.parent.exists()


def test_a_transaction_shows_no_secret(path: Path) -> None:
    secret = token_hex()
    path.write_text(
        f'{TEXT}\n[storage.b]\ntype = "kv"\napi_address = "http://h"\ntoken = "{secret}"\n'
    )
    with ConfigFile(path).transaction() as edit:
        edit.update("b", token="env:TOKEN")
        assert secret not in f"{edit!r} {edit.moved!r}"
    assert [each.secret for each in edit.moved] == [secret]
    assert secret not in "".join(Path(each).read_text() for each in history.files(str(path)))
