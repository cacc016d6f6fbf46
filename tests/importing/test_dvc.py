"""Import from DVC: what its files say; DVC itself is in `tests/tools`.

Expected: an INI file. Found (DVC 3.67): that of configobj, where `#` begins a comment anywhere, a
comma makes a list, and nothing may be said twice; names are made lower case; a path is relative to
the folder of the file it stands in, but that of `ssl_verify` is not.
"""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from secrets import token_hex

import pytest

from storage_core.errors import ConfigurationError
from storage_core.importing.found import Found
from storage_core.importing.sources import dvc
from storage_core.types.file import FileStorage
from storage_core.types.local import LocalStorage
from storage_core.types.s3 import S3Storage
from tests.importing.using import opened, shown
from tests.servers.s3 import S3Server


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, a repository; system and user have folders of this test."""
    monkeypatch.delenv("AWS_SHARED_CREDENTIALS_FILE")
    monkeypatch.setenv("DVC_SYSTEM_CONFIG_DIR", str(tmp_path / "system"))
    monkeypatch.setenv("DVC_GLOBAL_CONFIG_DIR", str(tmp_path / "global"))
    folder = tmp_path / "repository"
    (folder / ".dvc").mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def one(repository: Path, text: str) -> Found:
    """The only remote of a configuration."""
    (repository / ".dvc/config").write_text(text)
    (only,) = dvc.found()
    return only


def test_reads_a_blob_with_keys_of_the_local_file(repository: Path, s3_server: S3Server) -> None:
    bucket, data = s3_server.new_bucket(), token_hex(20).encode()
    s3_server.client.put_object(Bucket=bucket, Key="data/results/x", Body=data)
    (repository / ".dvc/config").write_text(
        f"""[core]
    remote = Minio
['remote "MinIO"']
    url = s3://{bucket}/data
    endpointurl = {s3_server.endpoint_url}
    region = us-east-1
"""
    )
    (repository / ".dvc/config.local").write_text(
        f"""['remote "minio"']
    access_key_id = {s3_server.access_key_id}
    secret_access_key = {s3_server.secret_access_key}
"""
    )

    (found,) = dvc.found()

    assert (found.name, found.is_default, found.asks) == ("minio", True, None)
    assert found.place == str(repository / ".dvc/config.local")
    assert opened(found).read("results/x") == data
    assert s3_server.secret_access_key not in shown([found])


def test_the_files_lie_above_each_other(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {
        "system/config": ('["remote x"]\n', "system"),
        "global/config": ("", "global"),
        "repository/.dvc/config": ("", "repository"),
        "repository/.dvc/config.local": ("", "local"),
    }
    for number, (path, (before, word)) in enumerate(texts.items()):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        own = f"{word} = only\n"
        (tmp_path / path).write_text(
            f"{before}[core]\nremote = {word}\n['remote \"x\"']\nurl = s3://{word}\n{own}"
        )

        (found,) = dvc.found()

        assert found.settings["bucket"] == word
        assert len(found.lost) == number + 1
    inner = repository / "a/b"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    assert dvc.found() == [found]
    monkeypatch.chdir(tmp_path)
    assert dvc.found()[0].settings["bucket"] == "global"
    assert dvc.found(str(inner)) == dvc.found(str(repository / ".dvc")) == [found]
    assert dvc.found(str(repository / ".dvc/config"))[0].settings["bucket"] == "local"


def test_paths_are_relative_to_their_file(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "global").mkdir()
    (tmp_path / "global/config").write_text("['remote \"here\"']\nurl = data\n")
    (repository / ".dvc/config").write_text(
        """['remote "up"']
url = ../../store
['remote "home"']
url = ~/store
['remote "keys"']
url = gs://b
credentialpath = ../sa.json
['remote "odd"']
url = s3:x
"""
    )

    found = {each.name: each for each in dvc.found()}

    assert found["here"].settings == {"storage_path": str(tmp_path / "global/data")}
    assert found["up"].cls is LocalStorage
    assert found["up"].settings == {"storage_path": str(tmp_path / "store")}
    assert found["home"].settings == {"storage_path": str(tmp_path / "user/store")}
    assert found["keys"].settings["service_account_info"] == f"file:{repository}/sa.json"
    assert found["odd"].settings == {"storage_path": str(repository / ".dvc/s3:x")}


def test_a_remote_that_names_another_takes_what_that_has(repository: Path) -> None:
    (repository / ".dvc/config").write_text(
        """['remote "base"']
