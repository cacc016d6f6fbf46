"""Signing in on AWS in every way people do, against what hands out credentials there."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch
from pathlib import Path
from secrets import token_hex
from time import sleep
from typing import Any

import pytest

import storage_core
from storage_core import FileStorage, S3Storage
from storage_core.check import probe
from storage_core.errors import AccessDenied, ConfigurationError, StorageError, StorageUnavailable
from tests.engines import both
from tests.patience import within
from tests.servers.aws import AWS, ROLE, aws
from tests.servers.raw_http import raw_server, response
from tests.servers.s3 import S3Server, boto3_client

pytestmark = both

TIMEOUT = 10.0


class Desk:
    """A machine with AWS's files, and a bucket."""

    def __init__(self, s3: S3Server, cloud: AWS, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.s3, self.cloud, self.folder, self.patch = s3, cloud, folder, patch
        self.bucket = s3.new_bucket()
        self.config, self.credentials = folder / "config", folder / "credentials"
        patch.setenv("AWS_CONFIG_FILE", str(self.config))
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(self.credentials))
        patch.setenv("AWS_ENDPOINT_URL_STS", cloud.url)
        patch.setenv("AWS_ENDPOINT_URL_SSO", cloud.url)

    def storage(self, **settings: Any) -> S3Storage:
        return S3Storage(bucket=self.bucket, endpoint_url=self.s3.endpoint_url, **settings)

    def profile(self, name: str, **lines: object) -> None:
        title = "default" if name == "default" else f'profile "{name}"'
        with self.config.open("a") as file:
            file.write(f"[{title}]\n" + "".join(f"{k} = {v}\n" for k, v in lines.items()))

    def keys(self, name: str, **changed: str) -> None:
        lines = {
            "aws_access_key_id": self.s3.access_key_id,
            "aws_secret_access_key": self.s3.secret_access_key,
            **changed,
        }
        with self.credentials.open("a") as file:
            file.write(f"[{name}]\n" + "".join(f"{k} = {v}\n" for k, v in lines.items()))

    def helper(self, text: str) -> str:
        """A credential helper: its command."""
        path = self.folder / f"helper-{token_hex(3)}"
        path.write_text(f"#!{sys.executable}\n{text}")
        path.chmod(0o755)
        return shlex.quote(str(path))

    def printing(self, **changed: object) -> str:
        """A helper that prints credentials, and notes that it has been run."""
        found = {"Version": 1, **self.cloud.keys, **changed}
        return self.helper(
            f"open({str(self.folder / 'runs')!r}, 'a').write('x')\nprint({json.dumps(found)!r})\n"
        )

    @property
    def runs(self) -> int:
        return len((self.folder / "runs").read_text())

    def sso(self, name: str, *, hours: int) -> None:
        """A profile with an SSO session that ends in so many hours."""
        self.profile(
            name,
            sso_start_url="https://corp.awsapps.example/start",
            sso_region="eu-west-1",
            sso_account_id="123456789012",
            sso_role_name="worker",
        )
        folder = Path("~/.aws/sso/cache").expanduser()
        folder.mkdir(parents=True, exist_ok=True)
        stem = hashlib.sha1(b"https://corp.awsapps.example/start").hexdigest()
        end = datetime.now(UTC) + timedelta(hours=hours)
        token = {"accessToken": self.cloud.token, "expiresAt": f"{end:%Y-%m-%dT%H:%M:%SZ}"}
        (folder / f"{stem}.json").write_text(json.dumps(token))


@pytest.fixture(scope="module")
def cloud(s3_server: S3Server) -> Iterator[AWS]:
    with aws(s3_server) as running:
        yield running


