"""Settings, name and type of one configuration change in one step; and which names are refused."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from secrets import token_hex

import pytest

from storage_core import ConfigFile, LocalStorage, S3Storage, TemporaryLocalStorage
from storage_core.config import history
from storage_core.config.model import names
from storage_core.config.transaction import Transaction
from storage_core.errors import ConfigConflict, ConfigurationError

TEXT = """\
default = "prod"  # ours

[storage.prod]  # paid by the platform team
type = "s3"
bucket = "acme"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "storage.toml"
    path.write_text(TEXT)
    return path


def test_settings_and_name_change_in_one_step(path: Path) -> None:
    file = ConfigFile(path)
    derived = file.load()["prod"].id
    saved = file.update_settings("prod", {"bucket": "acme-2"}, name=" live ")
    assert saved == file.load()["live"]
    assert (saved.name, saved.id, file.load().default) == ("live", derived, "live")
    assert "[storage.live]  # paid by the platform team" in path.read_text()
    assert len(history.versions(str(path))) == 1


def test_nothing_is_written_when_the_name_is_taken_in_between(path: Path) -> None:
    theirs = f'{TEXT}\n[storage.live]\ntype = "temporary"\n'

    class Overtaken(ConfigFile):
        def transaction(self) -> AbstractContextManager[Transaction]:
            path.write_text(theirs)
            return super().transaction()

    with pytest.raises(ConfigConflict, match="taken"):
        Overtaken(path).update_settings("prod", {"bucket": "acme-2"}, name="live")
    assert path.read_text() == theirs


def test_an_unknown_type_is_replaced_and_the_rest_of_the_table_kept(path: Path) -> None:
    path.write_text(TEXT.replace('"s3"', '"s4"  # the new one'))
    file = ConfigFile(path)
    with pytest.raises(ConfigurationError, match="unknown"):
        file.update_settings("prod", {"bucket": "acme-2"})
    file.update_settings("prod", {}, cls=S3Storage)
    assert file.load()["prod"].location == "s3://acme"
    assert 'type = "s3"  # the new one\nbucket = "acme"\n' in path.read_text()


def test_a_secret_that_is_moved_while_the_type_is_mended_leaves_the_history(path: Path) -> None:
    secret = token_hex()
    path.write_text(
        f'{TEXT}aws_access_key_id = "AKIAEXAMPLE"\naws_secret_access_key = "{secret}"\n'.replace(
            '"s3"', '"s4"'
        )
    )
    file = ConfigFile(path)
    file.update_settings("prod", {"aws_secret_access_key": "env:X"}, cls=S3Storage)
    versions = [history.text_of(version) for version in history.versions(str(path))]
    assert secret not in "".join([path.read_text(), *versions])


@pytest.mark.parametrize("content", ["prod = 5\n", '[storage.prod.live]\ntype = "s3"\n'])
def test_what_only_a_text_editor_can_mend_says_so(path: Path, content: str) -> None:
    path.write_text(content.replace("prod = 5", "[storage]\nprod = 5"))
    assert ConfigFile(path).load().entries["prod"].by_hand


@pytest.mark.parametrize("content", [TEXT, TEXT.replace("s3", "s4"), '[storage.prod]\nbucket="a"'])
def test_what_a_form_can_mend_is_not_left_to_a_text_editor(path: Path, content: str) -> None:
    path.write_text(content)
    assert not ConfigFile(path).load().entries["prod"].by_hand


@pytest.mark.parametrize(
    "name", ["Temporary Local Storage", "temporary local storage", " TEMPORARY  Local Storage "]
)
def test_no_configuration_is_given_the_name_of_what_is_used_without_a_default(
    path: Path, name: str
) -> None:
    file = ConfigFile(path)
    changes: list[Callable[[], object]] = [
        lambda: file.add(LocalStorage(storage_path="/data"), name=name),
        lambda: file.rename("prod", name),
        lambda: file.duplicate("prod", name),
        lambda: file.update_settings("prod", {"bucket": "b"}, name=name),
    ]
    for change in changes:
        with pytest.raises(ConfigurationError, match="used when no default is set"):
            change()
    assert path.read_text() == TEXT


def test_a_file_that_has_that_name_is_read_and_its_settings_are_changed(path: Path) -> None:
    name = names.BUILT_IN
    assert name == TemporaryLocalStorage.label
    path.write_text(TEXT.replace('"prod"', f'"{name}"').replace(".prod", f'."{name}"'))
    file = ConfigFile(path)
    assert file.load().default == name
    file.update_settings(name, {"bucket": "b"}, name=name)
    assert tomllib.loads(path.read_text())["storage"][name]["bucket"] == "b"


def test_what_an_update_returns_is_opened_below_the_file_and_not_where_one_is(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    path.write_text('[storage.laptop]\ntype = "local"\nstorage_path = "data"\n')
    file = ConfigFile(path)
    saved = file.update("laptop", protected=True)
    assert saved == file.load()["laptop"]
    assert saved.location == str(tmp_path / "data")
    assert 'storage_path = "data"' in path.read_text()


def test_a_value_of_the_wrong_kind_that_says_what_is_meant_is_written_right(path: Path) -> None:
    path.write_text(TEXT + 'timeout = "5"  # seconds\nprotected = 1\n')
    file = ConfigFile(path)
    file.update("prod", prefix="a")
    assert file.load().problems == ()
    assert "timeout = 5  # seconds\nprotected = true\n" in path.read_text()
