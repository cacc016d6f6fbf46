"""Import from the real Multi-Storage Client: a blob that it writes is read through its profile."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex

import pytest

from storage_core.importing.sources import msc
from tests.importing.using import named, opened, shown
from tests.servers.s3 import S3Server
from tests.tools.program import run

pytestmark = pytest.mark.tools

WRITE = (
    "import sys, multistorageclient as msc; "
    "msc.write(sys.argv[1], sys.argv[2].encode()); print(msc.open(sys.argv[1], 'r').read())"
)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Its file, which a test writes."""
    path = tmp_path / "msc.yaml"
    monkeypatch.setenv("MSC_CONFIG", str(path))
    return path


def written(profile: str) -> tuple[str, bytes]:
    """The key and the bytes of a blob that the client writes through a profile of its."""
    key, text = f"results/{token_hex(8)}", token_hex(20)
    assert text in run("msc", "-c", WRITE, f"msc://{profile}/{key}", text, name="python")
    return key, text.encode()


def test_s3_with_a_prefix_and_keys_in_variables(
    file: Path, monkeypatch: pytest.MonkeyPatch, s3_server: S3Server
) -> None:
    monkeypatch.setenv("THE_SECRET", s3_server.secret_access_key)
    file.write_text(
        f"""
profiles:
  data:
    storage_provider:
      type: s3
      options:
        base_path: {s3_server.new_bucket()}/team/a
        endpoint_url: {s3_server.endpoint_url}
        region_name: us-east-1
    credentials_provider:
      type: S3Credentials
      options:
        access_key: {s3_server.access_key_id}
        secret_key: ${{THE_SECRET}}
"""
    )
    key, data = written("data")

    (found,) = msc.found()

    assert found.settings["aws_secret_access_key"] == "env:THE_SECRET"
    assert opened(found).read(key) == data
    assert s3_server.secret_access_key not in shown([found])


def test_s3_by_a_profile_of_aws(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, s3_server: S3Server
) -> None:
    credentials = tmp_path / "credentials"
    credentials.write_text(
        f"[corp]\naws_access_key_id={s3_server.access_key_id}\n"
        f"aws_secret_access_key={s3_server.secret_access_key}\n"
    )
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(credentials))
    file.write_text(
        f"""
profiles:
  data:
    storage_provider:
      type: s8k
      options:
        base_path: {s3_server.new_bucket()}
        endpoint_url: {s3_server.endpoint_url}
        profile_name: corp
"""
    )
    key, data = written("data")

    assert opened(msc.found()[0]).read(key) == data


def test_a_folder_and_a_file_in_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA", str(tmp_path / "data"))
    (tmp_path / "user/.msc_config.json").write_text(
        '{"profiles": {"disk": {"storage_provider": '
        '{"type": "file", "options": {"base_path": "$DATA/x"}}}}}'
    )
    key, data = written("disk")

    assert opened(named(msc.found(), "disk")).read(key) == data
