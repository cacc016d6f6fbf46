"""The examples of the documentation run, page by page, as a reader would run them.

All blocks of a page are one program, in an empty folder, with a configuration file that has the
names `prod` (the default, Local Storage) and `staging` (File Storage).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.docs.pages import PAGES, awaits, blocks, is_heavy, name, script
from tests.quoting import in_toml

_AWAITING = """
import ast, asyncio, inspect, sys
source = open(sys.argv[1], encoding="utf-8").read()
code = compile(source, sys.argv[1], "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
async def main():
    if inspect.iscoroutine(waiting := eval(code, {"__name__": "__main__"})):
        await waiting
asyncio.run(main())
"""


def _program(page: Path) -> object:
    marks = [pytest.mark.tools] if is_heavy(page) else []
    return pytest.param(page, id=name(page), marks=marks)


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Where `prod` and `staging` are known."""
    data = tmp_path / "data"
    file = tmp_path / "storage.toml"
    file.write_text(
        'default = "prod"\n'
        f'[storage.prod]\ntype = "local"\nstorage_path = {in_toml(data / "prod")}\n'
        f'[storage.staging]\ntype = "file"\nbase_path = {in_toml(data / "staging")}\n'
    )
    # Ray's sockets go there, whose paths must be short.
    with TemporaryDirectory(prefix="ray-", dir="/tmp", ignore_cleanup_errors=True) as short:
        yield {
            **os.environ,
            "STORAGE_CONFIG": str(file),
            "RAY_TMPDIR": short,
            # With more than one, Arrow 26.0.1 may abort a process that has done all it had to.
            "OMP_NUM_THREADS": "1",
            # Prefect gives its own server twenty seconds to start; a busy machine needs more.
            "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "300",
        }


@pytest.mark.timeout(600)
@pytest.mark.parametrize("page", map(_program, filter(script, PAGES)))
def test_its_examples_run(page: Path, tmp_path: Path, environment: dict[str, str]) -> None:
    code = script(page)
    program = tmp_path / "page.py"
    program.write_text(code, encoding="utf-8")
    folder = tmp_path / "empty"
    folder.mkdir()
    runner = ["-c", _AWAITING] if awaits(code) else []
    done = subprocess.run(
        [sys.executable, *runner, program],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{name(page)} (the lines of page.py are its own)\n{done.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_python_that_is_not_run_says_why(page: Path) -> None:
    for block in blocks(page.read_text(encoding="utf-8")):
        where = f"{name(page)}:{block.line + 1}"
        if block.is_shown_only:
            assert re.fullmatch(r"<!-- not run: .+ -->", block.before), where
        else:
            assert block.is_run or not block.info.startswith(("py", "ipython", "{code-cell")), where
