"""The same as `s3_ours.py` with boto3 alone; the credentials stand in the environment."""

import sys

import boto3

endpoint_url, bucket, key = sys.argv[1:]
client = boto3.client("s3", endpoint_url=endpoint_url)
client.put_object(Bucket=bucket, Key=key, Body=bytes(1024))
assert len(client.get_object(Bucket=bucket, Key=key)["Body"].read()) == 1024
