"""A program that takes no lock edits the file beside ours: its edits stay, or ours is refused."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from storage_core.errors import ConfigConflict
from tests.config.rewriting import rewrite
from tests.figures import Figure

# Looks a moment later, and again after what is put back must be there, whether its edit stands.
_BESIDE = """
import os, random, re, sys, time
path, style, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
moments, made, lost, end = random.Random(20261122), 0, 0, time.monotonic() + float(seconds)
def stands():
    with open(path) as file:
        return f"theirs = {made}\\n" in file.read()
while time.monotonic() < end:
    with open(path, "r+") as file:
        text = file.read()
        if not text.endswith("end = 1\\n"):
            continue
        made += 1
        new = re.sub("theirs = .*", f"theirs = {made}", text)
        if style == "in place":
            file.seek(0)
            file.write(new)
            file.truncate()
        else:
            with open(f"{path}.new", "w") as other:
                other.write(new)
            os.replace(f"{path}.new", path)
    time.sleep(0.004)
    if not stands():
        time.sleep(0.3)
        lost += not stands()
    time.sleep(moments.random() / 250)
print(f'{{"made": {made}, "lost": {lost}}}')
"""


def edited_beside(path: Path, style: str, seconds: float) -> tuple[int, int]:
    """How many edits the other program has made, and how many of them were lost."""
    path.write_text("version = 1\ntheirs = 0\nours = 0\nend = 1\n")
    with subprocess.Popen(
        [sys.executable, "-c", _BESIDE, str(path), style, str(seconds)], stdout=subprocess.PIPE
    ) as other:
        number = 0
        while other.poll() is None:
            number += 1
            ours = f"ours = {number}"
            with suppress(ConfigConflict):
                rewrite(str(path), partial(re.sub, "ours = .*", ours))
        assert other.stdout is not None
        found = json.loads(other.stdout.read())
    return found["made"], found["lost"]


@pytest.mark.reliability
@pytest.mark.timeout(300)
@pytest.mark.skipif(sys.platform != "linux", reason="where nobody says who has a file open")
def test_edits_of_a_program_without_our_lock_stay_or_ours_is_refused(
    tmp_path: Path, figure: Figure
) -> None:
    found = {
        style: edited_beside(tmp_path / "storage.toml", style, 30)
        for style in ("in place", "by another file")
    }
    made, lost = (sum(each) for each in zip(*found.values(), strict=True))
    figure("beside", "edits of a program without our lock", f"{lost} of {made} lost")
    assert made > 1000
    assert lost == 0
