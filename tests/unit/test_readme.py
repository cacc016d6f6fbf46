"""The README is true: its generated parts are up to date, its examples run."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from scripts.bench.chart import CHART
from scripts.readme import README, chart, generated
from storage_core.declaration.table import read_settings
from storage_core.types import type_named
from tests.quoting import in_toml
from tui.features.commands import keymap

TEXT = README.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```(\w+)\n(.*?)```", TEXT, flags=re.DOTALL)


def examples(language: str, having: str) -> str:
    """The one example in this language that has a certain text."""
    found = [code for each, code in EXAMPLES if each == language and having in code]
    assert len(found) == 1, having
    return found[0]


def run(code: str, folder: Path) -> str:
    """What a process prints that runs `code` in `folder`."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_generated_parts_are_up_to_date() -> None:
    assert generated(TEXT) == TEXT, "run `make readme`"


def test_the_chart_of_speed_is_up_to_date() -> None:
    assert CHART.read_text(encoding="utf-8") == chart(), "run `make readme`"


def test_the_first_example_writes_to_the_default_and_reads_it_back(tmp_path: Path) -> None:
    assert run(examples("python", "any bytes at all"), tmp_path).startswith("results/")


def test_the_configuration_file_it_shows_is_right() -> None:
    import tomllib

    shown = tomllib.loads(examples("toml", "[storage.prod-results]"))
    table = shown["storage"][shown["default"]]
    assert read_settings(type_named(table["type"]), table)[1] == []


def test_the_library_example_runs(tmp_path: Path, home: Path) -> None:
    home.mkdir()
    (home / "storage.toml").write_text(
        f'[storage.prod-results]\ntype = "local"\nstorage_path = {in_toml(tmp_path / "data")}\n'
    )
    (tmp_path / "model.bin").write_bytes(b"weights")
    code = examples("python", "store.awrite").replace('"/data"', repr(f"{tmp_path}/other"))
    deleting = "store.read(key), store.exists(key), store.delete(key)"
    assert deleting in code
    code = code.replace(deleting, f"{deleting}; key = store.write(b'...')")
    body = "\n".join(f"    {line}" for line in code.splitlines())
    run(f"import asyncio\nasync def main():\n{body}\nasyncio.run(main())", tmp_path)
    assert (tmp_path / "copy.bin").exists()


def test_the_remapped_key_it_shows_is_taken() -> None:
    assert keymap(tomllib.loads(examples("toml", "[app.keys]"))) == ({"new": "ctrl+n"}, [])


def test_the_eighth_type_it_shows_is_a_whole_type(tmp_path: Path) -> None:
    check = (
        "import storage_core.declaration.table as t\n"
        "from storage_core.declaration.validation import validated\n"
        "from storage_core.declaration.schema import file_schema\n"
        "values = validated(SMBStorage, {'host': 'h', 'share': 's', 'password': 'env:P'})\n"
        "print(SMBStorage(**values).location, 'smb' in str(file_schema([SMBStorage])))"
    )
    assert run(f"{examples('python', 'SMBStorage')}\n{check}", tmp_path) == "smb://h/s True\n"


def test_what_is_said_when_signing_in_fails_is_what_the_tests_of_it_expect() -> None:
    section = TEXT.partition("\n## Signing in\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\|(.*)\|$", section, flags=re.MULTILINE)[2:]
    tests = Path(__file__).parents[1].joinpath("stores").glob("test_signing_in_*.py")
    expected = [
        node.value
        for test in tests
        for node in ast.walk(ast.parse(test.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    for row in rows:
        messages = re.findall('"(.*?)"', row.split("|")[-1])
        assert messages, row
        for message in messages:
            assert any(message in each for each in expected), message


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#:]+)\)", TEXT))))
def test_what_it_links_to_is_there(target: str) -> None:
    assert (README.parent / target).exists()
