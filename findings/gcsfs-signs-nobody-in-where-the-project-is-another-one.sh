#!/usr/bin/env bash
# gcsfs 2026.10.1: GCSFileSystem(project="p") with a person's application-default credentials signs nobody in.
#
# Expected: `project` says where buckets are made and listed; who signs in is whoever Google's libraries find, as without
#           it. If the two cannot go together, an error, as with token="google_default".
# Seen:     credentials that name no project, as those of `gcloud auth application-default login` do, or another one, do
#           not equal "p": they are dropped, and after them all other ways, down to no credentials at all. Requests then
#           fail with 401, and nothing has said why.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install gcsfs==2026.10.1 fsspec==2026.9.0 google-auth==2.62.2

expect <<'OUT'
without project: a person
project="p": nobody
project="p", token="google_default": ValueError
OUT

run <<'PY'
import json
import os
from pathlib import Path

folder = Path.home() / ".config/gcloud"
folder.mkdir(parents=True)
(folder / "application_default_credentials.json").write_text(
    json.dumps(
        {
            "type": "authorized_user",
            "client_id": "id",
            "client_secret": "secret",
            "refresh_token": "token",
        }
    )
)
os.environ["NO_GCE_CHECK"] = "true"

from gcsfs.core import GCSFileSystem


def signed_in(**arguments):
    try:
        fs = GCSFileSystem(skip_instance_cache=True, **arguments)
    except ValueError as error:
        return type(error).__name__
    return "nobody" if fs.credentials.credentials is None else "a person"


print("without project:", signed_in())
print('project="p":', signed_in(project="p"))
print('project="p", token="google_default":', signed_in(project="p", token="google_default"))
PY
