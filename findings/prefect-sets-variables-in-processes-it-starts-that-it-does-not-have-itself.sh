#!/usr/bin/env bash
# prefect 3.9.1: PREFECT_HOME of a profile is a variable in a task of ProcessPoolTaskRunner, and in its flow it is none.
#
# Expected: a task in a process has the environment of the flow, so that whatever else reads PREFECT_HOME sees the same.
# Seen:     every setting of the profile (or of prefect.toml, .env, pyproject.toml) becomes a variable in the processes that
#           Prefect starts; the flow's own process, and tasks in its threads, have none of them.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install prefect==3.9.1

expect <<'OUT'
the setting: /home-of-the-profile
flow: None
task in a thread: None
task in a process: /home-of-the-profile
OUT

run <<'PY'
import subprocess
import sys
from pathlib import Path

home = Path.cwd() / "home-of-the-profile"
folder = Path.home() / ".prefect"
folder.mkdir()
folder.joinpath("profiles.toml").write_text(
    f"""active = "mine"
[profiles.mine]
DO_NOT_TRACK = "1"
PREFECT_HOME = "{home}"
PREFECT_LOGGING_LEVEL = "ERROR"
PREFECT_SERVER_ALLOW_EPHEMERAL_MODE = "true"
PREFECT_SERVER_ANALYTICS_ENABLED = "false"
PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS = "120"
"""
)
# A process of its own, since what it starts would run the rest of this file too.
subprocess.run([sys.executable, "-W", "ignore", "-c", '''
import os
from pathlib import Path

from prefect import flow, task
from prefect.settings import get_current_settings
from prefect.task_runners import ProcessPoolTaskRunner, ThreadPoolTaskRunner


def shown(path):
    return path and "/" + Path(path).name


@task
def seen():
    return os.environ.get("PREFECT_HOME")


def told(runner):
    @flow(task_runner=runner)
    def tell():
        return os.environ.get("PREFECT_HOME"), seen.submit().result()

    return map(shown, tell())


print("the setting:", shown(get_current_settings().home))
own, in_thread = told(ThreadPoolTaskRunner())
print("flow:", own)
print("task in a thread:", in_thread)
print("task in a process:", [*told(ProcessPoolTaskRunner(max_workers=1))][1])
'''], check=True)
PY
