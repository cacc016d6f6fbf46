"""The last versions of the file are kept, private, and give a secret up when the file does."""

from __future__ import annotations

import json
import os
import stat
import time
import tomllib
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

import pytest

import storage_core
from storage_core import (
    ConfigFile,
    FileStorage,
    GoogleCloudStorage,
    LocalStorage,
    S3Storage,
)
from storage_core.config import history
from storage_core.config.transaction import Transaction
from tests.quoting import in_toml


@pytest.fixture
def file(tmp_path: Path) -> ConfigFile:
    return ConfigFile(tmp_path / "storage.toml")


def kept(file: ConfigFile) -> list[str]:
    return [history.text_of(version) for version in history.versions(file.path)]


def test_every_change_keeps_the_text_it_replaces(file: ConfigFile) -> None:
    texts = []
    for n in range(3):
        file.add(LocalStorage(storage_path=f"/data/{n}"), name=f"s{n}")
        texts.append(Path(file.path).read_text())
    assert kept(file) == [texts[1], texts[0]]


def test_the_folder_and_its_files_are_for_the_owner_only(file: ConfigFile, home: Path) -> None:
    file.add(LocalStorage(storage_path="/data"), name="a")
    file.delete("a")
    paths = [home / "history", *(home / "history").rglob("*")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_dir()} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_file()} == {0o600}


def test_the_number_of_versions_is_bounded_and_the_newest_stay(file: ConfigFile) -> None:
    file.add(LocalStorage(storage_path="/data"), name="a")
    for n in range(history.KEPT + 5):
        file.update("a", storage_path=f"/data/{n}")
    texts = kept(file)
    assert len(texts) == history.KEPT
    assert f'"/data/{history.KEPT + 3}"' in texts[0]


def test_a_change_that_changes_nothing_is_not_kept(file: ConfigFile) -> None:
    file.add(LocalStorage(storage_path="/data"), name="a")
    file.rename("a", "a")
    file.reset_default()
    assert kept(file) == []


def test_a_version_is_restored_even_when_the_file_is_broken(file: ConfigFile) -> None:
    file.add(LocalStorage(storage_path="/data"), name="a")
    good = Path(file.path).read_text()
    file.delete("a")
    Path(file.path).write_bytes(b"[storage\xff")
    history.restore(file.path, history.find(file.path, "2"))
    assert Path(file.path).read_text() == good
    # What was broken is kept too: somebody may have typed a lot.
    assert Path(history.versions(file.path)[0].path).read_bytes() == b"[storage\xff"


def test_what_was_saved_last_is_a_version_once_somebody_has_changed_the_file_by_hand(
    file: ConfigFile,
) -> None:
    file.add(LocalStorage(storage_path="/data"), name="a")
    saved = Path(file.path).read_text()
    assert kept(file) == []
    Path(file.path).write_text(by_hand := saved.replace("/data", "/by/hand"))
    assert kept(file) == [saved]
    file.rename("a", "b")
    assert kept(file) == [by_hand, saved]
    Path(file.path).write_text("[storage\n")
    changed = time.time()
    os.utime(file.path, (changed, changed))
    newest = history.versions(file.path)[0]
    assert "storage.b" in history.text_of(newest)
    assert abs(newest.when.timestamp() - changed) < 0.001
    history.restore(file.path, newest)
    assert "storage.b" in Path(file.path).read_text()
    assert kept(file)[0] == "[storage\n"


def test_a_save_that_fails_leaves_no_version_and_no_wrong_time(file: ConfigFile) -> None:
    file.add(LocalStorage(storage_path="/data"), name="a")
    text = Path(file.path).read_text()
    Path(file.path).chmod(0o400)
    with pytest.raises(storage_core.ConfigurationError, match="read-only"):
        file.rename("a", "b")
    assert kept(file) == []
    Path(file.path).chmod(0o600)
    before = datetime.now(UTC)
    file.rename("a", "b")
    [version] = history.versions(file.path)
    assert history.text_of(version) == text
    assert version.when >= before


def test_a_version_is_restored_when_the_file_is_gone(file: ConfigFile) -> None:
    file.add(LocalStorage(storage_path="/data"), name="a")
    file.update("a", storage_path="/other")
    Path(file.path).unlink()
    history.restore(file.path, history.versions(file.path)[0])
    assert file.load()["a"].location == "/other"
    assert stat.S_IMODE(Path(file.path).stat().st_mode) == 0o600


def test_a_version_that_is_not_kept_is_not_found(file: ConfigFile) -> None:
    with pytest.raises(storage_core.StorageNotFound, match="storage restore"):
        history.find(file.path, "1")


def test_two_files_have_histories_of_their_own(file: ConfigFile, tmp_path: Path) -> None:
    other = ConfigFile(tmp_path / "other" / "storage.toml")
    file.add(LocalStorage(storage_path="/data"), name="a")
    file.delete("a")
    assert history.versions(other.path) == []


