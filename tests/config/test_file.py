"""`ConfigFile`: every change lands in the file, keeps what others wrote, and refuses bad input."""

from __future__ import annotations

import stat
import tomllib
from collections.abc import Callable
from json import loads
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

import storage_core
from storage_core import ConfigFile, FileStorage, GoogleCloudStorage, LocalStorage, S3Storage

WRITTEN_BY_HAND = """\
# Where our results go. Ask Kim before changing prod!
version = 1
default = "prod"   # since March

[app.keys]
new = "ctrl+n"

# paid by the platform team
[storage.prod]
type = "s3"          # the real one
bucket = "acme-results"
region_name = "eu-west-1"

[storage.laptop]
type = "local"
storage_path = "~/data"
"""


@pytest.fixture
def file(tmp_path: Path) -> ConfigFile:
    return ConfigFile(tmp_path / "storage.toml")


@pytest.fixture
def by_hand(file: ConfigFile) -> ConfigFile:
    Path(file.path).write_text(WRITTEN_BY_HAND)
    return file


def text_of(file: ConfigFile) -> str:
    return Path(file.path).read_text()


def data_of(file: ConfigFile) -> dict[str, Any]:
    return tomllib.loads(text_of(file))


def test_a_new_file_is_private_and_readable_by_people(file: ConfigFile) -> None:
    saved = file.add(S3Storage(bucket="acme", region_name="eu-west-1"), name="prod", default=True)
    assert stat.S_IMODE(Path(file.path).stat().st_mode) == 0o600
    assert text_of(file) == (
        'version = 1\ndefault = "prod"\n\n[storage.prod]\n'
        f'id = "{saved.id}"\ntype = "s3"\nbucket = "acme"\nregion_name = "eu-west-1"\n'
    )
    assert file.load()["prod"] == saved
    assert file.load().default == "prod"


def test_adding_leaves_everything_else_as_it_was(by_hand: ConfigFile) -> None:
    by_hand.add(FileStorage(base_path="memory://share", key_type="uuid"), name="team share")
    assert text_of(by_hand).startswith(WRITTEN_BY_HAND)
    assert data_of(by_hand)["storage"]["team share"]["key_type"] == "uuid"
    assert '[storage."team share"]' in text_of(by_hand)


def test_updating_writes_only_what_changes_and_an_id_at_the_first_edit(by_hand: ConfigFile) -> None:
    derived = by_hand.load()["prod"].id
    by_hand.update("prod", bucket="acme-results-2", region_name=None, prefix="/team/a/")
    lines = text_of(by_hand).splitlines()
    assert lines[0] == WRITTEN_BY_HAND.splitlines()[0]
    assert 'type = "s3"          # the real one' in lines
    assert data_of(by_hand)["storage"]["prod"] == {
        "type": "s3",
        "bucket": "acme-results-2",
        "id": derived,
        "prefix": "team/a",
    }
    assert by_hand.load()["prod"].id == derived


def test_an_update_mends_a_broken_table(file: ConfigFile) -> None:
    Path(file.path).write_text('[storage.a]\ntype = "s3"\nbukcet = "b"\n')
    with pytest.raises(storage_core.InvalidSettings, match="bukcet"):
        file.update("a", bucket="b")
    file.update("a", bucket="b", bukcet=None)
    assert file.load()["a"].location == "s3://b"


def test_renaming_carries_default_comments_and_id_along(by_hand: ConfigFile) -> None:
    derived = by_hand.load()["prod"].id
    by_hand.rename("prod", "prod-results")
    loaded = by_hand.load()
    assert loaded.default == "prod-results"
    assert loaded["prod-results"].id == derived
    assert list(loaded) == ["prod-results", "laptop"]
    assert "# paid by the platform team\n[storage.prod-results]\n" in text_of(by_hand)
    assert "# since March" in text_of(by_hand)


def test_renaming_to_the_same_name_changes_nothing(by_hand: ConfigFile) -> None:
    by_hand.rename("prod", "prod")
    assert text_of(by_hand) == WRITTEN_BY_HAND


def test_deleting_the_default_resets_it(by_hand: ConfigFile) -> None:
    by_hand.delete("prod")
    assert list(by_hand.load()) == ["laptop"]
    assert by_hand.load().default is None
    assert "Ask Kim before changing prod!" in text_of(by_hand)
    assert data_of(by_hand)["app"] == {"keys": {"new": "ctrl+n"}}


