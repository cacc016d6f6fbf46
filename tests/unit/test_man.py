"""The man page: up to date, whole, and without a word that roff would take for a request."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from scripts.man import PAGE, page
from storage_core.cli.errors import MEANINGS
from storage_core.variables import OWN, VARIABLES
from tests.cli.test_help import COMMANDS

TEXT = PAGE.read_text(encoding="utf-8")
ROOT = PAGE.parent.parent
REQUESTS = {".TH", ".SH", ".SS", ".PP", ".TP", ".EX", ".EE", ".B"}


def plain(text: str) -> str:
    """The page as it is read: requests and escapes taken away."""
    signs = {"\\(aq": "'", "\\(dq": '"', "\\(ga": "`", "\\(ha": "^", "\\(ti": "~", "\\e": "\\"}
    text = re.sub(r"\\f[BIR]|\\&", "", text).replace("\\-", "-")
    text = re.sub(r"\\\[u([0-9A-F]+)\]", lambda found: chr(int(found[1], 16)), text)
    text = re.sub(r"\\\((?:aq|dq|ga|ha|ti)|\\e", lambda found: signs[found[0]], text)
    lines = [
        line if not line.startswith(".") else line.partition(" ")[2] for line in text.split("\n")
    ]
    return " ".join(" ".join(lines).split())  # fmt: skip


def test_it_is_up_to_date() -> None:
    assert page() == TEXT, "run `make readme`"


def test_it_has_every_command_variable_and_exit_code() -> None:
    read = plain(TEXT)
    for words in COMMANDS:
        assert f'.SS "storage {" ".join(words)}"'.replace("-", "\\-") in TEXT
    for each in VARIABLES:
        assert f"{each.name} {' '.join(each.meaning.split())}" in read
    for code, meaning in MEANINGS.items():
        assert f"{code} {meaning[:1].upper()}{meaning[1:]}" in read


def test_roff_takes_nothing_for_a_request_or_an_escape() -> None:
    assert TEXT.isascii()
    for line in TEXT.splitlines():
        if line.startswith((".", "'")):
            assert line.partition(" ")[0] in REQUESTS or line.startswith('.\\"'), line
        known = r"\\(?:-|&|e|f[BIR]|\((?:aq|dq|ga|ha|ti)|\[u[0-9A-F]{4,6}\]|\")"
        assert "\\" not in re.sub(known, "", line), line


def test_options_can_be_copied() -> None:
    # A bare hyphen in roff may become a typographic one, which no shell knows.
    for line in TEXT.splitlines():
        assert not re.search(r"(?<!\S)-", line), line


@pytest.mark.parametrize(
    "checker",
    [
        ["mandoc", "-Tlint", "-Wwarning"],
        ["groff", "-man", "-Tutf8", "-wall", "-z"],
    ],
    ids=["mandoc", "groff"],
)
def test_the_checkers_of_man_pages_have_nothing_to_say(checker: list[str]) -> None:
    if shutil.which(checker[0]) is None:
        # What they would find is in the tests above, for the requests and escapes that are used.
        print(f"no {checker[0]} here")
        return
    done = subprocess.run([*checker, PAGE], capture_output=True, text=True, check=False)
    said = [line for line in (done.stdout + done.stderr).splitlines() if "missing date" not in line]
    assert not said


def test_man_shows_it(tmp_path: Path) -> None:
    if shutil.which("man") is None:
        print("no man here")
        return
    environment = {**os.environ, "MANWIDTH": "80", "MANPAGER": "cat", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["man", "-l", PAGE], capture_output=True, text=True, check=True, env=environment
    )
    assert "storage kv-server" in done.stdout
    assert "--api-address URL" in done.stdout


def test_the_wheel_puts_it_where_man_looks() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    targets = project["tool"]["hatch"]["build"]["targets"]
    assert targets["wheel"]["shared-data"] == {"docs/storage.1": "share/man/man1/storage.1"}
    # A wheel is made from the archive of the sources as well.
    assert "/docs/storage.1" in targets["sdist"]["include"]


def test_every_variable_of_ours_is_explained() -> None:
    found = set()
    for folder in ("storage_core", "tui"):
        for module in (ROOT / folder).rglob("*.py"):
            found |= set(re.findall(r"\bSTORAGE_[A-Z_]+\b", module.read_text(encoding="utf-8")))
    clouds = {"STORAGE_EMULATOR_HOST"}  # Google's, and it does not count.
    assert found - clouds == {each.name for each in OWN} - {"PREFECT_HOME"}
