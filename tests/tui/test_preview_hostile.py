"""Whatever is in a blob: a preview of it raises nothing, ends soon, stays small, and says why."""

from __future__ import annotations

import gzip
import os
import pickle
import struct
import subprocess
import sys
import textwrap
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui.previewing import FLOW, FRAME, Ranges, grid, npy, parquet, shown, tar
from tests.tui.test_preview_images import picture
from tui.session.preview import parquet as parquet_module
from tui.session.preview.choosing import MOST_UNPACKED, preview_of
from tui.session.preview.json_text import MOST_INDENTED
from tui.session.preview.look import Preview
from tui.session.preview.source import MOST_FETCHED, PREVIEWED

NAMES = (
    "", "a.json", "a.csv", "a.tsv", "a.npy", "a.pickle", "a.cp311.cloudpickle", "a.tar", "a.tgz",
    "a.json.gz", "a.png", "a.jpg", "a.npy.zst", "a.tar.zst", f"{'0' * 64}.json", "..",
    "a.cp.cloudpickle",
)  # fmt: skip
"""What a blob may be called; Parquet has a test of its own, since each takes a process."""

WHOLE = {
    "json": b'{"a": [1, {"b": "\\ud800", "c": null}], "d": "x"}' * 3,
    "csv": b'a,b,"c\n"\r\n1,2,3\n',
    "npy": npy(np.arange(12.0).reshape(3, 4)),
    "text": npy(np.array(["a", "b"])),
    "objects": npy(np.array([{}, None], dtype=object)),
    "pickle": pickle.dumps({"a": [1, Path("x")], "b": Ranges}, 4),
    "old pickle": pickle.dumps({"a": [1, Path("x")]}, 0),
    "tar": tar(FLOW),
    "gzip": gzip.compress(b"a,b\n1,2\n", mtime=0),
    "zstd": zstd.compress(b'{"a": 1}'),
    "png": picture("PNG"),
    "jpeg": picture("JPEG"),
    "gif": picture("GIF"),
    "bmp": picture("BMP"),
    "webp": picture("WebP"),
    "gzip of tar": gzip.compress(tar(FLOW), mtime=0),
}


def check(preview: Preview) -> None:
    """It can be drawn, and is not too much."""
    assert preview.what
    for form in range(len(preview.forms)):
        for width, first in ((80, 0), (12, 3)):
            drawn = preview.drawn(width, form, first)
            size = 0
            for line in chain(drawn.head, drawn.lines):
                text = "".join(text for text, _ in line)
                assert text.isprintable()
                size += len(text)
            # A table of many short columns is mostly blanks.
            assert size <= 8 * MOST_INDENTED
    assert all(text.isprintable() for text in (preview.what, *preview.notes, preview.warning))


@given(st.binary(max_size=300), st.sampled_from(NAMES))
@settings(max_examples=80, deadline=None)
def test_any_bytes_under_any_name(data: bytes, name: str) -> None:
    check(shown(data, name))


@given(
    st.sampled_from(sorted(WHOLE)),
    st.sampled_from(NAMES),
    st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=4)), max_size=4),
    st.floats(0, 1),
)
@settings(max_examples=150, deadline=None)
def test_damaged_blobs_of_every_kind(
    kind: str, name: str, changes: list[tuple[float, bytes]], end: float
) -> None:
    data = bytearray(WHOLE[kind])
    for place, piece in changes:
        start = int(place * len(data))
        data[start : start + len(piece)] = piece
    check(shown(bytes(data[: int(end * len(data)) + 1]), name))


@pytest.mark.parametrize(("pack", "name"), [(gzip.compress, "gzip"), (zstd.compress, "zstd")])
@pytest.mark.parametrize("suffix", ["", ".json", ".tar", ".parquet"])
def test_a_bomb_shows_its_beginning(pack: Any, name: str, suffix: str) -> None:
    data = pack(bytes(MOST_UNPACKED + 1) if suffix else b"[0,\n" + b"0,\n" * 1_000_000)
    ending = {"gzip": ".gz", "zstd": ".zst"}[name]
    preview = shown(data, f"a{suffix}{ending}" if suffix else "")
    check(preview)
    assert preview.what.startswith(f"{name}, unpacked · ")
    assert preview.forms[0].cut == "only the first 64 KiB" or "members" in preview.what
    assert len(preview.forms[-2].data) == PREVIEWED  # type: ignore[attr-defined]


def test_a_bomb_within_a_bomb_is_unpacked_once() -> None:
    preview = shown(gzip.compress(gzip.compress(bytes(1_000_000))), "a.json.gz")
    assert preview.what == "gzip, unpacked · not text, shown as bytes"


