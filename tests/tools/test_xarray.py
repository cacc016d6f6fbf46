"""xarray: `to_zarr("storage://NAME/path.zarr")` and back; 2026.9.0."""

from __future__ import annotations

from typing import Any

import dask
import numpy as np
import pytest
import xarray as xr

from tests.tools.conftest import Files

pytestmark = pytest.mark.filterwarnings("ignore:The data type")  # of text, in zarr 3


def dataset(value: float) -> xr.Dataset:
    """A small set of data with coordinates and attributes."""
    return xr.Dataset(
        {"t": (("x", "y"), np.full((4, 6), value), {"units": "K"})},
        coords={"x": np.arange(4), "name": ("y", list("abcdef"))},
        attrs={"title": "test"},
    )


def test_a_dataset_is_written_and_read(files: Files) -> None:
    dataset(1).to_zarr("storage://prod/d.zarr", zarr_format=3, consolidated=False)
    again = xr.open_zarr("storage://prod/d.zarr", consolidated=False)
    xr.testing.assert_identical(again.compute(), dataset(1))


def test_a_dataset_is_extended_and_overwritten(files: Files) -> None:
    url = "storage://prod/d.zarr"
    options: dict[str, Any] = {"zarr_format": 3, "consolidated": False}
    dataset(1).to_zarr(url, **options)
    with pytest.raises(FileExistsError):
        dataset(2).to_zarr(url, **options)
    dataset(2).to_zarr(url, append_dim="x", mode="a", consolidated=False)
    with xr.open_zarr(url, consolidated=False) as both:
        assert both.sizes["x"] == 8
        assert both.t.values.sum() == 24 * 3
    dataset(5).drop_vars("name").to_zarr(url, mode="w", **options)
    with xr.open_zarr(url, consolidated=False) as last:
        assert last.t.values.sum() == 24 * 5
        assert "name" not in last


def test_names_and_files_do_not_meet_in_one_graph(files: Files) -> None:
    # expected: the token of a graph is made of the URL and of storage_options, and of nothing that
    # is read.
    other = {"storage_options": {"config_path": files.other}}
    places: list[tuple[str, dict[str, Any]]] = [
        ("storage://prod/d.zarr", {}),
        ("storage://staging/d.zarr", {}),
        ("storage://prod/d.zarr", other),
        ("storage://staging/d.zarr", other),
    ]
    for value, (url, options) in enumerate(places):
        dataset(value).to_zarr(url, zarr_format=3, consolidated=False, **options)
    opened = [xr.open_zarr(url, consolidated=False, **options) for url, options in places]
    assert [float(each.t.max()) for each in dask.compute(*opened)] == [0, 1, 2, 3]
    together = xr.concat(opened, "place").t.max(["x", "y"]).compute()
    assert together.values.tolist() == [0, 1, 2, 3]
    files.assert_not_told_by(*(dict(each.t.__dask_graph__()) for each in opened))