@pytest.fixture
def desk(
    s3_server: S3Server, cloud: AWS, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    cloud.requests.clear()
    folder = tmp_path / "aws files"
    folder.mkdir()
    yield Desk(s3_server, cloud, folder, monkeypatch)
    cloud.lifetime = timedelta(hours=1)
    cloud.stalled.set()


def session_token(desk: Desk) -> S3Storage:
    key, secret, token = desk.cloud.keys.values()
    return desk.storage(
        aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=token
    )


def keys_in_variables(desk: Desk) -> S3Storage:
    desk.patch.setenv("AWS_ACCESS_KEY_ID", desk.s3.access_key_id)
    desk.patch.setenv("AWS_SECRET_ACCESS_KEY", desk.s3.secret_access_key)
    return desk.storage()


def profile(desk: Desk) -> S3Storage:
    desk.keys("corp")
    return desk.storage(profile_name="corp")


def profile_in_a_variable(desk: Desk) -> S3Storage:
    desk.keys("corp")
    desk.patch.setenv("AWS_PROFILE", "corp")
    return desk.storage()


def helper(desk: Desk) -> S3Storage:
    desk.profile("corp", credential_process=desk.printing())
    return desk.storage(profile_name="corp")


def sso(desk: Desk) -> S3Storage:
    desk.sso("corp", hours=1)
    return desk.storage(profile_name="corp")


def sso_session(desk: Desk) -> S3Storage:
    desk.sso("legacy", hours=1)
    (cached,) = Path("~/.aws/sso/cache").expanduser().iterdir()
    cached.rename(cached.with_stem(hashlib.sha1(b"work").hexdigest()))
    desk.profile("corp", sso_session="work", sso_account_id="123456789012", sso_role_name="worker")
    with desk.config.open("a") as file:
        file.write(
            "[sso-session work]\nsso_region = eu-west-1\n"
            "sso_start_url = https://corp.awsapps.example/start\n"
        )
    return desk.storage(profile_name="corp")


def web_identity(desk: Desk) -> S3Storage:
    token = desk.folder / "token"
    token.write_text(desk.cloud.token)
    desk.patch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(token))
    desk.patch.setenv("AWS_ROLE_ARN", ROLE)
    return desk.storage()


def role_of_a_profile(desk: Desk) -> S3Storage:
    desk.keys("base")
    desk.profile("corp", role_arn=ROLE, source_profile="base", external_id=desk.cloud.external_id)
    return desk.storage(profile_name="corp")


def role_of_an_instance(desk: Desk) -> S3Storage:
    instance(desk)
    desk.profile("corp", role_arn=ROLE, credential_source="Ec2InstanceMetadata")
    return desk.storage(profile_name="corp")


def role_of_roles(desk: Desk) -> S3Storage:
    role_by_a_helper(desk)
    desk.profile("outer", role_arn=ROLE, source_profile="inner")
    desk.profile("inner", role_arn=ROLE, source_profile="corp")
    return desk.storage(profile_name="outer")


def role_by_variables(desk: Desk) -> S3Storage:
    keys_in_variables(desk)
    return desk.storage(role_arn=ROLE, sts_endpoint_url=desk.cloud.url)


def role(desk: Desk) -> S3Storage:
    return desk.storage(
        aws_access_key_id=desk.s3.access_key_id,
        aws_secret_access_key=desk.s3.secret_access_key,
        role_arn=ROLE,
        external_id=desk.cloud.external_id,
        sts_endpoint_url=desk.cloud.url,
    )


def role_by_a_helper(desk: Desk) -> S3Storage:
    desk.profile("corp", credential_process=desk.printing())
    return desk.storage(profile_name="corp", role_arn=ROLE, sts_endpoint_url=desk.cloud.url)


def container(desk: Desk) -> S3Storage:
    desk.patch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{desk.cloud.url}/container")
    desk.patch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", desk.cloud.token)
    return desk.storage()


def instance(desk: Desk) -> S3Storage:
    desk.patch.delenv("AWS_EC2_METADATA_DISABLED")
    desk.patch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", desk.cloud.url)
    return desk.storage()


def nobody(desk: Desk) -> S3Storage:
    return desk.storage(options={"anon": True})


