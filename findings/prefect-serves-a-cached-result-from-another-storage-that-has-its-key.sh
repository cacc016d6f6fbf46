#!/usr/bin/env bash
# prefect 3.9.1: of two tasks with result storages of their own and one key, the second gets the first one's result.
#
# Expected: each task of a flow run reads the result that is cached in its own `result_storage`.
# Seen:     both get what the first one's storage holds, since a flow run's stores remember what they have read by the
#           key alone and share that memory; `cache_result_in_memory=False` on the tasks helps.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install prefect==3.9.1

expect <<'OUT'
computed: ['a', 'b']
in the two files: ['a', 'b']
cached: ['a', 'a']
cached, not in memory: ['a', 'b']
OUT

run <<'PY'
import atexit
import json
import os
import tempfile

folder = tempfile.mkdtemp()
os.environ |= {
    "DO_NOT_TRACK": "1",
    "PREFECT_HOME": folder,
    "PREFECT_LOGGING_LEVEL": "ERROR",
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
}
from prefect import flow, task
from prefect.filesystems import LocalFileSystem

storages = {name: LocalFileSystem(basepath=f"{folder}/{name}") for name in "ab"}
for name, storage in storages.items():
    storage.save(name)


def telling(name, in_memory):
    @task(
        persist_result=True,
        result_storage=storages[name],
        result_storage_key="daily",
        result_serializer="json",
        cache_result_in_memory=in_memory,
    )
    def tell():
        return name

    return tell


@flow
def both(in_memory):
    return [telling(name, in_memory)() for name in "ab"]


print("computed:", both(True))
files = [json.load(open(f"{folder}/{name}/daily")) for name in "ab"]
print("in the two files:", [json.loads(file["result"]) for file in files])
print("cached:", both(True))
print("cached, not in memory:", both(False))
atexit._run_exitfuncs()  # ends the server that Prefect has started
PY
