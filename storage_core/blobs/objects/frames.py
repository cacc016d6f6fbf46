"""Parquet, for the frames of pandas that can be read back unchanged from it.

Parquet silently changes many frames, and `DataFrame.equals` does not notice all of it. So this is a
list of what was found to survive: whatever is not in it is left to pickle.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, BinaryIO, Final
from warnings import catch_warnings, filterwarnings

from storage_core.blobs.objects import json_values, zones
from storage_core.blobs.objects.memory import require_memory
from storage_core.blobs.objects.serializer import (
    Fault,
    Serializer,
    Sink,
    Unserializable,
    a_kind,
    required,
)
from storage_core.errors import UnsupportedOperation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import ReadableBuffer

ROWS: Final = 128 * 1024
"""Rows that are written to Parquet at a time."""

_NAMED_UTC: Final = b"storage_core.named_utc"
"""The metadata that says what `zones.named_utc` has found, if anything."""

_NUMBERS: Final = frozenset({
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float32", "float64",
})  # fmt: skip
_TIMES: Final = frozenset(
    f"{kind}64[{unit}]" for kind in ("datetime", "timedelta") for unit in ("ms", "us", "ns")
)
_MASKED: Final = frozenset(
    {"boolean", *(f"{sign}Int{bits}" for sign in ("", "U") for bits in (8, 16, 32, 64))}
)


class Frames(Serializer):
    """Parquet, by pandas and pyarrow."""

    seeks = True

    def dump(self, obj: Any, file: Sink) -> None:
        pandas = required("pandas")
        if fault := fault_of(obj, pandas):
            raise Unserializable(f"{fault} from Parquet; serializer='pickle' keeps it")
        parquet = _parquet(pandas)
        with catch_warnings():
            filterwarnings("ignore", r"(Series|DatetimeIndex)\.values returning")
            table = required("pyarrow").Table.from_pandas(obj)
        # As in `DataFrame.to_parquet`, which has no place for metadata of others.
        metadata = dict(table.schema.metadata)
        if obj.attrs:
            metadata[b"PANDAS_ATTRS"] = json.dumps(obj.attrs).encode()
        if named := zones.named_utc(obj, pandas):
            metadata[_NAMED_UTC] = json.dumps(named).encode()
        table = table.replace_schema_metadata(metadata)
        parquet.write_table(table, _Output(file), row_group_size=ROWS)

    def load(self, file: BinaryIO, *, allow_pickle: bool) -> Any:
        pandas = required("pandas")
        source = _parquet(pandas).ParquetFile(file, pre_buffer=False)
        sizes = source.metadata
        groups = [sizes.row_group(index) for index in range(sizes.num_row_groups)]
        require_memory(sum(group.total_byte_size for group in groups))
        # Each column is at least one byte for each row, once it is in a frame.
        require_memory(sizes.num_rows * sizes.num_columns)
        for field in source.schema_arrow:
            if not zones.is_known(zone := getattr(field.type, "tz", None)):
                raise UnsupportedOperation(
                    f"the frame has times of the zone {zone!r}, which is not known here; "
                    "run: pip install tzdata"
                )
        table = source.read()
        metadata = table.schema.metadata or {}
        with catch_warnings():
            filterwarnings("ignore", "make_block is deprecated")
            # As in `pandas.read_parquet`, except that the table releases each column once the frame
            # has it: 1 GiB took 1.1 to 1.5 GiB of memory instead of 2.5. The table must not be used
            # after that; pandas 3.0 does, and crashes.
            frame = table.to_pandas(split_blocks=True, self_destruct=True)
        if (attrs := metadata.get(b"PANDAS_ATTRS")) is not None:
            frame.attrs = json.loads(attrs)
        zones.restore_utc(frame, json.loads(metadata.get(_NAMED_UTC, b"[]")), pandas)
        return frame


def _parquet(pandas: Any) -> Any:
    parquet = required("pyarrow.parquet")
    if _lacks_pyarrow(pandas):
        raise UnsupportedOperation(
            "pandas has found no pyarrow that it can use; run: pip install --upgrade "
            "'storage-config[objects]', and start Python again"
        )
    return parquet


def _lacks_pyarrow(pandas: Any) -> bool:
    """Whether pandas itself has found none, or too old a one; it then has text in Python's."""
    if pandas.get_option("mode.string_storage") != "auto":
        return False
    return bool(pandas.StringDtype(na_value=float("nan")).storage != "pyarrow")


