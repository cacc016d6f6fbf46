#!/usr/bin/env bash
# cloudpathlib 0.26.0: `replace` onto a path of another client deletes what is there, and writes to the first client's cloud.
#
# Expected: a path belongs to its client, that is to one server and account: "replace" moves the file over to the target's,
#           through this machine as `copy` between two clients does, or says that it cannot.
# Seen:     that both are S3Path is all that is asked. The target's own client deletes the file that is there; then the
#           source's client moves the object, within its own account, to the name of the target. The path that comes back
#           does not exist, what was replaced is lost, and a bucket of that name in the first account has a new object.
#           `rename` is the same.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install 'cloudpathlib[s3]==0.26.0' boto3==1.43.117 'moto[s3,server]==5.2.5'

expect <<'OUT'
before: {'mine': {'new.txt': 'mine'}, 'theirs': {'report.txt': 'theirs'}}
replaced: s3://box/report.txt exists: False
after: {'mine': {'report.txt': 'mine'}, 'theirs': {}}
copied: s3://box/copy.txt exists: True
after: {'mine': {'report.txt': 'mine'}, 'theirs': {'copy.txt': 'mine'}}
OUT

run <<'PY'
import socket
import subprocess
import sys
import time

import boto3
from botocore.exceptions import BotoCoreError
from cloudpathlib import S3Client

ACCESS = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}


def started():
    """An S3 server in a process of its own: servers of moto in one process share their buckets."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-p", str(port)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, **quiet), f"http://127.0.0.1:{port}"


servers = {name: started() for name in ("mine", "theirs")}
try:
    s3, clients = {}, {}
    for name, (_, url) in servers.items():
        s3[name] = boto3.client("s3", endpoint_url=url, region_name="us-east-1", **ACCESS)
        clients[name] = S3Client(endpoint_url=url, **ACCESS)
        for _ in range(100):
            try:
                s3[name].create_bucket(Bucket="box")
                break
            except BotoCoreError:
                time.sleep(0.1)

    def contents():
        return {
            name: {
                each["Key"]: one.get_object(Bucket="box", Key=each["Key"])["Body"].read().decode()
                for each in one.list_objects_v2(Bucket="box").get("Contents", [])
            }
            for name, one in s3.items()
        }

    s3["mine"].put_object(Bucket="box", Key="new.txt", Body="mine")
    s3["theirs"].put_object(Bucket="box", Key="report.txt", Body="theirs")
    print("before:", contents())
    target = clients["theirs"].CloudPath("s3://box/report.txt")
    target = clients["mine"].CloudPath("s3://box/new.txt").replace(target)
    print("replaced:", target, "exists:", target.exists())
    print("after:", contents())

    target = clients["theirs"].CloudPath("s3://box/copy.txt")
    target = clients["mine"].CloudPath("s3://box/report.txt").copy(target)
    print("copied:", target, "exists:", target.exists())
    print("after:", contents())
finally:
    for process, _ in servers.values():
        process.terminate()
PY
