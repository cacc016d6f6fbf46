"""The same as `cold_ours.py` with boto3 alone, its keys arguments or those of a profile."""

import sys

import boto3

endpoint_url, region, bucket, blob, *keys = sys.argv[1:]
if keys:
    client = boto3.client(
        "s3",
        endpoint_url=endpoint_url,
        region_name=region,
        aws_access_key_id=keys[0],
        aws_secret_access_key=keys[1],
    )
else:
    client = boto3.Session(profile_name="bench").client("s3", endpoint_url=endpoint_url)
client.put_object(Bucket=bucket, Key=blob, Body=bytes(1024))
assert len(client.get_object(Bucket=bucket, Key=blob)["Body"].read()) == 1024
