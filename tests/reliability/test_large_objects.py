"""Objects of 1 GiB: how much memory saving and loading them takes beside the object itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.figures import Figure

pytestmark = [pytest.mark.reliability, pytest.mark.timeout(1200)]

PROGRAM = """
import sys
import storage_core
import numpy as np, pandas as pd, pyarrow.parquet, pickle

what, compression, step, folder, key = sys.argv[1:]
store = storage_core.open_store(storage_core.LocalStorage(storage_path=folder))

def of(name):
    for line in open("/proc/self/status"):
        if line.startswith(name):
            return int(line.split()[1]) // 1024

def measured(call):
    open("/proc/self/clear_refs", "w").write("5")
    before = of("VmRSS")
    result = call()
    return result, of("VmHWM") - before

random = np.random.default_rng(1)
if step == "save":
    numbers = random.random((2**23, 16))
    obj = {
        "array": lambda: numbers,
        "array in another order": lambda: np.asfortranarray(numbers),
        "frame": lambda: pd.DataFrame(numbers, columns=[f"c{n}" for n in range(16)]),
        "pickle": lambda: (numbers,),
    }[what]()
    del numbers
    print(*measured(lambda: store.save(obj, compression=compression or None)))
else:
    print(measured(lambda: store.load(key, allow_pickle=True))[1])
"""

MIB_SAVING = {"array": 64, "array in another order": 64, "frame": 200, "pickle": 64}
MIB_LOADING = {"array": 1100, "array in another order": 1100, "frame": 1600, "pickle": 1100}


def run(*arguments: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        capture_output=True,
        text=True,
        timeout=1000,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize(
    ("what", "compression"), [*((what, "") for what in MIB_SAVING), ("array", "zstd")]
)
def test_a_gibibyte_passes_in_bounded_memory(
    what: str, compression: str, tmp_path: Path, figure: Figure
) -> None:
    folder = str(tmp_path / "data")
    key, saving = run(what, compression, "save", folder, "")
    (loading,) = run(what, compression, "load", folder, key)
    name = f"{what}{f', {compression}' if compression else ''} of 1 GiB saved, loaded"
    figure("objects", name, f"{saving} MiB beside it, {loading} MiB with it")
    assert int(saving) < MIB_SAVING[what]
    assert int(loading) < MIB_LOADING[what]