WAYS: list[Callable[[Desk], S3Storage]] = [
    session_token,
    keys_in_variables,
    profile,
    profile_in_a_variable,
    helper,
    sso,
    sso_session,
    web_identity,
    role_of_a_profile,
    role_of_an_instance,
    role_of_roles,
    role_by_variables,
    role,
    role_by_a_helper,
    container,
    instance,
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_each_way_of_signing_in_works(way: Callable[[Desk], S3Storage], desk: Desk) -> None:
    store = storage_core.open_store(way(desk), timeout=TIMEOUT)
    assert store.read(store.write(b"signed in")) == b"signed in"


def failure(storage: S3Storage | FileStorage, timeout: float = TIMEOUT) -> StorageError:
    with pytest.raises(StorageError) as caught:
        storage_core.open_store(storage, timeout=timeout).check()
    assert caught.value.while_signing_in
    assert "\n" not in str(caught.value)
    return caught.value


def missing_helper(desk: Desk) -> S3Storage:
    desk.profile("corp", credential_process="/no/such/helper --quietly")
    return desk.storage(profile_name="corp")


def failing_helper(desk: Desk) -> S3Storage:
    failing = desk.helper("import sys\nprint('vault is sealed', file=sys.stderr)\nsys.exit(3)\n")
    desk.profile("default", credential_process=failing)
    return desk.storage()


def helper_without_json(desk: Desk) -> S3Storage:
    desk.profile("corp", credential_process=desk.helper("print('password: hunter2')"))
    return desk.storage(profile_name="corp")


def helper_without_a_secret(desk: Desk) -> S3Storage:
    incomplete = desk.helper('print(\'{"Version": 1, "AccessKeyId": "A"}\')')
    desk.profile("corp", credential_process=incomplete)
    return desk.storage(profile_name="corp")


def helper_with_a_list(desk: Desk) -> S3Storage:
    desk.profile("corp", credential_process=desk.helper("print('[1]')"))
    return desk.storage(profile_name="corp")


def helper_behind_the_time(desk: Desk) -> S3Storage:
    past = desk.printing(Expiration="2020-01-01T00:00:00Z")
    desk.profile("corp", credential_process=past)
    return desk.storage(profile_name="corp")


def helper_with_a_lone_quotation_mark(desk: Desk) -> S3Storage:
    desk.profile("corp", credential_process="'/usr/bin/env")
    return desk.storage(profile_name="corp")


def expired_sso(desk: Desk) -> S3Storage:
    desk.sso("corp", hours=-1)
    return desk.storage(profile_name="corp")


def sso_never_begun(desk: Desk) -> S3Storage:
    desk.sso("a corp", hours=1)
    for file in Path("~/.aws/sso/cache").expanduser().iterdir():
        file.unlink()
    desk.patch.setenv("AWS_PROFILE", "a corp")
    return desk.storage()


def sso_refused(desk: Desk) -> S3Storage:
    desk.sso("corp", hours=1)
    desk.patch.setattr(desk.cloud, "token", "another")
    return desk.storage(profile_name="corp")


def missing_token_file(desk: Desk) -> S3Storage:
    desk.patch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "/var/run/secrets/no-such-token")
    desk.patch.setenv("AWS_ROLE_ARN", ROLE)
    return desk.storage()


def missing_token_file_of_a_profile(desk: Desk) -> S3Storage:
    desk.profile("corp", role_arn=ROLE, web_identity_token_file="/no/such/token")
    return desk.storage(profile_name="corp")


def token_without_a_role(desk: Desk) -> S3Storage:
    desk.patch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "/no/such/token")
    return desk.storage()


def refused_token(desk: Desk) -> S3Storage:
    storage = web_identity(desk)
    (desk.folder / "token").write_text("another")
    return storage


def wrong_external_id(desk: Desk) -> S3Storage:
    return replace(role(desk), external_id="another")


def wrong_external_id_of_a_profile(desk: Desk) -> S3Storage:
    desk.keys("base")
    desk.profile("corp", role_arn=ROLE, source_profile="base", external_id="another")
    return desk.storage(profile_name="corp")


def role_without_a_source(desk: Desk) -> S3Storage:
    desk.profile("corp", role_arn=ROLE)
    return desk.storage(profile_name="corp")


def role_with_a_missing_source(desk: Desk) -> S3Storage:
    desk.profile("corp", role_arn=ROLE, source_profile="bse")
    return desk.storage(profile_name="corp")


def role_in_a_circle(desk: Desk) -> S3Storage:
    desk.profile("corp", role_arn=ROLE, source_profile="other")
    desk.profile("other", role_arn=ROLE, source_profile="corp")
    return desk.storage(profile_name="corp")


def role_that_wants_a_code(desk: Desk) -> S3Storage:
    desk.keys("base")
    device = "arn:aws:iam::123456789012:mfa/me"
    desk.profile("corp", role_arn=ROLE, source_profile="base", mfa_serial=device)
    return desk.storage(profile_name="corp")


def role_behind_a_cache_that_wants_a_code(desk: Desk) -> FileStorage:
    role_that_wants_a_code(desk)
    options = {"s3": {"profile": "corp", "endpoint_url": desk.s3.endpoint_url}}
    return FileStorage(base_path=f"simplecache::s3://{desk.bucket}", options=options)


