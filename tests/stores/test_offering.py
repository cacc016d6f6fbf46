"""Which buckets and containers there are, as the servers say to who signs in."""

from __future__ import annotations

from typing import Any

import pytest

from storage_core.declaration.configuration import StorageConfiguration
from storage_core.errors import AccessDenied, StorageUnavailable, UnsupportedOperation
from storage_core.offering import offered, reason_of
from storage_core.types import all_types, type_named
from tests.engines import both
from tests.servers.azurite import AzureServer
from tests.servers.gcs import GCSServer
from tests.servers.moto import user_allowed
from tests.servers.s3 import REGION, S3Server


def asked(type_name: str, values: dict[str, Any]) -> tuple[str, ...]:
    """What is offered for the one setting of a type for which that can be."""
    cls = type_named(type_name)
    setting = next(each for each in cls.settings() if each.offered)
    return offered(cls, setting, values)


def of_s3(server: S3Server, **more: Any) -> dict[str, Any]:
    """Settings that sign in."""
    return {
        "endpoint_url": server.endpoint_url,
        "aws_access_key_id": server.access_key_id,
        "aws_secret_access_key": server.secret_access_key,
        "region_name": REGION,
        **more,
    }


@both
def test_the_buckets_of_s3_are_listed_whatever_is_entered_as_the_bucket(
    s3_server: S3Server,
) -> None:
    names = {s3_server.new_bucket() for _ in range(3)}
    found = asked("s3", of_s3(s3_server, prefix="a/b", read_only=True))
    assert names <= {*found}
    assert [*found] == sorted(found)
    virtual = {"options": {"config_kwargs": {"s3": {"addressing_style": "path"}}}}
    assert asked("s3", of_s3(s3_server, bucket="not yet", **virtual)) == found


@both
def test_the_containers_of_azure_are_listed(azure_server: AzureServer) -> None:
    names = {azure_server.new_container() for _ in range(2)}
    found = asked("azure", {"connection_string": azure_server.connection_string})
    assert names <= {*found}


@both
@pytest.mark.parametrize("is_set", [True, False])
def test_the_buckets_of_the_project_are_listed_which_may_be_that_of_the_account(
    gcs_server: GCSServer, is_set: bool
) -> None:
    names = {gcs_server.new_bucket() for _ in range(2)}
    settings = {
        "service_account_info": gcs_server.service_account_json,
        "endpoint_url": gcs_server.endpoint_url,
        **({"project": gcs_server.project} if is_set else {}),
    }
    assert names <= {*asked("gcs", settings)}


@both
def test_without_a_project_whose_buckets_could_be_listed_it_is_asked_for(
    gcs_server: GCSServer,
) -> None:
    anybody = {"endpoint_url": gcs_server.endpoint_url, "options": {"token": "anon"}}
    with pytest.raises(UnsupportedOperation) as unknown:
        asked("gcs", anybody)
    assert reason_of(unknown.value) == "buckets are listed by project; set Project"


@both
def test_who_may_not_list_them_is_told_without_a_secret(
    s3_server: S3Server, azure_server: AzureServer
) -> None:
    key, secret = user_allowed(s3_server)
    with pytest.raises(AccessDenied) as denied:
        asked("s3", of_s3(s3_server, aws_access_key_id=key, aws_secret_access_key=secret))
    assert secret not in str(denied.value)
    assert "any-name" not in reason_of(denied.value)
    wrong = azure_server.connection_string_with(azure_server.made_up_key())
    with pytest.raises(AccessDenied):
        asked("azure", {"connection_string": wrong})


@both
def test_a_server_that_is_not_there_is_told(server_down_url: str, s3_server: S3Server) -> None:
    with pytest.raises(StorageUnavailable):
        asked("s3", {**of_s3(s3_server), "endpoint_url": server_down_url, "timeout": 1.0})


def test_the_settings_that_can_be_asked_for_name_what_holds_the_blobs() -> None:
    def of(cls: type[StorageConfiguration]) -> list[str]:
        return [setting.name for setting in cls.settings() if setting.offered]

    found = {cls.type: names for cls in all_types() if (names := of(cls))}
    assert found == {"azure": ["container"], "gcs": ["bucket"], "s3": ["bucket"]}
