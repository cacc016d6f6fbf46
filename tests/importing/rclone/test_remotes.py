"""What remotes of rclone come to: a type and settings, or why there are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage_core.importing.sources import rclone
from storage_core.types.azure import AzureBlobStorage
from storage_core.types.gcs import GoogleCloudStorage
from storage_core.types.local import LocalStorage
from tests.importing.using import named, shown
from tests.servers.azurite import AzureServer


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


def test_a_path_that_leads_nowhere_is_the_reason_of_its_remote(file: Path) -> None:
    file.write_text("[bad]\ntype=gcs\nservice_account_file=~nobody-here/x\n[good]\ntype=gcs\n")

    found = rclone.found()

    assert "there is no user nobody-here" in named(found, "bad").reason
    assert named(found, "good").cls is GoogleCloudStorage


def test_types_of_ours_are_those_of_the_remotes(file: Path) -> None:
    file.write_text("[a]\ntype=azureblob\naccount=a\n[g]\ntype=googlecloudstorage\n[x]\nk=v\n")

    found = {each.name: each for each in rclone.found()}

    assert found["a"].cls is AzureBlobStorage
    assert found["g"].cls is GoogleCloudStorage
    assert "has no type" in found["x"].reason
