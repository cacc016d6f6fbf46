"""Bad input: every problem has its file, its line and what to do, and hides nothing else."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from secrets import token_hex

import pytest

import storage_core
from storage_core import ConfigFile

INTACT = '[storage.intact]\ntype = "local"\nstorage_path = "/data"\n'


@pytest.fixture
def file(tmp_path: Path) -> ConfigFile:
    return ConfigFile(tmp_path / "storage.toml")


def write(file: ConfigFile, text: str) -> None:
    Path(file.path).write_text(text)


def problems(file: ConfigFile, text: str) -> list[str]:
    """The problems of `text` in front of an intact configuration, which must stay usable."""
    write(file, f"{text}\n{INTACT}")
    loaded = file.load()
    assert loaded["intact"].location == "/data"
    return [str(problem) for problem in loaded.problems]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('[storage.a]\ntype = "s4"\n', 2, ["type 's4' is unknown", "did you mean 's3'?"]),
        ('[storage.a]\nbucket = "x"\n', 1, ["type is missing"]),
        ("[storage.a]\ntype = 3\n", 1, ["type is missing"]),
        ('[storage.a]\ntype = "s3"\n', 1, ["bucket is missing; add bucket (Bucket)"]),
        (
            '[storage.a]\ntype = "s3"\nbucket = "b"\nregoin_name = "x"\n',
            4,
            ["regoin_name", "did you mean region_name?"],
        ),
        ('[storage.a]\ntype = "s3"\nbucket = 5\n', 3, ["bucket must be text in quotes"]),
        ('[storage.a]\ntype = "s3"\nbucket = "s3://b"\n', 3, ["bucket must be the bare name"]),
        (
            '[storage.a]\ntype = "s3"\nbucket = "b"\nprefix = "a/../b"\n',
            4,
            ["prefix must not contain"],
        ),
        (
            '[storage.a]\ntype = "file"\nbase_path = "/x"\nkey_type = "sha"\n',
            4,
            ["key_type must be one of hash, uuid, timestamp"],
        ),
        (
            '[storage.a]\ntype = "azure"\ncontainer = "c"\n',
            1,
            ["connection_string is missing; add connection_string or account_name"],
        ),
        (
            '[storage.a]\ntype = "azure"\ncontainer = "c"\nconnection_string = ""\n',
            4,
            ["connection_string must not be empty"],
        ),
        (
            '[storage.a]\ntype = "s3"\nbucket = "b"\ntimeout = 0\n',
            4,
            ["timeout must be a number of seconds above 0"],
        ),
        ('[storage.a]\ntype = "local"\nstorage_path = ""\n', 3, ["storage_path must not be empty"]),
        ('[storage.a]\ntype = "temporary"\nid = "seven"\n', 3, ["id must be a UUID"]),
        ('[storage.a.b]\ntype = "temporary"\n', 1, ['write [storage."a.b"]']),
        (
            (
                '[storage.a]\ntype = "gcs"\nbucket = "b"\n'
                '[storage.a.service_account_info]\ntype = "service_account"\n'
            ),
            4,
            ["service_account_info must be the JSON as text in quotes"],
        ),
        ('[storage]\na = "local"\n', 2, ["must be a table", "[storage.a]"]),
        ('[[storage.a]]\ntype = "temporary"\n', 1, ["must be a table"]),
    ],
)
def test_a_broken_table_is_named_with_its_line_and_what_to_do(
    file: ConfigFile, text: str, line: int, words: list[str]
) -> None:
    found = problems(file, text)
    assert len(found) == 1, found
    assert found[0].startswith(f"{file.path}:{line}: ")
    assert "\n" not in found[0]
    for word in words:
        assert word in found[0]


def test_every_problem_of_a_table_is_found_at_once(file: ConfigFile) -> None:
    found = problems(file, '[storage.a]\ntype = "s3"\nbukcet = "b"\ntimeout = "long"\n')
    assert [word for line in found for word in ("bukcet", "timeout", "bucket is") if word in line]
    assert len(found) == 3


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('default = "gone"\n', 1, "the default 'gone' names no storage configuration"),
        ('version = 1\ndefault = "intac"\n', 2, "did you mean 'intact'?"),
        ("default = 3\n", 1, "default must be the name of a configuration"),
        ('version = "1"\n', 1, "version must be a number"),
        ("version = 0\n", 1, "version must be a number; write version = 1"),
        ("version = 7\n", 1, "version 7 is newer than this program knows (1)"),
        ('defualt = "intact"\n', 1, "'defualt' is unknown; did you mean default?"),
        ('[storages.x]\ntype = "local"\n', 1, "'storages' is unknown; did you mean storage?"),
        ('[store.x]\ntype = "local"\n', 1, "'store' is unknown; did you mean storage?"),
    ],
)
def test_a_problem_of_the_whole_file_has_its_line(
    file: ConfigFile, text: str, line: int, words: str
) -> None:
    found = problems(file, text)
    assert len(found) == 1, found
    assert found[0].startswith(f"{file.path}:{line}: ")
    assert words in found[0]


@pytest.mark.parametrize("name", ["tool.else", "session", "defaults", "storages.x", "age"])
def test_tables_of_others_are_no_problem_whatever_they_sound_like(
    file: ConfigFile, name: str
) -> None:
    assert problems(file, f'[app.keys]\nnew = "n"\n\n[{name}]\nx = 1\n') == []


def test_two_configurations_with_one_id_are_told_apart_by_name_only(file: ConfigFile) -> None:
    same = "61354abf-7cc8-4c2c-b890-78b1f985a9fb"
    table = f'type = "temporary"\nid = "{same}"\n'
    write(file, f"[storage.one]\n{table}\n[storage.two]\n{table}")
    loaded = file.load()
    assert list(loaded) == ["one"]
    assert [(p.name, p.line) for p in loaded.problems] == [("two", 7)]
    assert "[storage.one]" in str(loaded.problems[0])
    assert file.get("two") is not None
    with pytest.raises(storage_core.ConfigurationError, match="several configurations"):
        file.get(same)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"[storage.a\n", ":1: not TOML: the ] behind the name"),
        (b'version = 1\n\nx = "open\n', ":3: not TOML: a text is not closed where its line ends"),
        (b"x = open\n", ":1: not TOML: this is no value"),
        (b"x = [1,\n", ":2: not TOML: the file ends where a value"),
        (b"x = 1\nx = 2\n", ":2: not TOML: this key stands there twice"),
        (b"[a]\n[b]\n[a]\n", ":3: not TOML: this table stands there twice"),
        (b"version = 1\nname = \xff\xfe\n", ":2: not UTF-8"),
        (b"x = " + b"[" * 100_000, "not TOML"),
        (b"x = " + b"9" * 10_000, "not TOML"),
    ],
)
def test_a_file_that_is_no_toml_is_refused_with_its_line(
    file: ConfigFile, data: bytes, words: str
) -> None:
    Path(file.path).write_bytes(data)
    for call in (file.load, file.get):
        with pytest.raises(storage_core.ConfigurationError, match=words) as caught:
            call()
        assert file.path in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_folder_in_place_of_the_file_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(storage_core.ConfigurationError, match="is a folder"):
        ConfigFile(tmp_path).load()


def test_no_file_is_an_empty_one(file: ConfigFile) -> None:
    assert len(file.load()) == 0
    assert file.get() is None


def test_a_byte_order_mark_and_windows_line_ends_are_read(file: ConfigFile) -> None:
    text = '\ufeffdefault = "a"\r\n[storage.a]\r\ntype = "temporary"\r\n'
    Path(file.path).write_bytes(text.encode())
    loaded = file.load()
    assert loaded.default == "a"
    assert list(loaded) == ["a"]


def test_a_message_never_holds_the_value_of_a_secret(file: ConfigFile) -> None:
    secret = token_hex(20)
    for line in (
        f'aws_secret_acces_key = "{secret}"',
        f'aws_secret_access_key = ["{secret}"]',
        f'aws_secret_access_key = "{secret}"',
        f'timeout = "{secret}"',
        f'bucket = "{secret}/"',
    ):
        write(file, f'[storage.a]\ntype = "s3"\n{line}\n')
        loaded = file.load()
        assert loaded.problems
        assert secret not in "".join(map(str, loaded.problems))
        assert secret not in repr(loaded.entries)


def test_an_id_is_derived_from_the_name_where_there_is_none(file: ConfigFile) -> None:
    write(file, INTACT)
    derived = file.load()["intact"].id
    assert derived
    assert file.load()["intact"].id == derived
    assert file.load().find(derived).name == "intact"
    assert file.load().find(derived[:6]).name == "intact"
    with pytest.raises(storage_core.StorageNotFound):
        file.load().find(derived[:6], partial=False)


def test_a_start_of_an_id_must_be_unambiguous_and_four_long(file: ConfigFile) -> None:
    starts = ["61354abf-7cc8-4c2c-b890-78b1f985a9fb", "6135ffff-7cc8-4c2c-b890-78b1f985a9fb"]
    first, second = (f'[storage.s{n}]\ntype = "temporary"\nid = "{starts[n]}"\n' for n in (0, 1))
    write(file, first + second)
    loaded = file.load()
    assert loaded.find("61354").name == "s0"
    assert loaded.find(starts[1].upper()).name == "s1"
    with pytest.raises(storage_core.StorageNotFound, match="fits several"):
        loaded.find("6135")
    with pytest.raises(storage_core.StorageNotFound):
        loaded.find("613")


def test_a_name_wins_over_an_id(file: ConfigFile) -> None:
    table = 'type = "temporary"\n'
    write(
        file,
        f'[storage.6135]\n{table}id = "ffffffff-7cc8-4c2c-b890-78b1f985a9fb"\n'
        f'[storage.b]\n{table}id = "6135ffff-7cc8-4c2c-b890-78b1f985a9fb"\n',
    )
    assert file.load().find("6135").name == "6135"


def test_relative_paths_are_relative_to_the_file(file: ConfigFile, tmp_path: Path) -> None:
    write(file, '[storage.a]\ntype = "local"\nstorage_path = "data"\n')
    key = storage_core.get_store("a", config_path=file.path).write(b"x")
    assert (tmp_path / "data" / key).read_bytes() == b"x"


class TestTheDefault:
    def test_it_is_temporary_local_storage_when_the_file_says_none(self, file: ConfigFile) -> None:
        write(file, INTACT)
        store = storage_core.get_store(config_path=file.path)
        assert store.configuration.label == "Temporary Local Storage"

    def test_one_that_names_nothing_is_an_error_and_never_falls_back(
        self, file: ConfigFile
    ) -> None:
        write(file, f'default = "intakt"\n{INTACT}')
        with pytest.raises(storage_core.StorageNotFound, match="did you mean 'intact'") as caught:
            storage_core.get_store(config_path=file.path)
        assert isinstance(caught.value, storage_core.ConfigurationError)

    def test_one_that_is_broken_is_an_error(self, file: ConfigFile) -> None:
        write(file, 'default = "a"\n[storage.a]\ntype = "s3"\n')
        with pytest.raises(storage_core.ConfigurationError, match="bucket is missing"):
            storage_core.get_store(config_path=file.path)

    def test_the_environment_overrides_it_for_one_process(
        self, file: ConfigFile, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(file, f'{INTACT}[storage.b]\ntype = "temporary"\n')
        monkeypatch.setenv("STORAGE_DEFAULT", "intact")
        found = file.get()
        assert found
        assert found.name == "intact"
        monkeypatch.setenv("STORAGE_DEFAULT", found.id or "")
        assert file.get() == found
        for wrong in ("gone", (found.id or "")[:8]):
            monkeypatch.setenv("STORAGE_DEFAULT", wrong)
            with pytest.raises(storage_core.StorageNotFound, match="STORAGE_DEFAULT"):
                file.get()


@pytest.mark.parametrize(
    ("written", "meant"),
    [("sub/x", "sub/x"), ("file://sub", "sub"), ("../x", "../x"), ("/abs//x/", "/abs/x")],
)
def test_a_relative_path_is_relative_to_its_file_wherever_it_is_used(
    file: ConfigFile, written: str, meant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(file, f'[storage.a]\ntype = "file"\nbase_path = "{written}"\n')
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    folder = os.path.normpath(Path(file.path).parent / meant)

    configuration = file.load()["a"]
    assert configuration.location.removeprefix("file://") == folder
    file.duplicate("a", "b")
    file.add(configuration, name="c")
    for name in "abc":
        copied = storage_core.get_store(name, config_path=file.path)
        assert copied.location.removeprefix("file://") == folder
    assert storage_core.open_store(configuration).location.removeprefix("file://") == folder
    assert f'base_path = "{written}"' in Path(file.path).read_text()


def test_a_relative_path_of_a_program_is_relative_to_where_it_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = storage_core.open_store(storage_core.LocalStorage(storage_path="sub"))
    monkeypatch.chdir("/")
    store.write(b"x")
    assert len(list((tmp_path / "sub" / "results").iterdir())) == 1
    assert pickle.loads(pickle.dumps(store)).location == str(tmp_path / "sub")


def test_what_a_file_holds_shows_itself_without_settings(file: ConfigFile) -> None:
    secret = token_hex()
    write(
        file,
        f'default = "a"\n[storage.a]\ntype = "s3"\nbucket = "a"\n'
        f'aws_secret_access_key = "{secret}"\n'
        f'[storage.b]\ntype = "s3"\nsecret = "{secret}"\n',
    )
    shown = repr(file.load())
    assert shown == f"<Configurations in {file.path!r}: 'a', 'b'; default 'a', 2 problem(s)>"
    assert repr(file) == f"<ConfigFile at {file.path!r}>"
    tables = (f'[storage.s{number}]\ntype = "temporary"\n' for number in range(1000))
    write(file, "".join(tables))
    assert len(repr(file.load())) < 300
    assert "'s9' and 990 more" in repr(file.load())
