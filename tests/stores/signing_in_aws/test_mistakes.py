"""What is wrong where somebody signs in on AWS is named, with the next step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path
from secrets import token_hex

import pytest

import storage_core
from storage_core import FileStorage, S3Storage
from storage_core.check import probe
from storage_core.errors import AccessDenied, ConfigurationError, StorageError, StorageUnavailable
from tests.engines import both
from tests.patience import within
from tests.servers.aws import ROLE
from tests.stores.signing_in_aws.desk import TIMEOUT, Desk, failure
from tests.stores.signing_in_aws.ways import (
    container,
    keys_in_variables,
    role,
    role_that_wants_a_code,
    session_token,
    web_identity,
)

pytestmark = both


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


def test_the_test_of_a_storage_stops_where_signing_in_fails(desk: Desk) -> None:
    results = list(probe(missing_helper(desk), timeout=TIMEOUT))
    assert [(each.step.name, each.ok) for each in results][-1] == ("sign in", False)


def test_file_storage_names_its_options(desk: Desk) -> None:
    storage = FileStorage(
        base_path=f"s3://{desk.bucket}", options={"endpoint_url": desk.s3.endpoint_url}
    )
    with pytest.raises(AccessDenied, match="set key and secret in Options, or profile in Options"):
        storage_core.open_store(storage, timeout=TIMEOUT).check()
