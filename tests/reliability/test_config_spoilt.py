"""Figure 6: files that a person, an editor or a broken disk has spoilt.

Each is loaded and edited. It may be refused, with one line; it may not crash the program, take
long, or be written to when it is not TOML.
"""

from __future__ import annotations

import random
import time
import tomllib
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from storage_core import ConfigFile
from storage_core.config.toml import edit
from storage_core.errors import StorageError
from tests.config.rewriting import rewrite
from tests.figures import Figure

SAMPLE = b"""\
# My storages
version = 1
default = "prod-results"

[storage.prod-results]  # the first
id = "61354abf-7cc8-4c2c-b890-78b1f985a9fb"
type = "s3"
bucket = "acme-results"
aws_secret_access_key = 'env:PROD_S3_SECRET'
protected = true

[storage.prod-results.options]
client_kwargs = { verify = "/etc/ca.pem", config = { retries = [ 1, 2 ] } }
secret = {ref = "env:X"}

[storage."team share"]
type = "file"
base_path = \"\"\"memory://share\"\"\"
timeout = 2.5
options.a.b = 1979-05-27 07:32:00

[[app.recent]]
name = 'laptop'

[storage.laptop]
type = "local"
storage_path = "~/data/\\u00e9"

[app.keys]
new = "n"
"""
TOKENS = (
    *(b'"', b"'", b'"""', b"'''", b"[", b"]", b"[[", b"]]", b"{", b"}", b"=", b".", b",", b"#"),
    *(b"\n", b"\r", b"\r\n", b"\t", b" ", b"\\", b"\0", b"\x7f", b"\xff", b"\xef\xbb\xbf", b"\xed"),
    *(b"true", b"nan", b"-inf", b"0x", b"1e999", b"9" * 5000, b"\\ud800", b"\\U00110000"),
    *(b"1979-99-99", b"07:32:00", b"[" * 2000, b"{a=" * 2000, b"a." * 400, b"version = 99\n"),
    *(b"storage = 1\n", b"[storage]\n", b"[[storage]]\n", b'[storage.""]\n', b"type = 1\n"),
    *(b"id = {}\n", b"default = []\n", b"default = ''\n", "é\u202e\U0001f600".encode()),
)


def spoilt(sample: bytes, chance: random.Random) -> bytes:
    """`sample` after some random damage."""
    data = bytearray(sample)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        at = chance.randrange(len(data) + 1)
        to = min(len(data), at + chance.choice((1, 1, 2, 10, 100)))
        match chance.randrange(6):
            case 0:
                data[at:at] = chance.choice(TOKENS)
            case 1:
                del data[at:to]
            case 2:
                data[at:to] = chance.randbytes(to - at)
            case 3:
                data[at:at] = data[to : to + chance.choice((5, 50, 500))]
            case 4:
                del data[at:]
            case _:
                lines = data.split(b"\n")
                chance.shuffle(lines)
                data = bytearray(b"\n".join(lines))
    return bytes(data)


def is_toml(data: bytes) -> bool:
    try:
        tomllib.loads(data.decode("utf-8").removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return False
    return True


def an_edit(chance: random.Random, text: str) -> str:
    """A random edit of a random table."""
    names = ["prod-results", "team share", "laptop", "new", ""]
    path = ("storage", chance.choice(names))
    value = chance.choice([None, "x", 1, {"a": 1, "b": {"c": []}}, ["y"]])
    key = chance.choice(["bucket", "options", "type", "id", "fresh"])
    edits: list[Callable[[], str]] = [
        lambda: edit.set_root(text, "default", chance.choice([None, "laptop"])),
        lambda: edit.add_table(text, ("storage", "fresh"), {"type": "s3", key: value}),
        lambda: edit.update_table(text, path, {key: value}),
        lambda: edit.remove_table(text, path),
        lambda: edit.rename_table(text, path, "other name"),
    ]
    return chance.choice(edits)()


def attempt(action: Callable[[], Any]) -> tuple[bool, Any]:
    """Whether it went well, and its result or the error's line; any other error is one of ours."""
    try:
        return True, action()
    except StorageError as error:
        return False, str(error)


def outcomes(folder: Path, number: int) -> tuple[Counter[str], float]:
    """What became of `number` spoilt files, and the longest time that one took, in seconds."""
    path = folder / "storage.toml"
    chance = random.Random(20261122)
    found: Counter[str] = Counter()
    slowest = 0.0
    for _ in range(number):
        before = spoilt(SAMPLE, chance)
        path.write_bytes(before)
        whole = is_toml(before)
        start = time.process_time()
        loaded, problems = attempt(lambda: ConfigFile(path).load().problems)
        assert loaded == whole, problems
        assert "\n" not in "".join(map(str, problems))
        saved, text = attempt(lambda: rewrite(str(path), partial(an_edit, chance)))
        after = path.read_bytes()
        if saved:
            found["edited"] += 1
            assert whole
            assert after.decode() == text
            assert is_toml(after)
        else:
            found["refused" if whole else "not TOML and not touched"] += 1
            assert "\n" not in text
            assert after == before
        slowest = max(slowest, time.process_time() - start)
    return found, slowest


def test_spoilt_files_are_edited_or_refused_but_never_written_to_blindly(tmp_path: Path) -> None:
    found, slowest = outcomes(tmp_path, 300)
    assert found["edited"] > 20
    assert found["not TOML and not touched"] > 100
    assert slowest < 1


@pytest.mark.reliability
@pytest.mark.timeout(900)
def test_figure_6_ten_thousand_spoilt_files(tmp_path: Path, figure: Figure) -> None:
    found, slowest = outcomes(tmp_path, 10_000)
    parts = ", ".join(f"{number} {what}" for what, number in sorted(found.items()))
    figure(
        6,
        f"{found.total()} spoilt files ({parts})",
        f"0 uncaught exceptions, 0 writes to a file that is not TOML, slowest {slowest:.2f} s",
    )
    assert slowest < 1