url = s3://bucket/a
profile = corp
region = eu
['remote "inner"']
url = remote://base/b
region = us
['remote "deep"']
url = remote://INNER/c/d
['remote "x"']
url = remote://y/1
['remote "y"']
url = remote://x/2
['remote "gone"']
url = remote://nowhere/1
"""
    )

    found = {each.name: each for each in dvc.found()}

    assert found["deep"].settings == {
        "bucket": "bucket",
        "prefix": "a/b/c/d",
        "profile_name": "corp",
        "region_name": "us",
    }
    assert found["x"].reason == "its url leads in a circle: x → y → x"
    assert found["gone"].reason == "its url names the remote nowhere, which does not exist"
    assert found["base"].cls is S3Storage


def test_what_remotes_come_to(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "keys").write_text(
        "[default]\naws_access_key_id = D\naws_secret_access_key = d%1\n"
        "[corp]\naws_access_key_id = C\naws_secret_access_key = c\naws_session_token = t\n"
    )
    (repository / ".dvc/config").write_text(
        f"""['remote "s3"']
url = s3://b
credentialpath = {tmp_path}/keys
profile = corp
ssl_verify = /etc/ca.pem
sse = aws:kms
acl = bucket-owner-full-control
use_ssl = true
jobs = 4
['remote "percent"']
url = s3://b
credentialpath = {tmp_path}/keys
ssl_verify = false
sse_customer_key = x
['remote "stranger"']
url = s3://b
credentialpath = {tmp_path}/keys
profile = nobody
['remote "public"']
url = s3://b
allow_anonymous_login = true
['remote "azure"']
url = azure://c/p
account_name = acme
account_key = a2V5
['remote "signed"']
url = azure://c
account_name = acme
sas_token = ?sv=1&sig=x
['remote "principal"']
url = azure://c
account_name = acme
tenant_id = T
client_id = C
client_secret = S
['remote "nobody"']
url = azure://c
['remote "ssh"']
url = ssh://ann@host:2222/data/x y
keyfile = id
['remote "dav"']
url = webdavs://host/dav/files
user = ann
password = "p # , w"
['remote "token"']
url = webdav://host/dav
token = TOKEN
['remote "web"']
url = https://host/data
auth = basic
user = ann
password = p
['remote "asks"']
url = webdavs://host/dav
ask_password = true
['remote "drive"']
url = gdrive://root/x
"""
    )

    found = {each.name: each for each in dvc.found()}

    assert found["s3"].settings == {
        "bucket": "b",
        "aws_access_key_id": "C",
        "aws_secret_access_key": "c",
        "aws_session_token": "t",
        "ca_bundle": "/etc/ca.pem",
        "options": {
            "s3_additional_kwargs": {
                "ACL": "bucket-owner-full-control",
                "ServerSideEncryption": "aws:kms",
            }
        },
    }
    assert found["percent"].settings["aws_secret_access_key"] == "d%1"
    assert found["percent"].lost == (
        "the switch ssl_verify: certificates are always checked",
        "the option sse_customer_key",
    )
    assert "no keys for nobody; set AWS_SHARED_CREDENTIALS_FILE" in found["stranger"].reason
    assert found["public"].settings == {"bucket": "b", "options": {"anon": True}}
    assert "AccountName=acme;AccountKey=a2V5" in found["azure"].settings["connection_string"]
    assert found["signed"].settings["connection_string"].endswith("Signature=sv=1&sig=x")
    assert found["principal"].settings["options"] == {
        "tenant_id": "T",
        "client_id": "C",
        "client_secret": "S",
    }
    assert "names no account" in found["nobody"].reason
    assert found["ssh"].settings == {
        "base_path": "sftp://ann@host:2222/data/x%20y",
        "options": {"key_filename": str(repository / ".dvc/id")},
    }
    assert found["dav"].cls is FileStorage
    assert found["dav"].settings == {
        "base_path": "webdavs://host/dav/files",
        "options": {"auth": ["ann", "p # , w"]},
    }
    assert found["token"].settings["options"] == {"headers": {"Authorization": "Bearer TOKEN"}}
    assert found["web"].settings["options"] == {
        "client_kwargs": {"headers": {"Authorization": "Basic YW5uOnA="}}
    }
    assert "ask_password" in found["asks"].reason
    assert found["drive"].reason == "its url begins with gdrive://, which Storage does not have"
    assert "p # , w" not in shown(found.values())


def test_a_variable_of_aws_counts_more_than_a_credentials_file(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Expected: the remote's own file. Found (dvc-s3 3.3): the variable, where it is set."""
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/elsewhere")
    text = "['remote \"x\"']\nurl = s3://b\ncredentialpath = keys\nprofile = corp\n"

    assert one(repository, text).settings == {"bucket": "b", "profile_name": "corp"}


