"""The whole way in a real terminal: from `storage` to bytes that a headless process reads back."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pexpect

ROOT = Path(__file__).parents[2]


def test_a_newcomer_sets_a_default_by_keys_and_a_program_uses_it(
    tmp_path: Path, home: Path
) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLORTERM": "truecolor"}
    terminal = pexpect.spawn(
        sys.executable,
        ["-m", "tui"],
        cwd=str(ROOT),
        env=environment,
        dimensions=(24, 80),
        encoding="utf-8",
        timeout=30,
    )
    terminal.expect("]2;Storage: ")
    terminal.expect("No storage is configured yet")
    terminal.send("n")
    terminal.expect("choose a type")
    terminal.send("5")
    terminal.expect("Path to the storage folder")
    # In one burst, as a paste or a fast typist does.
    terminal.send(f"{tmp_path}/blobs\tlaptop\x13")
    terminal.expect("Make laptop the default")
    terminal.send("\r")
    terminal.expect("Updated default storage!")
    terminal.send("q")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0
    assert 'default = "laptop"' in (home / "storage.toml").read_text()
    program = (
        "import sys, storage_core\n"
        "store = storage_core.get_store()\n"
        "key = store.write(b'from a worker')\n"
        "assert storage_core.get_store('laptop').read(key) == b'from a worker'\n"
        "assert 'textual' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, timeout=60)
    assert len(list((tmp_path / "blobs" / "results").iterdir())) == 1
