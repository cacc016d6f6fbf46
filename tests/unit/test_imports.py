"""What is loaded when: workers start by the thousand, and each import is paid by every one of them.

Each test looks at `sys.modules` of a fresh process.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import storage_core
from tests.quoting import in_toml

HEAVY = (
    *("textual", "rich", "click", "pydantic", "tomlkit", "filelock", "keyring"),
    *("fsspec", "s3fs", "gcsfs", "adlfs", "aiohttp", "botocore", "asyncio", "pathlib", "logging"),
)


def loaded(code: str, config: Path | None = None) -> set[str]:
    """The top-level modules in a process that ran `code`."""
    program = f"{code}\nimport sys\nprint('\\n'.join(sys.modules))"
    if config:
        program = f"import os; os.environ['STORAGE_CONFIG'] = {str(config)!r}\n{program}"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_importing_the_library_loads_nothing_heavy() -> None:
    added = loaded("import storage_core") - loaded("")
    assert not added & {*HEAVY, "tomllib", "dataclasses", "typing", "re"}


def test_a_worker_with_local_storage_loads_nothing_heavy(tmp_path: Path) -> None:
    config = tmp_path / "storage.toml"
    config.write_text(
        f'default = "a"\n[storage.a]\ntype = "local"\nstorage_path = {in_toml(tmp_path / "data")}\n'
        '[storage.b]\ntype = "s3"\nbucket = "b"\n'
    )
    code = "import storage_core as s; store = s.get_store(); store.read(store.write(b'x'))"
    # A virtual environment's own start-up may load some of these; what counts is what we add.
    assert not (loaded(code, config) - loaded("")) & set(HEAVY)


@pytest.mark.parametrize(
    ("type", "settings", "driver", "others"),
    [
        ("s3", 'bucket = "b"', None, {*HEAVY} - {"pathlib", "logging"}),
        ("s3", 'bucket = "b"\nengine = "fsspec"', "s3fs", {"gcsfs", "adlfs", "aiohttp_retry"}),
        ("gcs", 'bucket = "b"\nengine = "fsspec"', "gcsfs", {"s3fs", "adlfs"}),
        ("kv", 'api_address = "http://127.0.0.1:1"', None, {"s3fs", "gcsfs", "adlfs", "fsspec"}),
        ("file", 'base_path = "memory://x"', "fsspec", {"s3fs", "gcsfs", "adlfs"}),
    ],
)
def test_opening_a_store_loads_its_own_driver_only(
    tmp_path: Path, type: str, settings: str, driver: str | None, others: set[str]
) -> None:
    config = tmp_path / "storage.toml"
    config.write_text(f'[storage.a]\ntype = "{type}"\n{settings}\n')
    names = loaded("import storage_core; storage_core.get_store('a')", config)
    assert driver is None or driver in names
    # Not rich and click: aiobotocore loads httpx where it is installed, and that loads both.
    assert not names & {*others, "textual", "pydantic", "tomlkit", "filelock", "keyring"}


def test_every_name_of_the_library_can_be_loaded() -> None:
    names = [getattr(storage_core, name) for name in storage_core.__all__]
    assert len(names) == len({*names}) == len(storage_core.__all__)
