"""fsspec's files and variables, as configurations: what fsspec itself holds is what is found.

Expected: the settings of a protocol are those in `fsspec.config.conf`. Found (fsspec 2026.9): so it
is; variables are parsed (`123` is a number, `"x"` has no quotation marks left), those in INI files
are not; `[DEFAULT]` is in all sections; FSSPEC_CONFIG_DIR is a setting of a protocol `config` too;
s3fs takes `anon = false` of an INI file for yes, as it does any text.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from typing import Any
from unittest import mock

import fsspec.config
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from storage_core import (
    AzureBlobStorage,
    ConfigurationError,
    FileStorage,
    GoogleCloudStorage,
    S3Storage,
)
from storage_core.importing.found import Found
from storage_core.importing.sources import fsspec as source
from storage_core.importing.sources.fsspec.configured import read
from tests.importing.test_files import told
from tests.importing.written import used
from tests.servers.azurite import AzureServer
from tests.servers.ftp import FTPServer
from tests.servers.gcs import GCSServer
from tests.servers.s3 import S3Server

KEY, SECRET = "AKIA" + token_hex(8).upper(), token_hex(20)


@pytest.fixture(autouse=True)
def folder(home: Path) -> Path:
    folder = Path("~/.config/fsspec").expanduser()
    folder.mkdir(parents=True)
    return folder


def found(path: str | None = None) -> list[Found]:
    result = source.found(path)
    for each in result:
        shown = repr(each) + " ".join((*each.lost, *each.notes, each.reason))
        assert SECRET not in shown
    return result


def configured(folder: Path, said: Any) -> list[Found]:
    (folder / "conf.json").write_text(json.dumps(said))
    return found()


def test_where_there_is_nothing_nothing_is_found(folder: Path) -> None:
    assert found() == []
    assert source.places() == [str(folder)]
    folder.rmdir()
    assert found() == []


def test_s3_becomes_s3_storage_with_the_rest_in_options(folder: Path) -> None:
    [one] = configured(
        folder,
        {
            "s3": {
                "key": KEY,
                "secret": SECRET,
                "token": None,
                "client_kwargs": {"region_name": "eu-west-1", "endpoint_url": "http://x", "a": 1},
                "config_kwargs": {"s3": {"addressing_style": "path"}},
                "anon": False,
                "use_listings_cache": False,
            },
            "s3a": {"endpoint_url": "http://127.0.0.1:9000"},
        },
    )
    assert (one.cls, one.asks, one.name, one.entry) == (
        *(S3Storage, "bucket"),
        *("s3a", "s3 and s3a"),
    )
    assert one.settings == {
        "aws_access_key_id": KEY,
        "aws_secret_access_key": SECRET,
        "region_name": "eu-west-1",
        "endpoint_url": "http://127.0.0.1:9000",
        "options": {
            "client_kwargs": {"a": 1},
            "config_kwargs": {"s3": {"addressing_style": "path"}},
            "anon": False,
        },
    }
    assert one.lost == ("use_listings_cache: it means nothing here",)


def test_secrets_in_variables_are_references(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FSSPEC_S3_KEY", KEY)
    monkeypatch.setenv("FSSPEC_S3_SECRET", SECRET)
    monkeypatch.setenv("FSSPEC_S3_ENDPOINT_URL", "http://127.0.0.1:9000")
    monkeypatch.setenv("FSSPEC_ABFS", json.dumps({"account_name": "acme"}))
    monkeypatch.setenv("FSSPEC_ABFS_ACCOUNT_KEY", SECRET)
    # Its quotation marks are none of the secret's.
    monkeypatch.setenv("FSSPEC_S3_TOKEN", json.dumps(SECRET))
    s3, azure = found()
    assert s3.settings == {
        "aws_access_key_id": "env:FSSPEC_S3_KEY",
        "aws_secret_access_key": "env:FSSPEC_S3_SECRET",
        "aws_session_token": SECRET,
        "endpoint_url": "http://127.0.0.1:9000",
    }
    assert s3.place == "the environment"
    assert azure.settings == {
        "account_name": "acme",
        "options": {"account_key": {"ref": "env:FSSPEC_ABFS_ACCOUNT_KEY"}},
    }


def test_an_ini_file_says_texts_and_its_default_is_in_all_sections(folder: Path) -> None:
    (folder / "a.ini").write_text(
        f"[DEFAULT]\nkey = {KEY}\n[s3]\nsecret = %(key)s%%\nanon = false\nclient_kwargs = x\n"
        "[sftp]\nhost = example.com\n"
    )
    s3, sftp = found()
    assert s3.settings == {
        "aws_access_key_id": KEY,
        "aws_secret_access_key": f"{KEY}%",
        "options": {"anon": True},
    }
    assert s3.lost == ("client_kwargs: it is no table; write it in JSON",)
    assert sftp.settings == {"options": {"host": "example.com", "key": KEY}}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"token": "anon", "project": "p"}, {"project": "p", "options": {"token": "anon"}}),
        ({"token": "google_default", "access": "x"}, {"options": {"access": "x"}}),
        ({"token": "~/key.json"}, {"service_account_info": "file:HOME/key.json"}),
        ({"token": {"type": "x"}}, {"service_account_info": '{"type": "x"}'}),
        ({"token": "browser"}, {}),
        ({"token": SECRET}, {"options": {"token": SECRET}}),
    ],
)  # fmt: skip
def test_gcs_becomes_google_cloud_storage(
    folder: Path, said: dict[str, Any], expected: dict[str, Any]
) -> None:
    Path("~/key.json").expanduser().touch()
    [one] = configured(folder, {"gcs": said})
    assert (one.cls, one.asks, one.name) == (GoogleCloudStorage, "bucket", "gcs")
    home = str(Path("~").expanduser())
    assert one.settings == json.loads(json.dumps(expected).replace("HOME", home))
    assert bool(one.lost) == (said["token"] == "browser")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"account_name": "a", "anon": True}, {"account_name": "a", "options": {"anon": True}}),
        ({"account_name": "a", "connection_string": SECRET}, {"connection_string": SECRET}),
        ({"account_name": "a", "sas_token": SECRET},
         {"account_name": "a", "options": {"sas_token": SECRET}}),
    ],
)  # fmt: skip
def test_azure_becomes_azure_blob_storage(
    folder: Path, said: dict[str, Any], expected: dict[str, Any]
) -> None:
    [one] = configured(folder, {"az": said})
    assert (one.cls, one.asks, one.settings) == (AzureBlobStorage, "container", expected)


def test_azure_without_an_account_has_a_reason(folder: Path) -> None:
    azure, s3 = sorted(configured(folder, {"az": {"anon": True}, "s3": {"anon": True}}),
                       key=lambda each: each.name)  # fmt: skip
    assert azure.reason == "it names no account; add account_name or connection_string"
    assert s3.cls is S3Storage


def test_other_protocols_become_file_storage_and_ask_for_the_url(folder: Path) -> None:
    said = {"ftp": {"host": "x", "password": SECRET}, "simplecache": {"a": 1}, "file": {"b": 2}}
    [one] = configured(folder, said)
    assert (one.cls, one.asks) == (FileStorage, "base_path")
    assert one.settings == {"options": {"host": "x", "password": SECRET}}
    assert one.notes == ("its Base Path is the whole URL, such as sftp://HOST/FOLDER",)


def test_a_protocol_that_is_no_table_has_a_reason_and_hides_no_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FSSPEC_GS", SECRET)
    s3, az, gs = configured(folder, {"s3": {"anon": True}, "az": 5})
    assert (s3.cls, az.cls, gs.cls) == (S3Storage, None, None)
    assert az.reason.startswith("it is no JSON object, which keeps fsspec from being loaded")
    assert (gs.place, gs.reason) == ("FSSPEC_GS", "it is no JSON object, so fsspec ignores it")


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.json", b'{"s3":\n{"key": SECRET}}', ", line 2: is no JSON"),
        ("a.json", b"5", ", line 1: is no JSON object"),
        ("a.json", b"\xef\xbb\xbf{}", ", line 1: begins with a byte order mark"),
        ("a.json", b"\xff", ", line 1: is no UTF-8 text"),
        ("a.json", b" " * 5_000_000, ": is larger than 4 MiB"),
        ("a.ini", b"[s3]\nkey = 1\n[s3]\nsecret = SECRET\n", ", line 3: has .s3. twice"),
        ("a.ini", b"[s3]\nkey = SECRET%\n", ", line 2: has a % in key of .s3. that stands for"),
        ("a.ini", b"secret = SECRET\n", ", line 1: has a setting above all sections"),
    ],
)
def test_a_damaged_file_is_one_error_that_names_it(
    folder: Path, name: str, data: bytes, said: str
) -> None:
    (folder / name).write_bytes(data.replace(b"SECRET", SECRET.encode()))
    with pytest.raises(ConfigurationError, match=f"^~/.config/fsspec/{name}{said}") as caught:
        source.found()
    assert SECRET not in told(caught.value)


def test_a_folder_or_a_file_may_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FSSPEC_S3_KEY", KEY)
    (tmp_path / "x.ini").write_bytes(b"[s3]\r\nprofile = corp\r\n")
    for path in (tmp_path, tmp_path / "x.ini"):
        [one] = found(str(path))
        assert one.settings == {"profile_name": "corp"}
    monkeypatch.setenv("FSSPEC_CONFIG_DIR", str(tmp_path))
    [one] = found()
    assert one.settings == {"profile_name": "corp", "aws_access_key_id": "env:FSSPEC_S3_KEY"}
    with pytest.raises(ConfigurationError, match="does not exist; correct the path"):
        found(str(tmp_path / "none"))
    (tmp_path / "x.txt").touch()
    with pytest.raises(ConfigurationError, match=r"is neither .json nor .ini; name a file"):
        found(str(tmp_path / "x.txt"))


WORDS = st.sampled_from(["s3", "S3", "gs", "key", "Key", "a_b", ""])
PLAIN = st.sampled_from(["x", "5", "true", "%%", "%(key)s", "a = b", "ß", '"q"', "null", "[1]"])
VALUES: st.SearchStrategy[Any] = st.one_of(PLAIN, st.integers(0, 3), st.none(), st.booleans())
TABLES = st.dictionaries(WORDS, VALUES, max_size=3)
JSON = st.dictionaries(WORDS, TABLES, max_size=3).map(json.dumps)
INI = st.lists(
    st.tuples(st.sampled_from(["s3", "gs", "DEFAULT", "S3"]), st.dictionaries(
        st.sampled_from(["key", "Key", "b"]), PLAIN, max_size=2)),
    max_size=3,
).map(lambda parts: "".join(
    f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in said.items())
    for name, said in parts
))  # fmt: skip
VARIABLES = st.dictionaries(
    st.sampled_from(["FSSPEC_S3", "FSSPEC_s3", "FSSPEC_GS_KEY", "FSSPEC_S3_A_B", "FSSPEC__S3",
                     "FSSPEC_", "FSSPEC_S3_", "FSSPEC_CONFIG_DIR", "FSSPECX"]),
    st.one_of(PLAIN, TABLES.map(json.dumps)),
    max_size=3,
)  # fmt: skip


@settings(max_examples=100)
@given(st.dictionaries(st.sampled_from(["a.json", "b.ini", "c.json", "B.ini", "d.txt"]),
                       st.one_of(JSON, INI), max_size=3), VARIABLES)  # fmt: skip
@example({"b.ini": "[DEFAULT]\nkey = 1\n[s3]\nx = %(key)s\n"}, {"FSSPEC_S3": '{"key": 5}'})
def test_what_is_read_is_what_fsspec_holds(
    files: dict[str, str], variables: dict[str, str]
) -> None:
    # One folder for all examples.
    folder = Path("~/.config/fsspec").expanduser()
    for old in folder.iterdir():
        old.unlink()
    for name, text in files.items():
        (folder / name).write_text(text)
    expected: dict[str, Any] | None = {}
    with mock.patch.dict(os.environ, variables), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            fsspec.config.set_conf_files(str(folder), expected)
            # Values are read when a file system is made.
            json.dumps(expected)
        except Exception:
            expected = None
        else:
            fsspec.config.set_conf_env(expected)
        try:
            said = read(str(folder), with_variables=True)
        except ConfigurationError:
            assert expected is None
            return
    if expected is None:
        assert said.broken
        return
    assert {
        protocol: {name: each.value for name, each in settings_.items()}
        for protocol, settings_ in said.found.items()
    } == expected


@pytest.fixture
def configure(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Found]:
    """Sets fsspec up by a file of its own, and gives what is found of it."""

    def write(said: Any) -> Found:
        [one] = configured(folder, said)
        conf: dict[str, Any] = {}
        fsspec.config.set_conf_files(str(folder), conf)
        monkeypatch.setattr(fsspec.config, "conf", conf)
        return one

    return write


def test_s3_reads_what_s3fs_has_stored(
    configure: Callable[[Any], Found], s3_server: S3Server, engine: str
) -> None:
    bucket = s3_server.new_bucket()
    one = configure(
        {
            "s3": {
                "key": s3_server.access_key_id,
                "secret": s3_server.secret_access_key,
                "client_kwargs": {"endpoint_url": s3_server.endpoint_url},
            }
        }
    )
    fsspec.filesystem("s3", skip_instance_cache=True).pipe_file(f"{bucket}/results/a", b"by s3fs")
    with used(one, bucket) as store:
        assert store.read("results/a") == b"by s3fs"


def test_azure_reads_what_adlfs_has_stored(
    configure: Callable[[Any], Found], azure_server: AzureServer, engine: str
) -> None:
    container = azure_server.new_container()
    one = configure({"abfs": {"connection_string": azure_server.connection_string}})
    adlfs = fsspec.filesystem("az", skip_instance_cache=True)
    adlfs.pipe_file(f"{container}/results/a", b"by adlfs")
    with used(one, container) as store:
        assert store.read("results/a") == b"by adlfs"


def test_gcs_reads_what_gcsfs_has_stored(
    configure: Callable[[Any], Found], gcs_server: GCSServer, engine: str
) -> None:
    from gcsfs.core import GCSFileSystem

    class Plain(GCSFileSystem):  # type: ignore[misc]
        """Without the class's question by gRPC, which no emulator answers."""

    bucket = gcs_server.new_bucket()
    one = configure({"gs": {"token": "anon", "endpoint_url": gcs_server.emulator_url}})
    Plain(skip_instance_cache=True).pipe_file(f"{bucket}/results/a", b"by gcsfs")
    with used(one, bucket) as store:
        assert store.read("results/a") == b"by gcsfs"


def test_ftp_reads_what_fsspec_has_stored(
    configure: Callable[[Any], Found], ftp_server: FTPServer
) -> None:
    folder = f"f{token_hex(4)}"
    one = configure(
        {
            "ftp": {
                "host": "127.0.0.1",
                "port": ftp_server.port,
                "username": ftp_server.user,
                "password": ftp_server.password,
            }
        }
    )
    fs = fsspec.filesystem("ftp", skip_instance_cache=True)
    fs.makedirs(f"/{folder}/results", exist_ok=True)
    fs.pipe_file(f"/{folder}/results/report", b"by fsspec")
    with used(one, f"ftp://127.0.0.1/{folder}") as store:
        assert store.read("results/report") == b"by fsspec"
