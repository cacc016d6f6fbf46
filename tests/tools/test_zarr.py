"""zarr 3: `zarr.open("storage://NAME/path.zarr")`; 3.1.6."""

from __future__ import annotations

import pickle
from pathlib import Path
from secrets import token_hex
from typing import Any

import fsspec
import numpy as np
import pytest
import zarr
from zarr.storage import FsspecStore

import storage_core
from tests.servers.s3 import S3Server
from tests.tools.conftest import Files


def made(url: str, value: float, **options: Any) -> Any:
    """An array that holds one value everywhere."""
    array = zarr.create_array(url, shape=(4, 6), chunks=(2, 3), dtype="f8", **options)
    array[:] = value
    return array


def test_an_array_is_written_and_read(files: Files) -> None:
    made("storage://prod/a.zarr", 1)
    array = zarr.open_array("storage://prod/a.zarr", mode="r+")
    array[1, 2] = 5
    again = zarr.open("storage://prod/a.zarr", mode="r")
    assert again[:].sum() == 28
    assert again[1, 2] == 5
    names = fsspec.filesystem("storage").find("prod/a.zarr")
    assert names == [
        *(f"prod/a.zarr/c/{row}/{column}" for row in (0, 1) for column in (0, 1)),
        "prod/a.zarr/zarr.json",
    ]


def test_sharded_arrays_are_read_by_ranges(files: Files) -> None:
    # expected: the index of a shard is asked for as its last bytes, by a start below 0.
    array = zarr.create_array(
        "storage://prod/s.zarr", shape=(64, 64), shards=(32, 32), chunks=(8, 8), dtype="i4"
    )
    array[:] = np.arange(64 * 64).reshape(64, 64)
    again = zarr.open_array("storage://prod/s.zarr", mode="r")
    assert again[33, 40] == 33 * 64 + 40
    assert (again[10:20, 10:50] == np.arange(64 * 64).reshape(64, 64)[10:20, 10:50]).all()


def test_a_group_is_written_listed_and_overwritten(files: Files) -> None:
    group = zarr.open_group("storage://prod/g.zarr", mode="w", attributes={"title": "first"})
    group.create_array("x", shape=4, chunks=2, dtype="f8")[:] = 7
    group.create_group("sub").create_array("y", shape=4, chunks=2, dtype="f8")[:] = 1
    again = zarr.open_group("storage://prod/g.zarr", mode="r")
    assert again.attrs["title"] == "first"
    assert sorted(again.keys()) == ["sub", "x"]
    assert again["sub/y"][:].tolist() == [1, 1, 1, 1]
    del group["x"]
    assert sorted(group.keys()) == ["sub"]
    empty = zarr.open_group("storage://prod/g.zarr", mode="w")
    assert sorted(empty.keys()) == []
    assert fsspec.filesystem("storage").find("prod/g.zarr") == ["prod/g.zarr/zarr.json"]


def test_the_modes_of_opening(files: Files) -> None:
    with pytest.raises(FileNotFoundError):
        zarr.open("storage://prod/none.zarr", mode="r")
    made("storage://prod/a.zarr", 1)
    with pytest.raises(FileExistsError):
        zarr.open("storage://prod/a.zarr", mode="w-", shape=2, dtype="i4")
    assert zarr.open("storage://prod/a.zarr", mode="a").shape == (4, 6)
    assert zarr.open("storage://prod/a.zarr", mode="w", shape=2, dtype="i4")[:].tolist() == [0, 0]
    read_only = zarr.open("storage://prod/a.zarr", mode="r")
    with pytest.raises(ValueError, match="read-only"):
        read_only[:] = 1


@pytest.mark.filterwarnings("ignore:Consolidated metadata")  # no part of zarr 3 yet
def test_metadata_in_one_place(files: Files) -> None:
    group = zarr.open_group("storage://prod/g.zarr", mode="w")
    group.create_array("x", shape=4, chunks=2, dtype="f8")
    zarr.consolidate_metadata("storage://prod/g.zarr")
    assert sorted(zarr.open_consolidated("storage://prod/g.zarr").keys()) == ["x"]


