"""What hands out credentials on AWS and does not answer is named before the deadline."""

from __future__ import annotations

import os
from collections.abc import Callable
from fnmatch import fnmatch

import pytest

from storage_core import S3Storage
from storage_core.errors import StorageUnavailable
from tests.engines import both
from tests.patience import within
from tests.servers.aws import ROLE
from tests.stores.signing_in_aws.desk import Desk, failure
from tests.stores.signing_in_aws.ways import container, instance, role, sso

pytestmark = both


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
