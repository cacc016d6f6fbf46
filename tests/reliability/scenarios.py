"""Configurations with secrets on real servers: right ones, and ones wrong in each way there is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest

from storage_core import (
    AzureBlobStorage,
    FileStorage,
    GoogleCloudStorage,
    KVServerStorage,
    S3Storage,
    StorageConfiguration,
)
from tests.reliability.canary import Canaries, service_account
from tests.servers.azurite import AzureServer
from tests.servers.ftp import FTPServer
from tests.servers.gcs import GCSServer
from tests.servers.kv import KVServer
from tests.servers.s3 import S3Server
from tests.servers.sftp import SFTPServer
from tests.servers.webdav import WebDAVServer

Scenarios = dict[str, StorageConfiguration]
"""Configurations of one type: right, wrong in each way, without a server."""


def s3(
    request: pytest.FixtureRequest, canaries: Canaries, down: str, engine: str = "auto"
) -> Scenarios:
    server: S3Server = request.getfixturevalue("s3_server")
    right = S3Storage(
        bucket=server.new_bucket(),
        aws_access_key_id=server.access_key_id,
        aws_secret_access_key=canaries.keep("s3, the right key", server.secret_access_key),
        endpoint_url=server.endpoint_url,
        engine=engine,
    )
    strange = {
        "aws_secret_access_key": canaries.new("s3 aws_secret_access_key"),
        "aws_session_token": canaries.new("s3 aws_session_token"),
    }
    return {
        "right": right,
        "wrong key": replace(
            right, aws_secret_access_key=canaries.new("s3, another aws_secret_access_key")
        ),
        "wrong token": replace(right, **strange),
        "missing bucket": replace(right, bucket="missing"),
        "down": replace(right, **strange, endpoint_url=down),
        "down, a password in the URL": replace(
            right, endpoint_url=down.replace("//", f"//me:{quote(canaries.new('s3 URL'))}@")
        ),
        "nonsense in options": replace(
            right, options={"config_kwargs": {"made_up": canaries.new("s3 options")}}
        ),
    }


def file_on_s3(request: pytest.FixtureRequest, canaries: Canaries, down: str) -> Scenarios:
    server: S3Server = request.getfixturevalue("s3_disk_server")
    options = {
        "key": server.access_key_id,
        "secret": canaries.keep("file, the right secret", server.secret_access_key),
        "endpoint_url": server.endpoint_url,
    }
    right = FileStorage(base_path=f"s3://{server.new_bucket()}/x", options=options)
    strange = {"secret": canaries.new("file secret"), "token": canaries.new("file token")}
    return {
        "right": right,
        "right, a token nobody asked for": replace(
            right, options=options | {"token": strange["token"]}
        ),
        "wrong": replace(right, options=options | strange),
        "down": replace(right, options=options | strange | {"endpoint_url": down}),
    }


def azure(
    request: pytest.FixtureRequest, canaries: Canaries, down: str, engine: str = "auto"
) -> Scenarios:
    server: AzureServer = request.getfixturevalue("azure_server")
    canaries.keep("azure, the right key", server.account_key)
    right = AzureBlobStorage(
        container=server.new_container(),
        connection_string=server.connection_string,
        engine=engine,
    )
    wrong = server.connection_string_with(canaries.key("azure AccountKey"))
    signature = quote(canaries.key("azure signature"), safe="")
    return {
        "right": right,
        "wrong key": replace(right, connection_string=wrong),
        "no key at all": replace(
            right,
            connection_string=server.connection_string_with(canaries.new("azure, no base64") + "!"),
        ),
        "wrong signature": replace(
            right,
            connection_string=(
                f"BlobEndpoint={server.endpoint_url}/{server.account_name};"
                f"SharedAccessSignature=sv=2024-11-04&ss=b&srt=co&sp=rw&sig={signature}"
            ),
        ),
        "missing container": replace(right, container="missing"),
        "down": replace(right, connection_string=wrong.replace(server.endpoint_url, down)),
        "malformed": replace(
            right, connection_string=f"AccountKey={canaries.new('azure, malformed')};AccountName=x"
        ),
    }


def gcs(
    request: pytest.FixtureRequest, canaries: Canaries, down: str, engine: str = "auto"
) -> Scenarios:
    server: GCSServer = request.getfixturevalue("gcs_server")
    for number, line in enumerate(server.service_account_info["private_key"].splitlines()[2:20]):
        canaries.keep(f"gcs, the right private_key, line {number}", line)
    right = GoogleCloudStorage(
        bucket=server.new_bucket(),
        service_account_info=server.service_account_json,
        endpoint_url=server.endpoint_url,
        engine=engine,
    )
    token_uri = server.service_account_info["token_uri"]
    info = json.loads(service_account(canaries, token_uri))
    damaged = canaries.new("gcs, a damaged key")
    return {
        "right": right,
        "stranger": replace(right, service_account_info=json.dumps(info)),
        "missing bucket": replace(right, bucket="missing"),
        "down": replace(right, endpoint_url=down),
        "sign-in down": replace(
            right, service_account_info=json.dumps(info | {"token_uri": f"{down}/token"})
        ),
        "damaged key": replace(
            right, service_account_info=json.dumps(info | {"private_key": damaged})
        ),
    }


def kv(request: pytest.FixtureRequest, canaries: Canaries, down: str) -> Scenarios:
    server: KVServer = request.getfixturevalue("kv_server")
    right = KVServerStorage(
        api_address=server.api_address, token=canaries.keep("kv, the right token", server.token)
    )
    password = quote(canaries.new("kv password"), safe="")
    return {
        "right": right,
        "wrong": replace(right, token=canaries.new("kv token")),
        "wrong password": KVServerStorage(
            api_address=server.api_address.replace("//", f"//me:{password}@")
        ),
        "down": replace(right, token=canaries.new("kv, another token"), api_address=down),
        "both": replace(right, api_address=down.replace("//", f"//me:{password}@")),
        "unprintable": replace(right, token=f"{canaries.new('kv, unprintable')}\x7f"),
    }


def webdav(request: pytest.FixtureRequest, canaries: Canaries, down: str) -> Scenarios:
    server: WebDAVServer = request.getfixturevalue("webdav_server")
    canaries.keep("webdav, the right password", server.password)
    options = {"base_url": server.private_url, "auth": [server.user, server.password]}
    right = FileStorage(base_path="webdav://folder", key_type="uuid", options=options)
    wrong = {"auth": [server.user, canaries.new("webdav password")]}
    host = server.private_url.removeprefix("http://").partition("/")[0]
    quoted = quote(canaries.new("webdav password in the URL"), safe="")
    return {
        "right": right,
        "right, in the URL": FileStorage(
            base_path=f"webdav://{server.user}:{server.password}@{host}/private/folder"
        ),
        "wrong": replace(right, options=options | wrong),
        "wrong, in the URL": FileStorage(
            base_path=f"webdav://{server.user}:{quoted}@{host}/private/folder"
        ),
        "down": replace(right, options=options | wrong | {"base_url": down}),
        "nonsense in options": replace(
            right, options=options | {"made_up": canaries.new("webdav options")}
        ),
    }


def ftp(request: pytest.FixtureRequest, canaries: Canaries, down: str) -> Scenarios:
    return _transfer(request.getfixturevalue("ftp_server"), "ftp", canaries, down)


def sftp(request: pytest.FixtureRequest, canaries: Canaries, down: str) -> Scenarios:
    server: SFTPServer = request.getfixturevalue("sftp_server")
    server.trusted_in(Path.home())
    found = _transfer(server, "sftp", canaries, down)
    stranger = server.url("folder").replace("127.0.0.1", "localhost")
    return {**found, "unknown host": replace(found["wrong"], base_path=stranger)}


def _transfer(
    server: FTPServer | SFTPServer, scheme: str, canaries: Canaries, down: str
) -> Scenarios:
    canaries.keep(f"{scheme}, the right password", server.password)
    options = {"username": server.user, "password": server.password}
    right = FileStorage(base_path=server.url("folder"), key_type="uuid", options=options)
    wrong = {"password": canaries.new(f"{scheme} password")}
    quoted = quote(canaries.new(f"{scheme} password in the URL"), safe="")
    account = f"//{server.user}:{quote(server.password, safe='')}@"
    return {
        "right": right,
        "right, in the URL": FileStorage(
            base_path=right.base_path.replace("//", account), key_type="uuid"
        ),
        "wrong": replace(right, options=options | wrong),
        "wrong, in the URL": FileStorage(
            base_path=right.base_path.replace("//", f"//{server.user}:{quoted}@")
        ),
        "down": replace(
            right, options=options | wrong, base_path=down.replace("http:", f"{scheme}:")
        ),
        "nonsense in options": replace(
            right, options=options | {"made_up": canaries.new(f"{scheme} options")}
        ),
    }


TYPES: dict[str, Callable[[pytest.FixtureRequest, Canaries, str], Scenarios]] = {
    "S3": s3,
    "File on S3": file_on_s3,
    "Azure": azure,
    "GCS": gcs,
    "S3, fsspec": partial(s3, engine="fsspec"),
    "Azure, fsspec": partial(azure, engine="fsspec"),
    "GCS, fsspec": partial(gcs, engine="fsspec"),
    "KV": kv,
    "WebDAV": webdav,
    "FTP": ftp,
    "SFTP": sftp,
}
