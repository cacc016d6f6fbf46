"""A blob that rclone wrote is read by what its remote has become."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex

from storage_core.importing.sources import rclone
from storage_core.types.file import FileStorage
from tests.importing.rclone.tool import obscured, run
from tests.importing.using import named, opened, shown
from tests.servers.azurite import AzureServer
from tests.servers.ftp import FTPServer
from tests.servers.gcs import GCSServer
from tests.servers.s3 import S3Server
from tests.servers.sftp import SFTPServer
from tests.servers.webdav import WebDAVServer


def written(file: Path, remote: str, data: bytes) -> str:
    """The key of a blob that rclone itself writes, into the results below `remote`."""
    key = f"results/{token_hex(8)}"
    joint = "" if remote.endswith(":") else "/"
    run("rcat", f"{remote}{joint}{key}", "--config", file, "--retries", "1", stdin=data)
    return key


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