def test_a_list_or_a_reference_inside_is_the_reason_of_one(repository: Path) -> None:
    (repository / ".dvc/config").write_text(
        "['remote \"list\"']\nurl = s3://b\nprofile = a, b\n"
        "['remote \"filled\"']\nurl = s3://%(b)s\n['remote \"none\"']\nregion = x\n"
        "['remote \"good\"']\nurl = s3://b\n"
    )

    found = {each.name: each for each in dvc.found()}

    assert found["list"].reason == "its profile has a comma outside of quotes"
    assert "%(…)s" in found["filled"].reason
    assert found["none"].reason == "it has no url"
    assert not found["good"].reason


def test_a_credentials_file_that_is_damaged_is_the_reason_of_its_remote(
    repository: Path, tmp_path: Path
) -> None:
    secret = token_hex(16)
    (repository / ".dvc/keys").write_text(f"{secret}\n")
    (repository / ".dvc/config").write_text(
        "['remote \"damaged\"']\nurl = s3://b\ncredentialpath = keys\n"
        "['remote \"missing\"']\nurl = s3://b\ncredentialpath = gone\n"
        "['remote \"good\"']\nurl = s3://b\n"
    )

    found = {each.name: each for each in dvc.found()}

    assert f"{repository}/.dvc/keys, line 1: " in found["damaged"].reason
    assert f"{repository}/.dvc/gone: does not exist" in found["missing"].reason
    assert not found["good"].reason
    assert secret not in shown(found.values())


def test_damage_is_one_error_that_names_file_and_line(repository: Path) -> None:
    secret = token_hex(16)
    file = repository / ".dvc/config"
    damaged = {
        f"[core]\n{secret}\n": "line 2: is no line of a DVC configuration",
        f"[core]\nx = '{secret}\n": "line 2: has quotes that do not match",
        f"[[core]\nx = {secret}\n": "line 1: has brackets that do not match",
        f"[core]\nx = {secret}\nx = 1\n": "line 3: says something that was said before",
        f"[a]\n[b]\n[a]\nx = {secret}\n": "line 3: has a section that is there before",
        f'[a]\nx = """{secret}\n': "line 2: has three quotes that do not end",
    }
    for text, said in damaged.items():
        file.write_text(text)
        with pytest.raises(ConfigurationError) as raised:
            dvc.found()
        assert f"{file}, {said}" in str(raised.value)
        assert secret not in repr(raised.value)

    file.write_bytes(b"[core]\nx = \xe9\n")
    with pytest.raises(ConfigurationError, match="line 2: is no UTF-8 text"):
        dvc.found()
    file.unlink()
    file.mkdir()
    with pytest.raises(ConfigurationError, match="is a folder"):
        dvc.found()
    with pytest.raises(ConfigurationError, match="is in no DVC repository"):
        dvc.found("/")


def test_bom_crlf_and_nothing_at_all(repository: Path) -> None:
    assert dvc.found() == []
    text = "['remote \"x\"']\nurl = s3://b  # a comment\n"
    for data in (b"\xef\xbb\xbf" + text.encode(), text.replace("\n", "\r\n").encode()):
        (repository / ".dvc/config").write_bytes(data)

        assert dvc.found()[0].settings == {"bucket": "b"}


def test_the_azure_of_the_environment_stays_a_reference(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "['remote \"x\"']\nurl = azure://c\n"
    for name, setting in {
        "AZURE_STORAGE_ACCOUNT": "account_name",
        "AZURE_STORAGE_CONNECTION_STRING": "connection_string",
    }.items():
        monkeypatch.setenv(name, json.dumps("x"))

        assert one(repository, text).settings == {"container": "c", setting: f"env:{name}"}


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        ("url = https://u:p%40w@h/x\n", {"Authorization": "u:p@w"}),
        ("url = https://u@h/x\n", {"Authorization": "u:"}),
        ("url = https://u:w@h/x\nauth = basic\nuser = ann\npassword = p\n",
         {"Authorization": "u:w"}),
        ("url = https://u:w@h/x\nauth = custom\ncustom_auth_header = X\npassword = p\n",
         {"Authorization": "u:w", "X": "p"}),
        ("url = https://h/x\n", {}),
    ],
)  # fmt: skip
def test_who_signs_in_in_the_url_of_http_is_kept(
    repository: Path, text: str, headers: dict[str, str]
) -> None:
    settings = one(repository, f"['remote \"x\"']\n{text}").settings
    expected = dict(headers)
    if both := headers.get("Authorization"):
        expected["Authorization"] = f"Basic {b64encode(both.encode()).decode()}"
    assert settings["base_path"] == "https://h/x"
    options = settings.get("options", {"client_kwargs": {"headers": {}}})
    assert options["client_kwargs"]["headers"] == expected