class _Output:
    """The file that pyarrow needs for writing, over an object that only has `write`."""

    closed = False

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def write(self, data: ReadableBuffer) -> int:
        return self._sink.write(data)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


def fault_of(frame: Any, pandas: Any) -> Fault | None:
    """Why an object cannot be read back unchanged from Parquet; None if it can."""
    if type(frame) is not pandas.DataFrame:
        return Fault("", f"{a_kind(frame)} does not come back the same")
    for path, why in _faults(frame, pandas):
        return Fault(path, f"{why} does not come back the same")
    if fault := json_values.fault_of(frame.attrs):
        return Fault(f".attrs{fault.path}", fault.why)
    return None


def _faults(frame: Any, pandas: Any) -> Iterator[tuple[str, str]]:
    labels = frame.columns
    if not len(labels):
        yield "", "a frame without columns"
    if type(labels) is not pandas.Index or not _is_text(labels.dtype, pandas):
        yield ".columns", f"an index of {labels.dtype} as labels"
    if not labels.is_unique:
        yield ".columns", "a label that two columns have"
    if labels.hasnans:
        yield ".columns", "a label that is missing"
    if not frame.flags.allows_duplicate_labels:
        yield ".flags", "a frame that allows no duplicate labels"
    names = [labels.name, *frame.index.names]
    for name in names:
        if name is not None and (not _is_name(name) or name in labels):
            yield ".index.names", f"the name {name!r} of an index"
    if type(frame.index) is pandas.MultiIndex and frame.index.nlevels == 1:
        yield ".index", "a MultiIndex of one level"
    for path, index in _levels(frame.index, pandas):
        if not _is_index(index, pandas):
            yield path, f"{a_kind(index)} of {index.dtype}"
    for label, dtype in zip(labels, frame.dtypes, strict=True):
        if not _is_kept(dtype, pandas):
            yield f"[{label!r}]", f"a column of {dtype}"
        elif isinstance(dtype, pandas.CategoricalDtype) and not len(frame):
            # Parquet loses its categories (pandas 3.1.1, pyarrow 26.0.1).
            yield f"[{label!r}]", "a column of categories without a row"


def _is_name(name: Any) -> bool:
    """Whether an index may have it; pyarrow takes some for its own, which stand for none."""
    if type(name) is not str or not name or name.startswith("__index_level_"):
        return False
    return json_values.fault_of(name) is None


def _levels(index: Any, pandas: Any) -> Iterator[tuple[str, Any]]:
    if type(index) is not pandas.MultiIndex:
        yield ".index", index
        return
    for number, level in enumerate(index.levels):
        yield f".index.levels[{number}]", level


def _is_index(index: Any, pandas: Any) -> bool:
    if type(index) is pandas.RangeIndex:
        return True
    if type(index) in (pandas.DatetimeIndex, pandas.TimedeltaIndex):
        return index.freq is None and (_is_plain(index.dtype) or _is_zoned(index.dtype, pandas))
    return type(index) is pandas.Index and (_is_plain(index.dtype) or _is_text(index.dtype, pandas))


def _is_kept(dtype: Any, pandas: Any) -> bool:
    if _is_plain(dtype) or _is_text(dtype, pandas) or _is_zoned(dtype, pandas):
        return True
    if isinstance(dtype, pandas.PeriodDtype):
        return True
    if isinstance(dtype, pandas.CategoricalDtype):
        labels = dtype.categories
        return len(labels) > 0 and type(labels) is pandas.Index and _is_text(labels.dtype, pandas)
    return str(dtype) in _MASKED and type(dtype).__module__.partition(".")[0] == "pandas"


def _is_plain(dtype: Any) -> bool:
    """Whether it is one of NumPy's, in this machine's order of bytes."""
    is_plain = getattr(dtype, "isnative", False) and not dtype.metadata
    return is_plain and dtype.name in _NUMBERS | _TIMES


def _is_text(dtype: Any, pandas: Any) -> bool:
    """Whether it is the `str` of pandas 3, kept by pyarrow, or would be if that were installed."""
    is_text = isinstance(dtype, pandas.StringDtype) and str(dtype) == "str"
    return is_text and (dtype.storage == "pyarrow" or _lacks_pyarrow(pandas))


def _is_zoned(dtype: Any, pandas: Any) -> bool:
    is_zoned = isinstance(dtype, pandas.DatetimeTZDtype) and dtype.unit in ("ms", "us", "ns")
    return is_zoned and zones.is_kept(dtype.tz)
