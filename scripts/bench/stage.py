"""A home of its own and an environment without the developer's settings, for everything measured.

The configuration files to measure with are made here too.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock
from uuid import NAMESPACE_URL, uuid5

_KEPT = {"PATH", "TMPDIR", "VIRTUAL_ENV"}
_FIXED = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "COLORTERM": "truecolor",
    "LC_ALL": "C.UTF-8",
    "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    "TERM": "xterm-256color",
    # There are no other variables: with PYTHONDONTWRITEBYTECODE, our modules would be compiled at
    # each start, but not those that pip has compiled.
    # gcsfs asks for the layout of each bucket by gRPC, and waits for a minute without an answer.
    "GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT": "false",
}

FIRST_NAME = "storage-0000"
"""The configuration at the top of every file made here."""


@contextmanager
def stage() -> Iterator[Path]:
    """Yield an empty folder that is `~` for this process and for those that it starts."""
    with TemporaryDirectory(prefix="bench-") as folder:
        kept = {name: value for name, value in os.environ.items() if name in _KEPT}
        own = {"HOME": folder, "PREFECT_HOME": f"{folder}/.prefect"}
        with mock.patch.dict(os.environ, {**kept, **_FIXED, **own}, clear=True):
            yield Path(folder)


def configure(folder: Path, text: str) -> Path:
    """Write the configuration file that ours finds."""
    file = folder / ".prefect" / "storage.toml"
    file.parent.mkdir(mode=0o700, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def configurations(count: int, folder: Path) -> str:
    """The text of a file with `count` configurations of all kinds; the first is Local Storage.

    It is the default, and its blobs go into `folder`.
    """
    tables = [f'version = 1\ndefault = "{FIRST_NAME}"\n']
    for index in range(count):
        name = f"storage-{index:04}"
        settings = _SETTINGS[index % len(_SETTINGS)].format(index=index, folder=folder)
        tables.append(
            f"# the team of project {index}\n[storage.{name}]\n"
            f'id = "{uuid5(NAMESPACE_URL, name)}"\n{settings}'
        )
    return "\n".join(tables)


_SETTINGS = (
    """\
type = "local"
storage_path = "{folder}/blobs"
""",
    """\
type = "s3"
bucket = "acme-results-{index}"
region_name = "eu-west-1"
aws_access_key_id = "env:KEY_{index}"
aws_secret_access_key = "env:SECRET_{index}"
""",
    """\
type = "gcs"
bucket = "acme-models-{index}"
project = "acme-research"
""",
    """\
type = "file"
base_path = "memory://share/{index}"
key_type = "timestamp"
""",
    """\
type = "azure"
container = "reports-{index}"
connection_string = "env:AZURE_{index}"
""",
)
