"""Secrets of a store that was opened before anything could log."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from storage_core.backends.loading import loading
from storage_core.backends.remote.backend import RemoteBackend
from storage_core.backends.remote.blocking import Blocking
from storage_core.backends.remote.messages import Place

class Driver:
    has_ranges = counts = True

secret = sys.stdin.read()
place = Place("s3://acme", "bucket", "acme", "Bucket", "the keys", "")
backend = RemoteBackend(Driver(), place, timeout=1, secrets=(secret,), runner=Blocking())
assert "logging" not in sys.modules
with loading():
    import logging
logging.basicConfig(level=logging.DEBUG, stream=sys.stdout)
logging.getLogger("botocore.auth").debug("signed with %s", secret)
"""


def test_they_stay_out_of_the_logs_of_a_library_that_is_loaded_later() -> None:
    secret = "made-up-at-run-time-" + "".join(map(chr, range(97, 110)))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=secret, capture_output=True, check=True, text=True
    )
    assert "signed with ********" in done.stdout
    assert secret not in done.stdout + done.stderr