def test_a_history_that_cannot_be_written_does_not_stop_a_change(
    file: ConfigFile, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    home.mkdir()
    (home / "history").write_text("in the way")
    file.add(LocalStorage(storage_path="/data"), name="a")
    file.update("a", storage_path="/other")
    assert file.load()["a"].location == "/other"
    assert "history" in caplog.text


class TestMovingASecretOut:
    @pytest.fixture
    def secret(self, file: ConfigFile) -> str:
        secret = token_hex(20)
        file.add(
            S3Storage(bucket="b", aws_access_key_id="AKIAEXAMPLE", aws_secret_access_key=secret),
            name="prod",
        )
        file.update("prod", prefix="a")
        file.duplicate("prod", "copy")
        assert all(secret in text for text in kept(file))
        return secret

    def test_into_a_file_takes_it_out_of_file_and_history(
        self, file: ConfigFile, secret: str, tmp_path: Path
    ) -> None:
        file.delete("copy")
        target = tmp_path / "secret"
        file.move_secret("prod", "aws_secret_access_key", f"file:{target}")
        assert target.read_text() == secret
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        assert secret not in Path(file.path).read_text()
        assert len(kept(file)) >= 3
        assert not [text for text in kept(file) if secret in text]
        assert in_toml(f"file:{target}") in kept(file)[0]

    def test_by_an_edit_does_so_too_and_drops_what_cannot_be_cleaned(
        self, file: ConfigFile, secret: str
    ) -> None:
        path = Path(file.path)
        path.write_text(f"# the old key was {secret}\n{path.read_text()}")
        file.update("prod", prefix="b")
        versions = len(kept(file))
        file.update("prod", aws_secret_access_key="env:PROD_SECRET")
        assert not [text for text in kept(file) if secret in text]
        assert len(kept(file)) < versions + 1

    def test_written_as_a_literal_does_so_too(self, file: ConfigFile, secret: str) -> None:
        file.update("prod", aws_secret_access_key=f"literal:{secret}")
        file.delete("copy")
        file.update("prod", aws_secret_access_key="env:PROD_SECRET")
        assert not [text for text in kept(file) if secret in text]
        assert "env:PROD_SECRET" in kept(file)[0]

    def test_from_inside_of_options_does_so_too(self, file: ConfigFile) -> None:
        secret, other = token_hex(20), token_hex(20)
        client = {"proxy": f"literal:{secret}", "region": "here"}
        options = {"client": client, "password": secret, "token": other}
        file.add(FileStorage(base_path="memory://x", options=options), name="a")
        file.update("a", key_type="uuid")
        moved = {"client": {"region": "here"}, "password": {"ref": "env:P"}, "token": other}
        file.update("a", options=moved)
        assert not [text for text in kept(file) if secret in text]
        assert all(other in text for text in kept(file))
        options = tomllib.loads(kept(file)[0])["storage"]["a"]["options"]
        assert options["password"] == {"ref": "env:P"}

    def test_from_a_url_into_options_drops_the_versions_that_had_it(self, file: ConfigFile) -> None:
        secret = token_hex(20)
        file.add(LocalStorage(storage_path="/data"), name="local")
        file.add(FileStorage(base_path=f"ftp://me:{secret}@host/folder"), name="a")
        file.update("a", key_type="uuid")
        file.update("a", base_path="ftp://me@host/folder", options={"password": {"ref": "env:P"}})
        assert len(kept(file)) == 1
        assert secret not in kept(file)[0]

    def test_of_several_lines_finds_it_however_it_is_quoted(self, file: ConfigFile) -> None:
        key = token_hex(20)
        account = json.dumps(
            {"type": "service_account", "client_email": "a@b.example", "private_key": key}, indent=2
        )
        file.add(GoogleCloudStorage(bucket="b", service_account_info=account), name="a")
        file.update("a", prefix="p")
        file.duplicate("a", "b")
        assert len([text for text in kept(file) if key in text]) == 2
        file.update("a", service_account_info="file:/run/account.json")
        assert not [text for text in kept(file) if key in text]
        assert "file:/run/account.json" in kept(file)[0]

    def test_looks_at_every_version_whatever_becomes_of_one(
        self, file: ConfigFile, secret: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        newest, *older = (Path(version.path) for version in history.versions(file.path))
        newest.write_bytes(b"# \xff " + secret.encode())
        found = history.files

        def overtaken(path: str) -> list[str]:
            first, *others = found(path)
            return [first, f"{first}-gone", *others]

        monkeypatch.setattr(history, "files", overtaken)
        file.update("prod", aws_secret_access_key="env:PROD_SECRET")
        monkeypatch.undo()
        assert not newest.exists()
        assert all(path.exists() for path in older)
        assert not [text for text in kept(file) if secret in text]

    def test_names_at_the_end_what_it_could_not_look_at(
        self, file: ConfigFile, secret: str
    ) -> None:
        newest, *older = (Path(version.path) for version in history.versions(file.path))
        newest.unlink()
        newest.mkdir()
        with pytest.raises(storage_core.ConfigurationError, match="delete that file") as caught:
            file.update("prod", aws_secret_access_key="env:PROD_SECRET")
        assert newest.name in str(caught.value)
        assert not [path for path in older if secret in path.read_text()]
        newest.rmdir()

    @pytest.mark.parametrize("key", ["aws-secret-access-key", "aws_secret_acces_key"])
    def test_from_a_misspelt_key_does_so_too(self, file: ConfigFile, key: str) -> None:
        secret = token_hex(20)
        Path(file.path).write_text(
            '[storage.a]\ntype = "s3"\nbucket = "b"\naws_access_key_id = "AKIAEXAMPLE"\n'
            f'{key} = "{secret}"\n'
        )
        file.update_settings("a", {key: None, "aws_secret_access_key": "env:X"})
        assert len(kept(file)) == 1
        assert secret not in kept(file)[0]

    @pytest.mark.parametrize("key", ["password_for_s3", "my_api_key", "theSecret"])
    def test_from_a_key_that_is_like_none_does_so_too(self, file: ConfigFile, key: str) -> None:
        secret, note = token_hex(20), token_hex(20)
        Path(file.path).write_text(
            '[storage.a]\ntype = "s3"\nbucket = "b"\naws_access_key_id = "AKIAEXAMPLE"\n'
            f'{key} = "{secret}"\nremark = "{note}"\n'
        )
        dropped = {key: None, "remark": None}
        file.update_settings("a", {**dropped, "aws_secret_access_key": "env:X"})
        assert [secret in text for text in kept(file)] == [False]
        assert note in kept(file)[0]

    def test_from_a_list_in_options_does_so_too(self, file: ConfigFile) -> None:
        secret, other = token_hex(20), token_hex(20)
        options = {"tokens": [secret, other], "chain": [{"password": secret}]}
        file.add(FileStorage(base_path="memory://x", options=options), name="a")
        reference = {"ref": "env:X"}
        moved = {"tokens": [reference, other], "chain": [{"password": reference}]}
        file.update("a", options=moved)
        version, saved = [Path(path).read_text() for path in history.files(file.path)]
        assert saved == Path(file.path).read_text()
        assert tomllib.loads(version)["storage"]["a"]["options"] == moved

    def test_and_giving_it_up_for_another_or_for_none_keeps_the_way_back(
        self, file: ConfigFile, secret: str
    ) -> None:
        file.update("prod", aws_secret_access_key=token_hex(20))
        assert secret in kept(file)[0]
        file.update("copy", aws_access_key_id=None, aws_secret_access_key=None)
        file.delete("prod")
        assert all(secret in text for text in kept(file)[1:])
        Path(file.path).write_text(f'[storage.a]\ntype = "temporary"\npassword = "{secret}"\n')
        file.update("a", password=None, protected=True)
        assert secret in kept(file)[0]

    def test_another_secret_that_stands_there_by_then_is_kept(
        self, file: ConfigFile, secret: str, tmp_path: Path
    ) -> None:
        newer = token_hex(20)

        class Overtaken(ConfigFile):
            def transaction(self) -> AbstractContextManager[Transaction]:
                file.update("prod", aws_secret_access_key=newer)
                return super().transaction()

        reference = f"file:{tmp_path / 'secret'}"
        with pytest.raises(storage_core.ConfigConflict, match="holds what it was before"):
            Overtaken(file.path).move_secret("prod", "aws_secret_access_key", reference)
        assert newer in Path(file.path).read_text()

    def test_into_a_variable_that_holds_something_else_is_refused(
        self, file: ConfigFile, secret: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for value in (None, "other"):
            if value:
                monkeypatch.setenv("PROD_SECRET", value)
            with pytest.raises(storage_core.ConfigurationError, match="PROD_SECRET"):
                file.move_secret("prod", "aws_secret_access_key", "env:PROD_SECRET")
        assert secret in Path(file.path).read_text()

    def test_into_an_existing_file_never_overwrites_it(
        self, file: ConfigFile, secret: str, tmp_path: Path
    ) -> None:
        target = tmp_path / "secret"
        target.write_text("of somebody else")
        with pytest.raises(storage_core.ConfigurationError, match="something else"):
            file.move_secret("prod", "aws_secret_access_key", f"file:{target}")
        assert target.read_text() == "of somebody else"
        assert secret in Path(file.path).read_text()

    def test_what_is_no_secret_cannot_be_moved(self, file: ConfigFile, secret: str) -> None:
        for setting in ("bucket", "aws_session_token", "nonsense"):
            with pytest.raises(storage_core.ConfigurationError):
                file.move_secret("prod", setting, "env:X")


def test_a_secret_is_forgotten_in_what_was_saved_last_although_that_could_not_be_renewed(
    file: ConfigFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = token_hex(20)
    monkeypatch.setenv("A_SECRET", secret)
    file.add(
        S3Storage(bucket="b", aws_access_key_id="AKIAEXAMPLE", aws_secret_access_key=secret),
        name="a",
    )
    monkeypatch.setattr(history, "saved", lambda path, data: None)
    file.move_secret("a", "aws_secret_access_key", "env:A_SECRET")
    kept_files = [Path(path) for path in history.files(file.path)]
    assert kept_files
    assert not [path for path in kept_files[0].parent.iterdir() if secret in path.read_text()]
