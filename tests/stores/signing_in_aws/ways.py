"""The ways of signing in on AWS: each prepares a machine for one, and gives the storage."""

from __future__ import annotations

import hashlib
from pathlib import Path

from storage_core import S3Storage
from tests.servers.aws import ROLE
from tests.stores.signing_in_aws.desk import Desk


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


def role_that_wants_a_code(desk: Desk) -> S3Storage:
    desk.keys("base")
    device = "arn:aws:iam::123456789012:mfa/me"
    desk.profile("corp", role_arn=ROLE, source_profile="base", mfa_serial=device)
    return desk.storage(profile_name="corp")
