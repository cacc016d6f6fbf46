"""Times with a zone: Parquet keeps its name only, so it has to lead back to the same zone."""

from __future__ import annotations

import datetime
import io
import struct
import zoneinfo
from datetime import timedelta, timezone
from typing import Any, Final
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from storage_core import Store, UnsupportedOperation
from storage_core.blobs.objects.zones import is_kept
from tests.unit.objects.frames import KEPT_ZONES, OTHER_ZONES
from tests.unit.objects.same import same

MOMENTS: Final = pd.DatetimeIndex(["2020-07-01T12:00", "1970-01-01", "NaT"])
A_ZONE: Final = b"TZif" + bytes(16) + struct.pack(">6l", 0, 0, 0, 0, 1, 4) + bytes(6) + b"UTC\0"


def times(zone: Any) -> pd.DatetimeIndex:
    return MOMENTS.tz_localize("UTC").tz_convert(zone)


def frames_of(zone: Any) -> dict[str, pd.DataFrame]:
    """A frame for each place where there can be a zone."""
    levels = [[1, 2, 3], times(zone)]
    return {
        "column": pd.DataFrame({"a": times(zone)}),
        "empty": pd.DataFrame({"a": times(zone)})[:0],
        "index": pd.DataFrame({"a": [1, 2, 3]}, index=times(zone).rename("when")),
        "level": pd.DataFrame({"a": [1, 2, 3]}, index=pd.MultiIndex.from_arrays(levels)),
    }


def zone_in(frame: pd.DataFrame) -> Any:
    level = frame.index.levels[1] if isinstance(frame.index, pd.MultiIndex) else frame.index
    return getattr(level, "tz", None) or frame.a.dt.tz


@pytest.mark.parametrize("where", frames_of("UTC"))
@pytest.mark.parametrize("zone", KEPT_ZONES, ids=repr)
def test_a_zone_that_its_name_leads_back_to_stays_in_parquet(
    store: Store, zone: Any, where: str
) -> None:
    frame = frames_of(zone)[where]
    key = store.save(frame)
    assert key.endswith(".parquet")
    back = store.load(key)
    assert same(back, frame)
    assert type(zone_in(back)) is type(zone_in(frame))
    assert repr(zone_in(back)) == repr(zone_in(frame))
    pd.testing.assert_frame_equal(back, frame, check_freq=True)


@pytest.mark.parametrize("where", frames_of("UTC"))
@pytest.mark.parametrize("zone", OTHER_ZONES, ids=repr)
def test_any_other_zone_is_pickled(store: Store, zone: Any, where: str) -> None:
    frame = frames_of(zone)[where]
    key = store.save(frame)
    assert key.endswith(".pickle")
    assert same(store.load(key, allow_pickle=True), frame)
    with pytest.raises(UnsupportedOperation, match=r"does not come back the same from Parquet"):
        store.save(frame, serializer="parquet")


@pytest.mark.parametrize("zone_key", [None, "Nowhere/X", "Europe/Paris", "UTC", "../x"])
def test_a_zone_read_from_a_file_is_refused_as_nothing_keeps_it(
    store: Store, zone_key: str | None
) -> None:
    zone = ZoneInfo.from_file(io.BytesIO(A_ZONE), key=zone_key)
    before = [*store.list()]
    with pytest.raises(UnsupportedOperation, match="cannot be pickled"):
        store.save(pd.DataFrame({"a": times(zone)}))
    assert [*store.list()] == before


def test_each_utc_comes_back_as_itself_beside_the_other(store: Store) -> None:
    plain, named = times("UTC"), times(ZoneInfo("UTC"))
    index = pd.MultiIndex.from_arrays([plain, named, named, plain])
    frame = pd.DataFrame({"b": named, "a": plain, "c": named}).set_index(index)
    key = store.save(frame)
    assert key.endswith(".parquet")
    back = store.load(key)
    assert same(back, frame)
    assert [*map(type, (column.dt.tz for _, column in back.items()))] == [
        ZoneInfo, timezone, ZoneInfo,
    ]  # fmt: skip
    assert [type(level.tz) for level in back.index.levels] == [
        timezone, ZoneInfo, ZoneInfo, timezone,
    ]  # fmt: skip


def test_the_usual_frame_is_written_as_pandas_would(store: Store) -> None:
    frame = pd.DataFrame({"a": pd.to_datetime(["2020-07-01"], utc=True), "b": ["x"]})
    frame.attrs = {"of": "ours"}
    file = io.BytesIO()
    frame.to_parquet(file, engine="pyarrow")
    assert bytes(store.read(store.save(frame))) == file.getvalue()


def test_every_zone_of_this_machine_and_every_minute_is_kept(store: Store) -> None:
    zones: list[Any] = [ZoneInfo(key) for key in sorted(zoneinfo.available_timezones())]
    zones += [timezone(timedelta(minutes=minutes)) for minutes in range(-1439, 1440)]
    assert all(map(is_kept, zones))
    for start in range(0, len(zones), 500):
        columns = {repr(zone): times(zone) for zone in zones[start : start + 500]}
        frame = pd.DataFrame(columns)
        assert same(store.load(store.save(frame)), frame)


def test_a_zone_that_is_not_known_here_is_named(store: Store) -> None:
    file = io.BytesIO()
    moments = pa.array([0], pa.timestamp("us", "Nowhere/X"))
    pq.write_table(pa.table({"a": moments}), file)
    store.write(file.getvalue(), key="results/elsewhere.parquet")
    with pytest.raises(UnsupportedOperation, match=r"zone 'Nowhere/X', which is not known here;"):
        store.load("results/elsewhere.parquet")


def test_times_of_other_programs_come_with_the_utc_of_pandas(store: Store) -> None:
    file = io.BytesIO()
    pq.write_table(pa.table({"a": pa.array([0], pa.timestamp("us", "UTC"))}), file)
    store.write(file.getvalue(), key="results/utc.parquet")
    assert store.load("results/utc.parquet").a.dt.tz is datetime.UTC