def no_sts(desk: Desk) -> S3Storage:
    return replace(role(desk), sts_endpoint_url="http://127.0.0.1:1")


def keys_that_sts_refuses(desk: Desk) -> S3Storage:
    desk.keys("base", aws_access_key_id="AKIA" + token_hex(8).upper())
    desk.profile("corp", role_arn=ROLE, source_profile="base")
    desk.patch.setenv("AWS_ENDPOINT_URL_STS", desk.s3.endpoint_url)
    return desk.storage(profile_name="corp")


def container_without_its_token(desk: Desk) -> S3Storage:
    storage = container(desk)
    desk.patch.delenv("AWS_CONTAINER_AUTHORIZATION_TOKEN")
    desk.patch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/no/such/token")
    return storage


def container_elsewhere(desk: Desk) -> S3Storage:
    desk.patch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://evil.example/")
    return desk.storage()


def unknown_profile(desk: Desk) -> S3Storage:
    desk.profile("corp", region="eu-west-1")
    return desk.storage(profile_name="crop")


def unknown_profile_in_a_variable(desk: Desk) -> S3Storage:
    desk.patch.setenv("AWS_PROFILE", "crop")
    return desk.storage()


def profile_without_credentials(desk: Desk) -> S3Storage:
    desk.profile("corp", region="eu-west-1")
    return desk.storage(profile_name="corp")


def half_a_profile(desk: Desk) -> S3Storage:
    desk.credentials.write_text("[corp]\naws_access_key_id = A\n")
    return desk.storage(profile_name="corp")


def half_in_variables(desk: Desk) -> S3Storage:
    desk.patch.setenv("AWS_ACCESS_KEY_ID", "A")
    return desk.storage()


def broken_file(desk: Desk) -> S3Storage:
    desk.config.write_text("region = eu-west-1\n[profile corp\n")
    return desk.storage(profile_name="corp")


def expired_variables(desk: Desk) -> S3Storage:
    storage = keys_in_variables(desk)
    desk.patch.setenv("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z")
    return storage


def no_role(desk: Desk) -> S3Storage:
    return replace(role(desk), role_arn="storage")


def no_number(desk: Desk) -> S3Storage:
    desk.patch.setenv("AWS_METADATA_SERVICE_TIMEOUT", "soon")
    return desk.storage()


def unknown_sts(desk: Desk) -> S3Storage:
    return replace(role(desk), sts_endpoint_url="http://no-such-host.invalid")


def another_service(desk: Desk) -> S3Storage:
    return replace(role(desk), sts_endpoint_url=f"{desk.cloud.url}/elsewhere")


def no_proxy_to_sts(desk: Desk) -> S3Storage:
    desk.patch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    return replace(role(desk), sts_endpoint_url=None, region_name="eu-west-1")


def unknown_profile_beside_keys(desk: Desk) -> S3Storage:
    return replace(session_token(desk), profile_name="crop")


def nothing_at_all(desk: Desk) -> S3Storage:
    return desk.storage()


