"""A large file to S3 and back with boto3."""

import os
import sys

import boto3

way, file, blob, endpoint_url, region, bucket, key, secret = sys.argv[1:]
client = boto3.client(
    "s3",
    endpoint_url=endpoint_url,
    region_name=region,
    aws_access_key_id=key,
    aws_secret_access_key=secret,
)
if way == "up":
    client.upload_file(file, bucket, blob)
else:
    client.download_file(bucket, blob, file)
    with open(file, "rb+") as back:  # noqa: PTH123
        os.fsync(back.fileno())
