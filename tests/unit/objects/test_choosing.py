"""Serializers of other packages that do not work, and what is loaded for the others."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from storage_core import Store, UnsupportedOperation

BROKEN = """
def fails():
    raise RuntimeError("no")
nothing = 1
"""


@pytest.fixture
def _broken_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken_serializers.py").write_text(BROKEN)
    info = tmp_path / "broken_serializers-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-serializers\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[storage_core.serializers]\n"
        "gone = broken_serializers:gone\nnothing = broken_serializers:nothing\n"
        "json = broken_serializers:fails\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.mark.usefixtures("_broken_package")
def test_a_broken_package_is_named_and_takes_no_built_in_name(store: Store) -> None:
    with pytest.raises(UnsupportedOperation, match=r"'gone' cannot be loaded .AttributeError."):
        store.save(1, serializer="gone")
    with pytest.raises(UnsupportedOperation, match=r"'nothing' gives no storage_core\.Serializer"):
        store.save(1, serializer="nothing")
    with pytest.raises(UnsupportedOperation, match="'gone'"):
        store.load("results/a.gone")
    assert store.load(store.save(1, serializer="json")) == 1


def test_json_needs_no_package_of_others(tmp_path: Path) -> None:
    program = f"""
import sys, storage_core
store = storage_core.open_store(storage_core.LocalStorage(storage_path={str(tmp_path)!r}))
assert store.load(store.save({{"a": [1]}})) == {{"a": [1]}}
print(*sorted({{"numpy", "pandas", "pyarrow", "cloudpickle"}} & sys.modules.keys()))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.stdout, done.stderr) == ("\n", "")
