"""The operations of S3 that are used, and the headers that a configuration may add to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_EVERYWHERE: Final = {
    "RequestPayer": "x-amz-request-payer",
    "ExpectedBucketOwner": "x-amz-expected-bucket-owner",
}
_OF_NEW_OBJECTS: Final = {
    **_EVERYWHERE,
    "ACL": "x-amz-acl",
    "BucketKeyEnabled": "x-amz-server-side-encryption-bucket-key-enabled",
    "CacheControl": "cache-control",
    "ContentDisposition": "content-disposition",
    "ContentEncoding": "content-encoding",
    "ContentLanguage": "content-language",
    "ContentType": "content-type",
    "GrantFullControl": "x-amz-grant-full-control",
    "GrantRead": "x-amz-grant-read",
    "GrantReadACP": "x-amz-grant-read-acp",
    "GrantWriteACP": "x-amz-grant-write-acp",
    "SSEKMSEncryptionContext": "x-amz-server-side-encryption-context",
    "SSEKMSKeyId": "x-amz-server-side-encryption-aws-kms-key-id",
    "ServerSideEncryption": "x-amz-server-side-encryption",
    "StorageClass": "x-amz-storage-class",
    "Tagging": "x-amz-tagging",
    "WebsiteRedirectLocation": "x-amz-website-redirect-location",
}

OPERATIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "AbortMultipartUpload": _EVERYWHERE,
    "CompleteMultipartUpload": _EVERYWHERE,
    "CopyObject": _OF_NEW_OBJECTS,
    "CreateMultipartUpload": _OF_NEW_OBJECTS,
    "DeleteObject": _EVERYWHERE,
    "DeleteObjects": _EVERYWHERE,
    "GetObject": _EVERYWHERE,
    "HeadObject": _EVERYWHERE,
    "ListBuckets": {},
    "ListObjectsV2": _EVERYWHERE,
    "PutObject": _OF_NEW_OBJECTS,
    "UploadPart": _EVERYWHERE,
}
"""The headers that each operation takes, by the names of botocore's parameters."""


def headers_of(chosen: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The headers that each operation has besides its own."""
    said = {name: _text(value) for name, value in chosen.items()}
    return {
        operation: {header: said[name] for name, header in takes.items() if name in said}
        for operation, takes in OPERATIONS.items()
    }


def not_headers(chosen: Mapping[str, Any]) -> Iterator[str]:
    """The names in `chosen` that cannot be sent as headers of these operations."""
    for name, value in chosen.items():
        if isinstance(value, str):
            can_be_said = value.isascii() and value.isprintable()
        else:
            can_be_said = isinstance(value, bool)
        is_flag = name == "BucketKeyEnabled"
        if name not in _OF_NEW_OBJECTS or not can_be_said or is_flag != isinstance(value, bool):
            yield name


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