def test_a_broken_table_can_be_deleted(file: ConfigFile) -> None:
    Path(file.path).write_text('[storage.a]\ntype = "s4"\n\n[storage.b]\ntype = "temporary"\n')
    file.delete("a")
    assert list(file.load()) == ["b"]
    assert not file.load().problems


def test_duplicating_gives_a_new_id(by_hand: ConfigFile) -> None:
    copy = by_hand.duplicate("laptop", "laptop 2")
    loaded = by_hand.load()
    assert loaded["laptop 2"].location == "~/data"
    assert loaded["laptop 2"].id == copy.id != loaded["laptop"].id


def test_the_default_is_set_by_id_and_reset(by_hand: ConfigFile) -> None:
    laptop = by_hand.load()["laptop"]
    assert by_hand.set_default((laptop.id or "")[:8]) == "laptop"
    changed = next(line for line in text_of(by_hand).splitlines() if line.startswith("default"))
    assert changed.split("#")[0].strip() == 'default = "laptop"'
    assert changed.endswith("# since March")
    by_hand.reset_default()
    assert by_hand.load().default is None
    by_hand.reset_default()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "must not be empty"),
        ("   ", "must not be empty"),
        ("x" * 201, "longer than 200"),
        ("a\nb", "control"),
        ("61354abf-7cc8-4c2c-b890-78b1f985a9fb", "look like an ID"),
        ("prod", "is taken"),
    ],
)
def test_a_name_that_cannot_be_is_refused(by_hand: ConfigFile, name: str, words: str) -> None:
    with pytest.raises(storage_core.StorageError, match=words):
        by_hand.add(LocalStorage(storage_path="/x"), name=name)
    with pytest.raises(storage_core.StorageError, match=words):
        by_hand.rename("laptop", name)
    assert text_of(by_hand) == WRITTEN_BY_HAND


@pytest.mark.parametrize("name", ["[/foo]", "ключи", 'say "hi"', "a.b", "日本", "-x", "#1", "a\\b"])
def test_any_printable_name_survives_the_file(file: ConfigFile, name: str) -> None:
    file.add(LocalStorage(storage_path="/x"), name=name, default=True)
    assert file.load().default == name
    assert file.get() == file.load()[name]
    file.rename(name, name + " ✓")
    file.update(name + " ✓", storage_path="/y")
    file.delete(name + " ✓")
    assert not file.load().entries


def test_rename_and_delete_do_not_take_the_start_of_an_id(by_hand: ConfigFile) -> None:
    start = (by_hand.load()["laptop"].id or "")[:8]
    with pytest.raises(storage_core.StorageNotFound):
        by_hand.delete(start)
    with pytest.raises(storage_core.StorageNotFound):
        by_hand.rename(start, "new")


def test_a_file_of_a_newer_version_is_read_and_never_rewritten(by_hand: ConfigFile) -> None:
    newer = WRITTEN_BY_HAND.replace("version = 1", "version = 2")
    Path(by_hand.path).write_text(newer)
    assert by_hand.load()["laptop"].location == "~/data"
    for change in (by_hand.reset_default, lambda: by_hand.delete("prod")):
        with pytest.raises(storage_core.ConfigurationError, match="update the program"):
            change()
    assert text_of(by_hand) == newer


def test_a_file_that_does_not_parse_is_never_written(file: ConfigFile) -> None:
    Path(file.path).write_text("[storage.a\n")
    for change in (
        lambda: file.add(LocalStorage(storage_path="/x"), name="b"),
        file.reset_default,
        lambda: file.delete("a"),
    ):
        with pytest.raises(storage_core.ConfigurationError, match=":1: not TOML"):
            change()
    assert text_of(file) == "[storage.a\n"


