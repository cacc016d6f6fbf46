"""Credential helpers: programs that print credentials of AWS, and may hang."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest

import storage_core
from tests.engines import both
from tests.patience import within
from tests.stores.signing_in_aws.desk import TIMEOUT, Desk, failure
from tests.stores.signing_in_aws.ways import session_token

pytestmark = both


def test_a_helper_has_no_terminal_and_nothing_to_read(desk: Desk) -> None:
    found = {"Version": 1, **desk.cloud.keys}
    looking = desk.helper(
        "import os, sys\nassert sys.stdin.read() == ''\n"
        "try:\n    os.open('/dev/tty', os.O_RDWR)\nexcept OSError:\n"
        f"    print({json.dumps(found)!r})\n"
    )
    desk.profile("corp", credential_process=looking)
    storage_core.open_store(desk.storage(profile_name="corp"), timeout=TIMEOUT).check()


def test_a_slow_helper_is_stopped_and_holds_no_other_store_up(desk: Desk) -> None:
    noted = desk.folder / "pid"
    # A shell, since Python may take longer to start on a busy machine than it is waited for.
    slow = desk.helper(f"echo $$ >{shlex.quote(str(noted))}\nexec sleep 30\n", "/bin/sh")
    desk.profile("corp", credential_process=slow)
    other = storage_core.open_store(session_token(desk), timeout=TIMEOUT)
    other.check()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(failure, desk.storage(profile_name="corp"), 2.0)
        with within(1.5):
            other.check()
        waiting.result()
    with pytest.raises(ProcessLookupError):
        _wait_for_the_end_of(int(noted.read_text()))


def test_no_helper_outlives_a_program_that_is_interrupted(desk: Desk) -> None:
    noted = desk.folder / "pid"
    slow = desk.helper(
        f"import os, time\nopen({str(noted)!r}, 'w').write(f'{{os.getpid()}}.')\ntime.sleep(30)\n"
    )
    desk.profile("corp", credential_process=slow)
    script = """
import sys, storage_core
bucket, url = sys.argv[1:]
storage = storage_core.S3Storage(bucket=bucket, endpoint_url=url, profile_name="corp")
storage_core.open_store(storage, timeout=30).check()
"""
    command = [sys.executable, "-c", script, desk.bucket, desk.s3.endpoint_url]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as program:
        while not (noted.exists() and noted.read_text().endswith(".")):
            assert program.poll() is None
            sleep(0.02)
        program.send_signal(signal.SIGINT)
    with pytest.raises(ProcessLookupError):
        _wait_for_the_end_of(int(noted.read_text()[:-1]))


def _wait_for_the_end_of(process: int) -> None:
    for _ in range(1000):
        os.kill(process, 0)
        sleep(0.02)
