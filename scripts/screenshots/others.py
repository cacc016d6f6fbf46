"""Takes screens of other programs, each with data to show; `beside.py` calls `look`."""

from __future__ import annotations

import getpass
import json
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Final, TypeAlias

from . import elsewhere
from .grid import Fill, Glyph, Grid, Style

ROOT: Final = Path(__file__).resolve().parents[2]

Steps: TypeAlias = list[tuple[str, Any]]
"""For `terminal.py`: type or click a text, wait for one, rest for seconds, or keep the screen under
a name ("see")."""

_ESCAPE, _F1, _JUMP = "\x1b", "\x1bOP", "\x0f"


_REQUEST: Final[Steps] = [
    ("wait", "Newest forecast"), ("type", "jjjjj\r"), ("wait", "$API/forecasts/newest"),
    ("type", "\n"), ("wait", "200 OK"), ("rest", 1.5), ("see", "collection"),
    ("type", _F1), ("wait", "Collection Browser"), ("see", "help"), ("type", _ESCAPE),
    ("type", _JUMP), ("wait", "Press a key"), ("see", "jump"), ("type", "t"),
    ("wait", "Username"), ("see", "auth"),
    ("type", _JUMP), ("wait", "Press a key"), ("type", "g"), ("wait", "connect"), ("see", "trace"),
    ("type", "\x10"), ("wait", "Search for"), ("see", "palette"), ("type", _ESCAPE), ("rest", 1.0),
    ("type", "\x14"), ("wait", "OPTIONS"), ("see", "method"), ("type", _ESCAPE), ("rest", 1.0),
    ("type", _JUMP), ("wait", "Press a key"), ("type", "\t"), ("rest", 1.0),
    ("type", "\x7f"), ("rest", 2.0), ("see", "delete"),
]  # fmt: skip


@dataclass(frozen=True)
class _Run:
    """One start of a program."""

    arguments: list[str]
    steps: Steps
    environment: dict[str, str] = field(default_factory=dict)


def look(program: str, size: tuple[int, int], wanted: set[str]) -> dict[str, Grid]:
    """Return these screens of a program, and others on the way to them, by name.

    Raises:
        ValueError: A screen shows the machine that it was taken on.
        subprocess.CalledProcessError: The program failed before the end of its steps.
    """
    screens: dict[str, Grid] = {}
    views = [("see", name) for name in wanted]
    with tempfile.TemporaryDirectory(prefix="beside-") as name:
        folder = Path(name)
        with _PROGRAMS[program](folder) as runs:
            for run in runs:
                last = max((n for n, step in enumerate(run.steps, 1) if step in views), default=0)
                if last:
                    needed = replace(run, steps=run.steps[:last])
                    screens |= _seen(program, needed, folder, size)
    return screens


def title(program: str) -> str:
    """Return its name with the version that is pinned."""
    pins = Path(__file__).with_name("programs") / program / "constraints.txt"
    [pin] = (line for line in pins.read_text().splitlines() if line.startswith(f"{program}=="))
    return pin.replace("==", " ")


@contextmanager
def _posting(folder: Path) -> Iterator[list[_Run]]:
    settings = {
        "POSTING_HEADING__SHOW_HOST": "false",
        "POSTING_TEXT_INPUT__BLINKING_CURSOR": "false",
        "POSTING_FOCUS__ON_STARTUP": "collection",
        "POSTING_URL_BAR__SHOW_VALUE_PREVIEW": "false",
    }
    with elsewhere.answering() as port:
        elsewhere.requests(folder, port)
        yield [
            _Run(["--collection", "acme", "--env", "acme.env"], _REQUEST, settings),
            _Run(["--collection", "new"], [("wait", "empty"), ("see", "empty")], settings),
        ]


@contextmanager
def _harlequin(folder: Path) -> Iterator[list[_Run]]:
    elsewhere.frame(folder)
    query = "select * from 'forecast.parquet' order by day desc, store"
    yield [
        _Run(
            [],
            [("wait", "Catalog"), ("rest", 2.0), ("type", query), ("wait", "day desc, store"),
             ("type", "\n"), ("wait", "1,460"), ("rest", 8.0), ("see", "grid")],
        )
    ]  # fmt: skip


@contextmanager
def _awss3tui(folder: Path) -> Iterator[list[_Run]]:
    moto = import_module("tests.servers.moto").moto
    with moto(folder) as server:
        elsewhere.bucket(server)
        signed = {
            "AWS_ENDPOINT_URL": server.endpoint_url,
            "AWS_ACCESS_KEY_ID": server.access_key_id,
            "AWS_SECRET_ACCESS_KEY": server.secret_access_key,
            "AWS_DEFAULT_REGION": "eu-west-1",
        }
        yield [
            _Run(
                ["s3://acme-results/raw/"],
                [("wait", "stores.json"), ("rest", 2.0), ("click", "customers.csv"),
                 ("rest", 2.0), ("type", " "), ("rest", 4.0), ("see", "folder")],
                signed,
            )
        ]  # fmt: skip


_PROGRAMS = {"posting": _posting, "harlequin": _harlequin, "awss3tui": _awss3tui}
_COMMANDS = {"awss3tui": "s3"}


def _seen(program: str, run: _Run, folder: Path, size: tuple[int, int]) -> dict[str, Grid]:
    command = ROOT / f".venv-beside-{program}" / "bin" / _COMMANDS.get(program, program)
    told = {
        "command": [str(command), *run.arguments],
        "environment": {
            "HOME": str(folder), "PATH": "/usr/bin:/bin", "TERM": "xterm-256color", "TZ": "UTC",
            "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8", **run.environment,
        },
        "folder": str(folder),
        "size": size,
        "steps": run.steps,
    }  # fmt: skip
    python = ROOT / ".venv-beside-pyte" / "bin" / "python"
    done = subprocess.run(
        [python, Path(__file__).with_name("terminal.py")],
        input=json.dumps(told),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    machine = (str(folder), str(ROOT), f"{getpass.getuser()}@", socket.gethostname() + ".")
    for name, rows in found.items():
        text = "\n".join("".join(cell[0] for cell in row) for row in rows)
        if shown := [words for words in machine if words in text]:
            raise ValueError(f"{program}'s {name} shows {shown[0]}")
    return {name: as_grid(rows, title(program)) for name, rows in found.items()}


def as_grid(rows: list[list[list[Any]]], name: str) -> Grid:
    """Return a screen of `terminal.py` as a grid, which can be drawn."""
    fills: list[Fill] = []
    glyphs: list[Glyph] = []
    for number, row in enumerate(rows):
        for column, (text, color, ground, *style) in enumerate(row):
            fills.append(Fill(ground, column, number, 1))
            if text.strip() or (text and style[2]):
                # After a wide character pyte leaves an empty cell.
                width = 2 if column + 1 < len(row) and not row[column + 1][0] else 1
                glyphs.append(Glyph(text, column, number, width, Style(color, *style)))
    return Grid(len(rows[0]), len(rows), name, rows[0][0][2], fills, glyphs)