def test_a_relative_path_becomes_absolute_and_a_tilde_stays(
    file: ConfigFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file.add(LocalStorage(storage_path="data"), name="a")
    file.add(LocalStorage(storage_path="~/data"), name="b")
    file.add(FileStorage(base_path="s3://bucket/x"), name="c")
    locations = [configuration.location for configuration in file.load().values()]
    assert locations == [str(tmp_path / "data"), "~/data", "s3://bucket/x"]


def test_path_objects_are_taken_for_paths(
    file: ConfigFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file.add(LocalStorage(storage_path=Path("data")), name="a")  # type: ignore[arg-type]
    file.add(FileStorage(base_path=tmp_path / "x"), name="b")  # type: ignore[arg-type]
    assert file.update("a", storage_path=Path("other")).location == str(tmp_path / "other")
    assert data_of(file)["storage"]["a"]["storage_path"] == str(tmp_path / "other")
    assert data_of(file)["storage"]["b"]["base_path"] == str(tmp_path / "x")


def test_a_mapping_is_kept_as_its_json(file: ConfigFile) -> None:
    info = {"type": "authorized_user", "refresh_token": token_hex(8)}
    file.add(
        GoogleCloudStorage(bucket="b", service_account_info=info),  # type: ignore[arg-type]
        name="g",
    )
    assert loads(data_of(file)["storage"]["g"]["service_account_info"]) == info
    file.update("g", service_account_info={**info, "client_id": "me"})
    saved = loads(data_of(file)["storage"]["g"]["service_account_info"])
    assert saved == {**info, "client_id": "me"}


def test_options_and_their_references_round_trip(file: ConfigFile) -> None:
    options = {"requester_pays": True, "sse": {"kms": {"ref": "env:KMS"}}, "hosts": ["a", "b"]}
    file.add(S3Storage(bucket="b", options=options), name="a")
    file.update("a", options={"requester_pays": False, "hosts": ["a"]})
    assert data_of(file)["storage"]["a"]["options"] == {"requester_pays": False, "hosts": ["a"]}
    file.update("a", options=None)
    assert "options" not in data_of(file)["storage"]["a"]


def test_every_fault_of_an_edit_is_named_at_once_and_nothing_is_written(file: ConfigFile) -> None:
    with pytest.raises(storage_core.InvalidSettings) as caught:
        file.add_settings(
            S3Storage, {"bucket": "a/b", "timeout": "soon", "aws_session_token": "env:"}, name="a"
        )
    assert {fault.name for fault in caught.value.faults} == {
        "bucket",
        "timeout",
        "aws_session_token",
    }
    assert not Path(file.path).exists()


def test_what_names_nothing_where_there_is_nothing_is_answered_with_the_file(
    file: ConfigFile,
) -> None:
    with pytest.raises(storage_core.StorageNotFound) as refused:
        file.get("prod")
    assert str(refused.value).endswith(f"none is configured in {file.path}")


def test_what_names_nothing_is_answered_with_what_may_be_meant(file: ConfigFile) -> None:
    saved = file.add(storage_core.LocalStorage(storage_path="/data"), name="prod-results")
    with pytest.raises(storage_core.StorageNotFound, match="did you mean 'prod-results'"):
        file.get("prod")
    with pytest.raises(storage_core.StorageNotFound, match="write the name or the whole ID"):
        file.delete(str(saved.id)[:6])


@pytest.mark.parametrize(
    ("misuse", "said"),
    [
        (lambda file: file.add("x", name="y"), "expected a storage configuration .*, not str"),
        (
            lambda file: file.add(None, name="y"),
            "expected a storage configuration .*, not NoneType",
        ),
        (
            lambda file: file.add(LocalStorage, name="y"),
            "expected a storage configuration .*, not the class LocalStorage",
        ),
        (
            lambda file: file.add(LocalStorage(storage_path="/x"), name=5),
            "the name must be a str, not int",
        ),
        (lambda file: file.rename("prod", None), "the name must be a str, not NoneType"),
        (lambda file: file.duplicate("prod", 5), "the name must be a str, not int"),
        *(
            (misuse, "a name or an ID of a configuration must be a str, not ")
            for misuse in (
                lambda file: file.set_default(None),
                lambda file: file.get(5),
                lambda file: file.update(5, bucket="b"),
                lambda file: file.delete(["prod"]),
                lambda file: file.load().find(b"prod"),
                lambda file: storage_core.get_store(5, config_path=file.path),
            )
        ),
    ],
)
def test_a_program_that_passes_the_wrong_type_is_told_which_is_right(
    by_hand: ConfigFile, misuse: Callable[[ConfigFile], object], said: str
) -> None:
    before = text_of(by_hand)
    with pytest.raises(TypeError, match=f"^{said}") as caught:
        misuse(by_hand)
    assert "\n" not in str(caught.value)
    assert text_of(by_hand) == before
