"""The whole way in a real terminal: from `storage` to bytes that a headless process reads back."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pexpect

from tests.tui.driving import read, write

ROOT = Path(__file__).parents[2]


def opened(environment: dict[str, str]) -> pexpect.spawn[str]:
    """The app in a terminal of 80×24."""
    return pexpect.spawn(
        sys.executable,
        ["-m", "tui"],
        cwd=str(ROOT),
        env=environment,
        dimensions=(24, 80),
        encoding="utf-8",
        timeout=30,
    )


def test_keys_that_come_in_one_write_go_where_the_first_leads_and_the_title_comes_back(
    home: Path,
) -> None:
    home.mkdir()
    path = write(home / "storage.toml")
    terminal = opened({**os.environ, "PYTHONPATH": str(ROOT), "COLORTERM": "truecolor"})
    # The terminal keeps its title, and gets another.
    terminal.expect_exact("\x1b[22;2t\x1b]2;Storage: ")
    terminal.expect("Quit")
    terminal.send("en3")
    terminal.expect("Edit prod")
    terminal.send("\x1b")
    terminal.expect("Leave without saving")
    terminal.send("\t\rn5/blobs\tlaptop2\x13")
    terminal.expect("laptop2")
    terminal.send("ddq")
    terminal.expect_exact("\x1b[23;2t")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0
    tables = read(path)
    assert "default" not in tables
    assert tables["storage"]["laptop2"]["storage_path"] == "/blobs"
    assert tables["storage"]["prod"]["bucket"] == "acme-results"


def test_a_newcomer_sets_a_default_by_keys_and_a_program_uses_it(
    tmp_path: Path, home: Path
) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLORTERM": "truecolor"}
    terminal = opened(environment)
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
