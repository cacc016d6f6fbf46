#!/usr/bin/env bash
# awscli 1.46.3: `aws configure --profile default` keeps what it is told in a section that a [default] below it hides whole.
#
# Expected: what `aws configure` has been told is what `aws` uses from then on, with `--profile default` and without it.
# Seen:     with the option it writes [profile default], without it, and by `aws configure set` in either way, [default].
#           Where a file has both sections, the later one counts whole: all settings of the other are as good as not there,
#           and none of the commands says so.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install awscli==1.46.3

expect <<'OUT'
after `aws configure --profile default`:
[profile default] region = eu-west-1
the region in use: eu-west-1
after `aws configure set output json --profile default`:
[profile default] region = eu-west-1 [default] output = json
the region in use: none
after `aws configure --profile default again`:
[profile default] region = eu-north-1 [default] output = json
the region in use: none
OUT

run <<'PY'
import subprocess
import sys
from pathlib import Path

AWS = Path(sys.executable).with_name("aws")


def aws(*words, told=""):
    done = subprocess.run([AWS, *words], input=told, capture_output=True, text=True)
    return done.stdout.strip()


def look(after):
    print(f"after `{after}`:")
    print(*Path("~/.aws/config").expanduser().read_text().split())
    print("the region in use:", aws("configure", "get", "region") or "none")


def configure(region):
    # Keys, region, form of the output.
    aws("configure", "--profile", "default", told=f"AKIAEXAMPLE\nexample\n{region}\n\n")


configure("eu-west-1")
look("aws configure --profile default")
aws("configure", "set", "output", "json", "--profile", "default")
look("aws configure set output json --profile default")
configure("eu-north-1")
look("aws configure --profile default again")
PY
