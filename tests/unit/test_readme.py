"""The README is true: its generated parts are up to date, its example runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.bench.chart import CHART
from scripts.readme import README, chart, generated
from tests.docs.pages import blocks

TEXT = README.read_text(encoding="utf-8")


def test_the_generated_parts_are_up_to_date() -> None:
    assert generated(TEXT) == TEXT, "run `make readme`"


def test_the_chart_of_speed_is_up_to_date() -> None:
    assert CHART.read_text(encoding="utf-8") == chart(), "run `make readme`"


def test_its_example_writes_to_the_default_and_reads_it_back(tmp_path: Path) -> None:
    code = "".join(block.code for block in blocks(TEXT) if block.is_run)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("results/")


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#:]+)\)", TEXT))))
def test_what_it_links_to_is_there(target: str) -> None:
    assert (README.parent / target).exists()
