"""What the AWS CLI has written is imported, and reads what the AWS CLI has stored.

Expected: `aws configure` writes profiles that are found; a store of each reads what `aws s3 cp` has
put. Found (awscli 1.46): so it is. Keys go into the file of credentials, all else into the file of
configuration, where a name with a blank is quoted as a shell would (`[profile 'a b']`), and not in
the other (`[a b]`); `endpoint_url` counts for `aws s3` too. `aws configure --profile default` makes
`[profile default]`, but `aws configure set --profile default` makes `[default]`: the later of the
two counts alone, so that what has just been set may not count.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from storage_core import S3Storage
from storage_core.importing.found import Found
from storage_core.importing.sources import aws
from tests.importing.written import used
from tests.servers.s3 import S3Server
from tests.tools.program import executable, run

# The CLI takes half a second of the processor for each command, and the machine is shared.
pytestmark = [pytest.mark.tools, pytest.mark.timeout(300)]

_PROFILE = "a b"


@pytest.fixture(scope="module")
def bucket(s3_server: S3Server) -> str:
    return s3_server.new_bucket()


@pytest.fixture(scope="module")
def made(s3_server: S3Server, bucket: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the AWS CLI was set up, with a blob in the bucket."""
    home = tmp_path_factory.mktemp("aws-home")
    (home / "blob").write_bytes(b"by the CLI")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        _without_variables(patch)
        answers = [s3_server.access_key_id, s3_server.secret_access_key, "us-east-1", "json"]
        subprocess.run(
            [executable("aws"), "configure", "--profile", _PROFILE],
            input="\n".join([*answers, ""]),
            text=True,
            check=True,
            capture_output=True,
        )
        given = ("--profile", _PROFILE)
        run("aws", "configure", "set", "endpoint_url", s3_server.endpoint_url, *given)
        run("aws", "s3", "cp", str(home / "blob"), f"s3://{bucket}/results/report", *given)
    return home


@pytest.fixture
def folder(made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`~/.aws` as the AWS CLI has made it, which no variable of the tests leads away from."""
    _without_variables(monkeypatch)
    folder = Path("~/.aws").expanduser()
    shutil.copytree(made / ".aws", folder)
    return folder


def _without_variables(patch: pytest.MonkeyPatch) -> None:
    for variable in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_DEFAULT_REGION"):
        patch.delenv(variable, raising=False)


def named(found: list[Found], name: str) -> Found:
    return next(each for each in found if each.name == name)


def test_a_profile_reads_what_the_cli_has_stored(folder: Path, bucket: str, engine: str) -> None:
    [found] = aws.found()
    assert (found.cls, found.entry, found.reason) == (S3Storage, f"profile {_PROFILE}", "")
    assert found.settings == {"profile_name": _PROFILE, "region_name": "us-east-1"}
    with used(found, bucket) as store:
        assert store.read("results/report") == b"by the CLI"


def test_the_cli_reads_what_a_profile_has_stored(folder: Path, bucket: str) -> None:
    [found] = aws.found()
    with used(found, bucket) as store:
        key = store.write(b"by us")
    path = f"s3://{bucket}/{key}"
    assert run("aws", "s3", "cp", path, "-", "--profile", _PROFILE) == "by us"


def test_keys_in_variables_read_what_the_cli_has_stored(
    folder: Path, bucket: str, s3_server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = (folder / "config").read_text()
    (folder / "config").write_text(config.replace("profile 'a b'", "default"))
    (folder / "credentials").unlink()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3_server.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3_server.secret_access_key)
    found = named(aws.found(), "aws")
    assert found.settings["aws_secret_access_key"] == "env:AWS_SECRET_ACCESS_KEY"
    with used(found, bucket) as store:
        assert store.read("results/report") == b"by the CLI"


def test_a_profile_elsewhere_reads_what_the_cli_has_stored(
    folder: Path, bucket: str, tmp_path: Path
) -> None:
    folder.rename(tmp_path / "backup")
    [found] = aws.found(str(tmp_path / "backup"))
    assert "profile_name" not in found.settings
    with used(found, bucket) as store:
        assert store.read("results/report") == b"by the CLI"


def test_settings_of_the_default_that_do_not_count_are_told_of(folder: Path) -> None:
    (folder / "config").write_text("[profile default]\nregion = us-east-1\n")
    run("aws", "configure", "set", "output", "json", "--profile", "default")
    assert (folder / "config").read_text().endswith("[default]\noutput = json\n")
    found = named(aws.found(), "default")
    assert found.settings == {"profile_name": "default"}
    assert "the later" in found.notes[0]


def test_what_the_cli_sets_of_single_sign_on_stays_there(folder: Path) -> None:
    run("aws", "configure", "set", "sso_session", "corp", "--profile", "signed")
    with (folder / "config").open("a") as file:
        # Version 2 alone asks for the rest, in a browser: written after its documentation.
        file.write("sso_account_id = 123456789012\nsso_role_name = reader\n")
        file.write("[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://x\n")
    found = named(aws.found(), "signed")
    assert found.settings == {"profile_name": "signed"}
    assert found.notes[0].endswith("run: aws sso login --profile signed")
