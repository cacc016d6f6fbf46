"""FROM and TO are one place, or one lies in the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from storage_core import (
    AzureBlobStorage,
    FileStorage,
    GoogleCloudStorage,
    LocalStorage,
    S3Storage,
    StorageConfiguration,
    UnsupportedOperation,
    open_store,
    transfer,
)
from tests.transfers.stores import done, filled, local

ACCOUNT = "DefaultEndpointsProtocol=https;AccountName={};AccountKey=a2V5;EndpointSuffix=x"


def s3(prefix: str | None = None, bucket: str = "acme", url: str | None = None) -> S3Storage:
    return S3Storage(bucket=bucket, prefix=prefix, endpoint_url=url)


def azure(account: str, **settings: Any) -> AzureBlobStorage:
    return AzureBlobStorage(container="c", connection_string=ACCOUNT.format(account), **settings)


@pytest.mark.parametrize(
    ("source", "target", "path"),
    [
        (s3(), s3(), None),
        (s3("a/"), s3("a"), None),
        (s3(url="http://h:1/"), s3(url="http://H:1"), "raw"),
        (s3(), s3("results/backup"), None),
        (s3("results/backup"), s3(), None),
        (s3(), s3("anywhere"), "/"),
        (s3(), FileStorage(base_path="s3://acme"), None),
        (azure("one"), azure("one", prefix="flows"), None),
        (GoogleCloudStorage(bucket="b"), GoogleCloudStorage(bucket="b", prefix="flows/x"), None),
    ],
    ids=str,
)
def test_one_place_is_refused_before_anything_is_asked(
    source: StorageConfiguration, target: StorageConfiguration, path: str | None
) -> None:
    with pytest.raises(UnsupportedOperation, match="nothing to transfer, or no end of it"):
        transfer(open_store(source), open_store(target), path=path)


@pytest.mark.parametrize(
    ("source", "target", "path"),
    [
        (s3("a"), s3("ab"), "/"),
        (s3(), s3(bucket="other"), None),
        (s3(), s3(url="http://h:1"), None),
        (s3(), s3("backup"), None),
        (s3("a"), s3("a/backup"), "raw"),
        (azure("one"), azure("two"), None),
    ],
    ids=str,
)
def test_two_places_are_not(
    source: StorageConfiguration, target: StorageConfiguration, path: str | None
) -> None:
    transfer(open_store(source), open_store(target), path=path)


def test_folders_are_compared_by_where_links_lead(tmp_path: Path) -> None:
    store = local(tmp_path / "data")
    filled(store, 1)
    (tmp_path / "link").symlink_to(tmp_path / "data")
    others: list[StorageConfiguration] = [
        LocalStorage(storage_path=str(tmp_path / "link")),
        FileStorage(base_path=f"file://{tmp_path}/data/"),
        LocalStorage(storage_path=str(tmp_path / "link" / "results" / "backup")),
    ]
    for each in others:
        with pytest.raises(UnsupportedOperation, match="nothing to transfer, or no end of it"):
            transfer(store, open_store(each))
    beside = local(tmp_path / "data" / "backup")
    assert done(store, beside)[1].copied == 1
    with pytest.raises(UnsupportedOperation, match=r"overlap: .*data and .*backup"):
        transfer(store, beside, path="/")
