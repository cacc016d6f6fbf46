"""What options mean without s3fs, by its signature and by botocore's model of S3 as the oracles."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
import s3fs
from botocore.session import Session

from storage_core.backends.drivers.direct.s3 import what_is_beyond
from storage_core.backends.drivers.direct.s3.operations import OPERATIONS, headers_of
from storage_core.backends.drivers.direct.s3.options import _FLAGS, _OF_FILES, _TEXTS


def test_headers_are_those_of_botocores_model() -> None:
    model = Session().get_service_model("s3")
    known = {name for takes in OPERATIONS.values() for name in takes}
    for operation, takes in OPERATIONS.items():
        members = model.operation_model(operation).input_shape.members
        expected = {
            name: members[name].serialization["name"].lower() for name in known & members.keys()
        }
        assert dict(takes) == expected, operation


def test_what_is_said_of_new_objects_is_not_said_when_they_are_read() -> None:
    found = headers_of(
        {"ServerSideEncryption": "aws:kms", "BucketKeyEnabled": True, "RequestPayer": "requester"}
    )
    payer = {"x-amz-request-payer": "requester"}
    assert found["GetObject"] == found["UploadPart"] == found["ListObjectsV2"] == payer
    assert (
        found["PutObject"]
        == found["CreateMultipartUpload"]
        == found["CopyObject"]
        == {
            **payer,
            "x-amz-server-side-encryption": "aws:kms",
            "x-amz-server-side-encryption-bucket-key-enabled": "true",
        }
    )


def test_names_that_are_known_are_those_of_s3fs() -> None:
    parameters = inspect.signature(s3fs.S3FileSystem.__init__).parameters
    assert (_FLAGS | _OF_FILES | _TEXTS) - {"profile"} <= set(parameters)


@pytest.mark.parametrize(
    ("options", "beyond"),
    [
        ({}, []),
        ({"anon": True, "key": "k", "profile": "p", "endpoint_url": "http://host"}, []),
        ({"requester_pays": True, "max_concurrency": 3, "use_ssl": False}, []),
        ({"client_kwargs": {"region_name": "eu-west-1", "endpoint_url": "http://host"}}, []),
        ({"client_kwargs": None, "config_kwargs": None, "s3_additional_kwargs": None}, []),
        ({"config_kwargs": {"s3": {"addressing_style": "path"}}}, []),
        ({"config_kwargs": {"signature_version": "s3v4", "use_fips_endpoint": True}}, []),
        ({"s3_additional_kwargs": {"StorageClass": "STANDARD_IA", "SSEKMSKeyId": "id"}}, []),
        ({"anon": "yes"}, ["anon"]),
        ({"session": object(), "loop": None}, ["session", "loop"]),
        ({"client_kwargs": {"verify": False}}, ["client_kwargs.verify"]),
        ({"client_kwargs": 3}, ["client_kwargs"]),
        ({"config_kwargs": {"signature_version": "s3"}}, ["config_kwargs.signature_version"]),
        (
            {"config_kwargs": {"s3": {"payload_signing_enabled": 1}}},
            ["config_kwargs.s3.payload_signing_enabled"],
        ),
        ({"config_kwargs": {"proxies": {}}}, ["config_kwargs.proxies"]),
        (
            {"s3_additional_kwargs": {"SSECustomerKey": "k", "ACL": "x\r\ny: z", "Tagging": 3}},
            [
                "s3_additional_kwargs.SSECustomerKey",
                "s3_additional_kwargs.ACL",
                "s3_additional_kwargs.Tagging",
            ],
        ),
        (
            {"s3_additional_kwargs": {"BucketKeyEnabled": "true"}},
            ["s3_additional_kwargs.BucketKeyEnabled"],
        ),
    ],
)
def test_what_only_s3fs_understands_is_named(options: dict[str, Any], beyond: list[str]) -> None:
    assert what_is_beyond(options) == beyond