@pytest.mark.parametrize(
    "data",
    [
        b"x" * 3_000_000,
        "日本語".encode() * 300_000,
        ("e" + "\u0301" * 200_000).encode(),
        b"\x1b[2J" * 500_000,
        b'"' + b"a" * 3_000_000,
        b"a," * 1_000_000 + b"\n" + b"1," * 1_000_000,
        b'{"a": "' + b"x" * 3_000_000 + b'"}',
        b'{"' + b"x" * 70_000 + b'": 1}',
        b"[" + b"9" * 200_000 + b"]",
        b"[" * 1_000_000,
        b'{"a":' * 1_000_000,
        b"[" * 500 + b"1," * 40_000,
    ],
    ids=range(12),
)
@pytest.mark.parametrize("name", ["", "a.json", "a.csv"])
def test_megabyte_long_lines_and_deep_nesting(data: bytes, name: str) -> None:
    check(shown(data, name))


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<f8', 'fortran_order': False, 'shape': (" + "9" * 60_000 + ",), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (" + "9, " * 20_000 + "), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-5,), }",
        "{'descr': '<f8', 'fortran_order': True, 'shape': (3, 99999999999, 2), }",
        "{'descr': '<U99999999999999999', 'fortran_order': False, 'shape': (3,), }",
        "{'descr': '<U0', 'fortran_order': False, 'shape': (3,), }",
        "{'descr': '<q8', 'fortran_order': False, 'shape': (3,), }",
        "{'descr': '<M8[25s]', 'fortran_order': False, 'shape': (3,), }",
        "{'descr': " + "[" * 60_000 + ", 'fortran_order': False, 'shape': (3,), }",
        "{'descr': '|O', 'fortran_order': False, 'shape': (3,), }",
        "(" * 60_000,
        "'descr':[" * 7000,
        "'shape':(1" * 6000,
        "\0" * 100,
    ],
    ids=range(15),
)
def test_headers_of_arrays_that_lie(header: str) -> None:
    for version, length in ((1, struct.pack("<H", min(len(header), 65535))),
                            (3, struct.pack("<I", len(header)))):  # fmt: skip
        data = b"\x93NUMPY" + bytes([version, 0]) + length + header.encode() + bytes(1000)
        check(shown(data, "a.npy"))
    check(shown(b"\x93NUMPY\x03\0\xff\xff\xff\xff" + header.encode(), ""))


@pytest.mark.parametrize(
    "data",
    [
        b"\x80\x05" + b"2" * 1_000_000,  # DUP of nothing
        b"\x80\x05]" + b"2" * 1_000_000,
        b"\x80\x05" + b"(" * 1_000_000,
        b"\x80\x05" + b"(" * 30_000 + b"1" * 30_000,
        b"\x80\x05" + b"0" * 60_000,
        b"\x80\x05" + b"\x93" * 60_000,  # STACK_GLOBAL of nothing
        b"\x80\x05" + b"".join(b"c%d\nname\n" % number for number in range(6000)),
        b"\x80\x05X\xff\xff\xff\xff" + b"a" * 1000,
        b"\x80\x05\x8d" + b"\xff" * 8,
        b"\x80\x05\x95" + b"\xff" * 8,
        b"\x80\x05\x8b\x00\xff\x00\x00" + b"\x7f" * 0xFF00,  # a number of 65,280 bytes
        b"\x80\x05I" + b"9" * 60_000 + b"\n.",
        b"\x80\x05F" + b"9" * 60_000 + b"\n.",
        b"\x80\x05j\xff\xff\xff\x7f.",  # out of a memo of nothing
        b"\x80\xff.",
        b"\x80\x04cos\nsystem\n(S'echo'\ntR.",
        b"\x80\x05\x8c\x05\x1b[2Jx\x8c\x01y\x93.",
    ],
    ids=range(17),
)
@pytest.mark.parametrize("name", ["", "a.pickle"])
def test_opcodes_of_pickles_that_lie(data: bytes, name: str) -> None:
    check(shown(data, name))


def numbered(field: int, value: bytes, data: bytes) -> bytes:
    """A tar whose first header has another number, and a sum that fits it."""
    header = bytearray(data[:512])
    header[field : field + len(value)] = value
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + data[512:]


