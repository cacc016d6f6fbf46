"""Starts programs and measures them, as a small process of its own: `python launcher.py`.

A line of JSON on standard input has `command`, `environment` and the file `errors`; a line on
standard output has what the process took. This process has to be small: the peak memory of a child
(`ru_maxrss`) is at least that of the process that starts it, and the bench has boto3 loaded.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any


def measured(command: list[str], environment: dict[str, str], errors: str) -> dict[str, Any]:
    """Run a program, discard its output, and return its time, memory and status."""
    files = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, errors, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
    ]
    start = time.perf_counter()
    pid = os.posix_spawn(command[0], command, environment, file_actions=files)
    _, status, used = os.wait4(pid, 0)
    return {
        "wall": time.perf_counter() - start,
        "cpu": used.ru_utime + used.ru_stime,
        # In bytes on macOS, in KiB elsewhere.
        "peak": used.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        "status": os.waitstatus_to_exitcode(status),
    }


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(measured(**json.loads(line))), flush=True)