WRONG: dict[Callable[[Desk], S3Storage | FileStorage], tuple[type[StorageError], str]] = {
    missing_helper: (
        ConfigurationError,
        (
            "the credential helper /no/such/helper (credential_process of profile corp in *) "
            "cannot be run (No such file or directory); install it, or correct credential_process"
        ),
    ),
    failing_helper: (
        AccessDenied,
        "profile default in *config) failed (exit code 3: vault is sealed); run it by hand to see",
    ),
    helper_without_json: (AccessDenied, "has not printed credentials as AWS defines them*by hand"),
    helper_without_a_secret: (AccessDenied, "has not printed credentials as AWS defines them"),
    helper_with_a_list: (AccessDenied, "has not printed credentials as AWS defines them"),
    helper_behind_the_time: (AccessDenied, "gave credentials that have expired"),
    helper_with_a_lone_quotation_mark: (
        ConfigurationError,
        "credential_process of profile corp in *config is no command",
    ),
    expired_sso: (
        AccessDenied,
        "the SSO session of profile corp has expired *; sign in with: aws sso login --profile corp",
    ),
    sso_never_begun: (
        AccessDenied,
        "the SSO session of profile a corp (AWS_PROFILE) *: aws sso login --profile 'a corp'",
    ),
    sso_refused: (AccessDenied, "aws sso login --profile corp"),
    missing_token_file: (
        ConfigurationError,
        (
            "the token file /var/run/secrets/no-such-token (AWS_WEB_IDENTITY_TOKEN_FILE) cannot be "
            "read (No such file or directory); create it, or correct AWS_WEB_IDENTITY_TOKEN_FILE"
        ),
    ),
    missing_token_file_of_a_profile: (
        ConfigurationError,
        "/no/such/token (web_identity_token_file of profile corp in *config) cannot be read",
    ),
    token_without_a_role: (ConfigurationError, "export AWS_ROLE_ARN too"),
    refused_token: (
        AccessDenied,
        "gave no role for the token of AWS_WEB_IDENTITY_TOKEN_FILE (InvalidIdentityToken: ",
    ),
    wrong_external_id: (
        AccessDenied,
        (
            "STS at http://* (STS Endpoint URL) gave no role * (Role ARN): AccessDenied: *; "
            "correct "
            "Role ARN and External ID"
        ),
    ),
    wrong_external_id_of_a_profile: (
        AccessDenied,
        (
            "STS at http://* (AWS_ENDPOINT_URL_STS) gave no role * (profile corp): *; correct "
            "role_arn "
            "and external_id of profile corp in *config"
        ),
    ),
    role_without_a_source: (
        ConfigurationError,
        "profile corp in *config is incomplete: source_profile or credential_source is missing",
    ),
    role_with_a_missing_source: (ConfigurationError, 'The source_profile "bse"*does not exist'),
    role_in_a_circle: (ConfigurationError, "Infinite loop"),
    role_that_wants_a_code: (
        AccessDenied,
        (
            "the role of profile corp asks for the code of an MFA device (mfa_serial of "
            "profile corp "
            "in *config); sign in first: aws sts get-caller-identity --profile corp"
        ),
    ),
    role_behind_a_cache_that_wants_a_code: (AccessDenied, "sign in first: aws sts get-caller-"),
    no_sts: (
        StorageUnavailable,
        (
            "STS at http://127.0.0.1:1 (STS Endpoint URL) cannot be reached (Connection refused*; "
            "check the network and STS Endpoint URL"
        ),
    ),
    keys_that_sts_refuses: (
        AccessDenied,
        (
            "refused the keys of profile base in *credentials, which are unknown to it "
            "(InvalidClientTokenId); get valid ones and write them with aws configure "
            "--profile base"
        ),
    ),
    container_without_its_token: (
        ConfigurationError,
        "the token file /no/such/token (AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE) cannot be read",
    ),
    container_elsewhere: (
        ConfigurationError,
        (
            "at http://evil.example/ (AWS_CONTAINER_CREDENTIALS_FULL_URI) gave no credentials "
            "(Unsupported host"
        ),
    ),
    unknown_profile: (
        ConfigurationError,
        (
            "there is no profile crop in *config (AWS_CONFIG_FILE) and *credentials "
            "(AWS_SHARED_CREDENTIALS_FILE), which does not exist; correct Profile Name"
        ),
    ),
    unknown_profile_in_a_variable: (
        ConfigurationError,
        "there is no profile crop (AWS_PROFILE) in *; correct AWS_PROFILE",
    ),
    unknown_profile_beside_keys: (ConfigurationError, "there is no profile crop in *Profile Name"),
    profile_without_credentials: (
        AccessDenied,
        "profile corp holds no credentials and no way to get any; looked in *config; complete it",
    ),
    half_a_profile: (
        ConfigurationError,
        "profile corp in *credentials is incomplete: aws_secret_access_key is missing",
    ),
    expired_variables: (AccessDenied, "AWS_SECRET_ACCESS_KEY gave credentials that have expired"),
    no_role: (ConfigurationError, "the role storage (Role ARN) cannot be asked for (*; correct"),
    no_number: (ConfigurationError, "AWS_METADATA_SERVICE_TIMEOUT is soon, which is no number"),
    unknown_sts: (StorageUnavailable, "STS at http://no-such-host.invalid (STS Endpoint URL) *"),
    another_service: (
        StorageUnavailable,
        "STS at * (STS Endpoint URL) has not answered as such a service does (*; correct STS End",
    ),
    no_proxy_to_sts: (
        StorageUnavailable,
        "STS at https://sts.eu-west-1.amazonaws.com*the proxy *; correct HTTPS_PROXY",
    ),
    half_in_variables: (ConfigurationError, "export AWS_SECRET_ACCESS_KEY too"),
    broken_file: (ConfigurationError, "config (AWS_CONFIG_FILE) is no AWS configuration file"),
    nothing_at_all: (
        AccessDenied,
        (
            "no AWS credentials were found (looked for *); set AWS Access Key ID and AWS "
            "Secret Access "
            "Key, or Profile Name, or export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; for "
            "a public "
            "bucket set anon = true in Options"
        ),
    ),
}