def test_names_and_files_do_not_meet(files: Files) -> None:
    options = {"storage_options": {"config_path": files.other}}
    arrays = [
        made("storage://prod/a.zarr", 1),
        made("storage://staging/a.zarr", 2),
        made("storage://prod/a.zarr", 3, **options),
        made("storage://staging/a.zarr", 4, **options),
    ]
    assert [array[0, 0] for array in arrays] == [1, 2, 3, 4]
    assert zarr.open("storage://prod/a.zarr")[0, 0] == 1
    assert zarr.open("storage:///a.zarr")[0, 0] == 1
    assert zarr.open("storage://prod/a.zarr", **options)[0, 0] == 3
    assert zarr.open("storage://staging/a.zarr", **options)[0, 0] == 4
    assert arrays[0].store != arrays[2].store
    again = [pickle.loads(pickle.dumps(array)) for array in arrays]
    assert [array[0, 0] for array in again] == [1, 2, 3, 4]
    files.assert_not_told_by(*arrays, *(array.store for array in arrays))


def test_a_store_is_made_of_a_mapper_and_of_a_file_system(files: Files) -> None:
    made("storage://prod/a.zarr", 1)
    assert zarr.open(fsspec.get_mapper("storage://prod/a.zarr"), mode="r")[0, 0] == 1
    store = FsspecStore.from_url("storage://prod/a.zarr", read_only=True)
    assert zarr.open(store, mode="r")[0, 0] == 1


def test_a_file_system_of_one_store_is_made_one_of_zarr(files: Files) -> None:
    made("storage://prod/a.zarr", 1)
    fs = storage_core.get_store("prod").fs
    store = FsspecStore.from_mapper(fs.get_mapper("a.zarr"), read_only=True)
    assert zarr.open(store, mode="r")[0, 0] == 1


class TestWhatFails:
    """expected: zarr takes FileNotFoundError for a chunk that was never written: it gives zeros.

    So only what is not there may be one, else a bucket that has gone is read as zeros.
    """

    def test_a_chunk_that_is_not_there_is_empty(self, files: Files) -> None:
        array = zarr.create_array("storage://prod/a.zarr", shape=4, chunks=2, dtype="f8")
        array[:2] = 1
        assert zarr.open("storage://prod/a.zarr", mode="r")[:].tolist() == [1, 1, 0, 0]

    def test_a_name_that_is_not_there_is_an_error(self, files: Files) -> None:
        for mode in ("r", "a", "w"):
            with pytest.raises(storage_core.StorageNotFound, match="nowhere"):
                zarr.open_array("storage://nowhere/a.zarr", mode=mode, shape=4, dtype="f8")

    @pytest.mark.parametrize("broken", ["secret", "bucket", "server"])
    def test_a_place_that_fails_is_no_array_of_zeros(
        self,
        s3_server: S3Server,
        server_down_url: str,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        broken: str,
    ) -> None:
        bucket = s3_server.new_bucket()
        path = tmp_path / "storage.toml"
        settings = {
            "type": "s3",
            "bucket": bucket,
            "endpoint_url": s3_server.endpoint_url,
            "aws_access_key_id": s3_server.access_key_id,
            "aws_secret_access_key": s3_server.secret_access_key,
        }
        _write(path, settings)
        monkeypatch.setenv("STORAGE_CONFIG", str(path))
        array = made("storage://prod/a.zarr", 1)
        _write(
            path,
            {
                "secret": settings | {"aws_secret_access_key": token_hex(20)},
                "bucket": settings | {"bucket": f"gone-{token_hex(4)}"},
                "server": settings | {"endpoint_url": server_down_url},
            }[broken],
        )
        error = {
            "secret": storage_core.AccessDenied,
            "bucket": storage_core.ConfigurationError,
            "server": storage_core.StorageUnavailable,
        }[broken]
        if broken == "server":
            monkeypatch.setenv("STORAGE_TIMEOUT", "0.3")
        with pytest.raises(error):
            array[:]
        with pytest.raises(error):
            zarr.open("storage://prod/a.zarr", mode="r")


def _write(path: Path, settings: dict[str, str]) -> None:
    lines = [f'{name} = "{value}"' for name, value in settings.items()]
    path.write_text("[storage.prod]\n" + "\n".join(lines) + "\n")
