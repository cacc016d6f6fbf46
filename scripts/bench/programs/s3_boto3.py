"""Blobs with boto3 alone, in a process that stays."""

import sys
from itertools import count as counted

import boto3
from served import served

endpoint_url, region, bucket, key, secret = sys.argv[1:]
client = boto3.client(
    "s3",
    endpoint_url=endpoint_url,
    region_name=region,
    aws_access_key_id=key,
    aws_secret_access_key=secret,
)
BLOB = bytes(1024)
numbers = counted()


def pairs(count: int) -> None:
    """Write and read, one at a time."""
    for _ in range(count):
        blob = f"boto3/{next(numbers)}"
        client.put_object(Bucket=bucket, Key=blob, Body=BLOB)
        assert len(client.get_object(Bucket=bucket, Key=blob)["Body"].read()) == 1024


served({"pairs": pairs})