@pytest.mark.parametrize("way", WRONG, ids=lambda way: way.__name__)
def test_what_fails_is_named_with_where_its_name_comes_from_and_the_next_step(
    way: Callable[[Desk], S3Storage | FileStorage], desk: Desk, capfd: pytest.CaptureFixture[str]
) -> None:
    expected, said = WRONG[way]
    storage = way(desk)
    with within(TIMEOUT):
        error = failure(storage, 2.0 if way in (no_sts, no_proxy_to_sts) else TIMEOUT)
    assert type(error) is expected, error
    assert fnmatch(str(error), f"*{said.replace('[', '[[]')}*"), error
    assert "hunter2" not in f"{error}{error.__cause__!r}"
    assert capfd.readouterr() == ("", "")


def slow_helper(desk: Desk) -> S3Storage:
    desk.profile("corp", credential_process=desk.helper("import time\ntime.sleep(30)\n"))
    return desk.storage(profile_name="corp")


def silent_sts(desk: Desk) -> S3Storage:
    desk.cloud.stalled.clear()
    return role(desk)


def silent_portal(desk: Desk) -> S3Storage:
    desk.cloud.stalled.clear()
    return sso(desk)


def silent_instance(desk: Desk) -> S3Storage:
    desk.cloud.stalled.clear()
    desk.patch.setenv("AWS_METADATA_SERVICE_TIMEOUT", "60")
    return instance(desk)


def silent_container(desk: Desk) -> S3Storage:
    desk.cloud.stalled.clear()
    return container(desk)


def silent_token_file(desk: Desk) -> S3Storage:
    os.mkfifo(desk.folder / "pipe")
    desk.patch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(desk.folder / "pipe"))
    desk.patch.setenv("AWS_ROLE_ARN", ROLE)
    return desk.storage()


SILENT: dict[Callable[[Desk], S3Storage], str] = {
    slow_helper: "the credential helper *helper-* (credential_process of profile corp in *config) "
    "has not answered within 1.6 seconds; run it by hand",
    silent_token_file: "the token file *pipe (AWS_WEB_IDENTITY_TOKEN_FILE) has not answered",
    silent_sts: "STS at http://* (STS Endpoint URL) has not answered *STS Endpoint URL, or raise T",
    silent_portal: "the SSO portal at http://* (AWS_ENDPOINT_URL_SSO) has not answered",
    silent_instance: "the instance's metadata service at http://* "
    "(AWS_EC2_METADATA_SERVICE_ENDPOINT) has not answered",
    silent_container: "the container's credential service at http://* "
    "(AWS_CONTAINER_CREDENTIALS_FULL_URI) has not answered",
}


@pytest.mark.parametrize("way", SILENT, ids=lambda way: way.__name__)
def test_what_does_not_answer_is_named_before_the_deadline(
    way: Callable[[Desk], S3Storage], desk: Desk
) -> None:
    storage = way(desk)
    with within(2.5):
        error = failure(storage, 2.0)
    assert type(error) is StorageUnavailable
    assert fnmatch(str(error), f"*{SILENT[way]}*"), error


def test_a_role_that_wants_a_code_neither_asks_for_it_nor_holds_others_up(desk: Desk) -> None:
    role_that_wants_a_code(desk)
    desk.keys("other")
    script = """
import sys, storage_core
bucket, url = sys.argv[1:]
for name in ("corp", "other"):
    storage = storage_core.S3Storage(bucket=bucket, endpoint_url=url, profile_name=name)
    try:
        storage_core.open_store(storage, timeout=5).check()
        print("works")
    except storage_core.StorageError as error:
        print(type(error).__name__)
"""
    terminal, theirs = os.openpty()
    try:
        command = [sys.executable, "-c", script, desk.bucket, desk.s3.endpoint_url]
        done = subprocess.run(
            command,
            stdin=theirs,
            capture_output=True,
            text=True,
            start_new_session=True,
            timeout=30,
            check=False,
        )
    finally:
        os.close(theirs)
        os.close(terminal)
    assert (done.stdout, done.stderr) == ("AccessDenied\nworks\n", "")