@pytest.mark.parametrize(
    "data",
    [
        numbered(124, b"77777777777\0", tar(FLOW)),
        numbered(124, b"\x80" + b"\xff" * 11, tar(FLOW)),
        numbered(124, b"\xff" * 12, tar(FLOW)),
        numbered(124, b"\x80" + bytes(10) + b"\x01", tar(FLOW)),
        numbered(124, b"not a number", tar(FLOW)),
        numbered(100, b"\xff" * 8, tar(FLOW)),
        numbered(156, b"x", tar({"a": b"0 path=b\n" * 100})),
        numbered(156, b"x", tar({"a": b"99999999 path=b\n"})),
        numbered(156, b"x", tar({"a": b"20 size=99999999999999999999\n"}) + tar(FLOW)),
        numbered(156, b"L", tar({"a": b"\xff" * 600})),
        tar({"a": b""})[:512] * 40_000,
        tar({"\x1b[2J": b"", "../../etc/passwd": b"", "/root": b""}),
    ],
    ids=range(12),
)
def test_tars_that_lie(data: bytes) -> None:
    blob = Ranges(data)
    check(preview_of(blob.source(), "a.tar"))
    assert blob.read <= MOST_FETCHED


# ---- Parquet

FILE = parquet(FRAME)
LIES = {
    "no footer": FILE[:-8] + b"\0\0\0\0PAR1",
    "a footer larger than the file": FILE[:-8] + b"\xff\xff\xff\x7fPAR1",
    "a footer of nothing but ones": FILE[:-60] + b"\xff" * 52 + FILE[-8:],
    "pages of nothing but ones": FILE[:4] + b"\xff" * 200 + FILE[204:],
    "no beginning": bytes(4) + FILE[4:],
    "no end": FILE[:-1],
    "magic alone": b"PAR1",
    "twice the magic": b"PAR1PAR1",
    "no columns": parquet({}),
    "no rows": parquet({"a": []}),
    "awkward names": parquet({"\x1b[2J": [1], "a.b": [2], "": [3], "x" * 5000: ["\x1b[2J" * 999]}),
}


@pytest.mark.parametrize("lie", LIES)
def test_parquet_that_lies(lie: str) -> None:
    preview = shown(LIES[lie], "a.parquet")
    check(preview)
    if lie in ("no columns", "no rows", "awkward names"):
        assert preview.what.startswith("Parquet · ")
    elif lie != "pages of nothing but ones":
        assert "shown as bytes" in preview.what
        assert preview.notes[0].startswith("It is not shown as Parquet: ")


def test_damaged_parquet_of_many_kinds() -> None:
    for seed in range(4):
        random = np.random.default_rng(seed)
        data = bytearray(FILE)
        for place in random.integers(4, len(data) - 8, size=3):
            data[place] = int(random.integers(256))
        check(shown(bytes(data), "a.parquet"))


@pytest.mark.parametrize(
    "script",
    [
        "import os; os.abort()",
        "import time; time.sleep(60)",
        "print('no protocol')",
        "print('R 0')",
        "print('R -5 10'); input()",
        "print('D 99999999999')",
        "import sys; sys.stdout.write('x' * 10_000_000)",
        "while True: print('R 0 10', flush=True)",
    ],
)
def test_a_reader_that_dies_or_hangs_is_given_up(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = tmp_path / "reader.py"
    reader.write_text(script)
    monkeypatch.setattr(parquet_module, "_READER", reader)
    monkeypatch.setattr(parquet_module, "MOST_SECONDS", 1.0)
    preview = shown(FILE, "a.parquet")
    assert preview.what == "Parquet, shown as bytes"
    assert preview.notes[0].startswith("It is not shown as Parquet: it")


def test_the_app_itself_never_loads_numpy_or_pyarrow() -> None:
    script = """
        import sys
        from tui.session.preview.choosing import MOST_UNPACKED, preview_of
        from tui.session.preview.source import Source
        for number in range(2):
            data = sys.stdin.buffer.read(int(sys.argv[1 + number]))
            print(preview_of(Source(data, whole=True)).what)
        print({"numpy", "pandas", "pyarrow", "textual"} & set(sys.modules))
    """
    array = npy(np.arange(3))
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(len(FILE)), str(len(array))],
        input=FILE + array,
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    parquet_said, npy_said, loaded = done.stdout.decode().splitlines()
    assert parquet_said.startswith("Parquet · 3 rows")
    assert npy_said == "NumPy array · 3 · int64"
    assert loaded == "set()"


def test_the_reader_does_not_take_modules_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyarrow.py").write_text("raise SystemExit('from here')")
    (tmp_path / "json.py").write_text("raise SystemExit('from here')")
    monkeypatch.chdir(tmp_path)
    assert grid(shown(FILE)).rows