def test_what_the_cli_got_for_a_code_is_used(desk: Desk) -> None:
    storage = role_that_wants_a_code(desk)
    given = {"RoleArn": ROLE, "SerialNumber": "arn:aws:iam::123456789012:mfa/me"}
    stem = hashlib.sha1(json.dumps(given, sort_keys=True).encode()).hexdigest()
    folder = Path("~/.aws/cli/cache").expanduser()
    folder.mkdir(parents=True)
    found = {**desk.cloud.keys, "Expiration": desk.cloud.expiration.isoformat()}
    (folder / f"{stem}.json").write_text(json.dumps({"Credentials": found}))
    store = storage_core.open_store(storage, timeout=TIMEOUT)
    assert store.read(store.write(b"with a code")) == b"with a code"
    assert len(list(folder.iterdir())) == 1


def test_a_helper_has_no_terminal_and_nothing_to_read(desk: Desk) -> None:
    found = {"Version": 1, **desk.cloud.keys}
    looking = desk.helper(
        "import os, sys\nassert sys.stdin.read() == ''\n"
        "try:\n    os.open('/dev/tty', os.O_RDWR)\nexcept OSError:\n"
        f"    print({json.dumps(found)!r})\n"
    )
    desk.profile("corp", credential_process=looking)
    storage_core.open_store(desk.storage(profile_name="corp"), timeout=TIMEOUT).check()


def test_a_slow_helper_is_stopped_and_holds_no_other_store_up(desk: Desk) -> None:
    noted = desk.folder / "pid"
    slow = desk.helper(
        f"import os, time\nopen({str(noted)!r}, 'w').write(str(os.getpid()))\ntime.sleep(30)\n"
    )
    desk.profile("corp", credential_process=slow)
    other = storage_core.open_store(session_token(desk), timeout=TIMEOUT)
    other.check()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(failure, desk.storage(profile_name="corp"), 2.0)
        with within(1.5):
            other.check()
        waiting.result()
    with pytest.raises(ProcessLookupError):
        _wait_for_the_end_of(int(noted.read_text()))


def test_no_helper_outlives_a_program_that_is_interrupted(desk: Desk) -> None:
    noted = desk.folder / "pid"
    slow = desk.helper(
        f"import os, time\nopen({str(noted)!r}, 'w').write(f'{{os.getpid()}}.')\ntime.sleep(30)\n"
    )
    desk.profile("corp", credential_process=slow)
    script = """
import sys, storage_core
bucket, url = sys.argv[1:]
storage = storage_core.S3Storage(bucket=bucket, endpoint_url=url, profile_name="corp")
storage_core.open_store(storage, timeout=30).check()
"""
    command = [sys.executable, "-c", script, desk.bucket, desk.s3.endpoint_url]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as program:
        while not (noted.exists() and noted.read_text().endswith(".")):
            assert program.poll() is None
            sleep(0.02)
        program.send_signal(signal.SIGINT)
    with pytest.raises(ProcessLookupError):
        _wait_for_the_end_of(int(noted.read_text()[:-1]))


def _wait_for_the_end_of(process: int) -> None:
    for _ in range(100):
        os.kill(process, 0)
        sleep(0.02)


def test_credentials_that_hold_for_ten_minutes_are_got_once(desk: Desk) -> None:
    end = datetime.now(UTC) + timedelta(minutes=10)
    desk.profile("corp", credential_process=desk.printing(Expiration=end.isoformat()))
    store = storage_core.open_store(desk.storage(profile_name="corp"), timeout=TIMEOUT)
    for _ in range(3):
        store.check()
    assert desk.runs == 1


def test_credentials_are_got_again_before_they_expire(desk: Desk) -> None:
    desk.cloud.lifetime = timedelta(seconds=5)
    store = storage_core.open_store(role(desk), timeout=TIMEOUT)
    store.check()
    store.check()
    assert desk.cloud.requests == ["AssumeRole"]
    sleep(4.2)
    store.check()
    assert desk.cloud.requests == ["AssumeRole"] * 2


def test_credentials_that_are_refused_are_looked_for_again(desk: Desk) -> None:
    mine = desk.s3.endpoint_url, desk.s3.access_key_id, desk.s3.secret_access_key
    iam = boto3_client("iam", *mine)
    old = iam.create_access_key(UserName="tester")["AccessKey"]
    desk.keys(
        "corp",
        aws_access_key_id=old["AccessKeyId"],
        aws_secret_access_key=old["SecretAccessKey"],
    )
    store = storage_core.open_store(desk.storage(profile_name="corp"), timeout=TIMEOUT)
    store.check()
    iam.delete_access_key(UserName="tester", AccessKeyId=old["AccessKeyId"])
    with pytest.raises(AccessDenied, match=r"; see what .*: profile corp in .* signed in"):
        store.check()
    desk.credentials.unlink()
    desk.keys("corp")
    store.check()


def test_keys_of_the_configuration_are_to_be_checked_where_they_are_refused(desk: Desk) -> None:
    storage = replace(session_token(desk), aws_access_key_id="AKIA" + token_hex(8).upper())
    with pytest.raises(AccessDenied, match="check AWS Access Key ID, AWS Secret Access Key"):
        storage_core.open_store(storage, timeout=TIMEOUT).check()


REFUSED = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    "<Error><Code>{}</Code><Message>The provided token is no good.</Message></Error>"
)


@pytest.mark.parametrize(
    ("code", "way", "said"),
    [
        ("ExpiredToken", session_token, "get new temporary credentials, and set AWS Session Token"),
        ("ExpiredToken", profile, "get new credentials there: profile corp in .* signed in"),
        ("AccessDenied", web_identity, f"see what is allowed there: the role {ROLE} .AWS_ROLE_ARN"),
        ("AccessDenied", role, f"see what is allowed there: the role {ROLE} .Role ARN. signed in"),
        ("AccessDenied", nobody, "nobody has signed in .anon in Options.*set AWS Access Key ID"),
        ("AccessDenied", keys_in_variables, "see what .*: the keys in AWS_ACCESS_KEY_ID and AWS_"),
    ],
)
def test_what_s3_refuses_is_told_by_who_has_signed_in(
    code: str, way: Callable[[Desk], S3Storage], said: str, desk: Desk
) -> None:
    with raw_server(response("403 Forbidden", REFUSED.format(code).encode())) as server:
        storage = replace(way(desk), endpoint_url=server.url)
        with pytest.raises(AccessDenied, match=f"access denied .{code}: .*; {said}"):
            storage_core.open_store(storage, timeout=TIMEOUT).check()


def test_the_test_of_a_storage_stops_where_signing_in_fails(desk: Desk) -> None:
    results = list(probe(missing_helper(desk), timeout=TIMEOUT))
    assert [(each.step.name, each.ok) for each in results][-1] == ("sign in", False)


def test_file_storage_names_its_options(desk: Desk) -> None:
    storage = FileStorage(
        base_path=f"s3://{desk.bucket}", options={"endpoint_url": desk.s3.endpoint_url}
    )
    with pytest.raises(AccessDenied, match="set key and secret in Options, or profile in Options"):
        storage_core.open_store(storage, timeout=TIMEOUT).check()


def test_a_program_that_has_not_set_up_logging_prints_nothing_of_it(desk: Desk) -> None:
    once = desk.helper(
        f"import datetime, json, os\nos.mkdir({str(desk.folder / 'once')!r})\n"
        "end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=1.2)\n"
        f"found = {dict(desk.cloud.keys)!r}\n"
        "print(json.dumps({'Version': 1, **found, 'Expiration': end.isoformat()}))\n"
    )
    desk.profile("corp", credential_process=once)
    script = """
import gc, sys, time, storage_core
bucket, url = sys.argv[1:]
storage = storage_core.S3Storage(bucket=bucket, endpoint_url=url, profile_name="corp")
with storage_core.open_store(storage, timeout=5) as store:
    store.check()
    time.sleep(1.2)
    try:
        store.check()
    except storage_core.AccessDenied as error:
        print(error)
del store
gc.collect()
"""
    command = [sys.executable, "-c", script, desk.bucket, desk.s3.endpoint_url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert "FileExistsError" in done.stdout
    assert done.stderr == ""
