"""What a row shows at a glance: the format of a blob as coloured letters, its size as a bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from tui.session.listing import Listed


class Format(NamedTuple):
    """The format of a blob, by its name."""

    code: str
    """At most four letters, so that it can be told without colour; empty if it is unknown."""

    look: str
    """The look of the code and of the bar; see `tui.kit.table`."""


_FAMILIES: Final = (
    # Tables, text, arrays and models, objects of Python, archives, pictures.
    "csv tsv parquet:PARQ jsonl:JSNL ndjson:JSNL arrow:ARRW feather:ARRW orc xlsx",
    "json txt md log py yaml yml:YAML toml xml html ini sql ipynb:NOTE",
    "npy npz h5:HDF5 hdf5:HDF5 nc zarr pt onnx safetensors:SAFE",
    "pickle:PKL pkl cloudpickle:CPKL joblib:JOBL",
    "tar tgz zip 7z whl jar",
    "png jpg jpeg:JPG gif bmp webp svg tif:TIFF tiff pdf",
)

_PACKINGS: Final = ("gz", "zst", "bz2", "xz")
"""Suffixes of compression, which follow the suffix of the format."""

_UNKNOWN: Final = Format("", "muted")
_FOLDER: Final = Format("DIR", "accent")


def _known() -> dict[str, Format]:
    found = {}
    for number, family in enumerate(_FAMILIES):
        for each in family.split():
            suffix, _, code = each.partition(":")
            found[suffix] = Format(code or suffix.upper(), f"tint-{number}")
    return found


_KNOWN: Final = _known()


def format_of(blob: Listed) -> Format:
    """The format of a blob, as far as its name says."""
    if blob.is_folder:
        return _FOLDER
    # Look only at the end: a name may have a thousand dots.
    _, *suffixes = blob.name[-32:].rpartition("/")[2].lower().rsplit(".", 2)
    if len(suffixes) > 1 and suffixes[-1] in _PACKINGS and suffixes[0] in _KNOWN:
        return _KNOWN[suffixes[0]]
    last = suffixes[-1] if suffixes else ""
    if last in _PACKINGS:
        return Format(last.upper(), "muted")
    return _KNOWN.get(last, _UNKNOWN)


_EIGHTHS: Final = " ▏▎▍▌▋▊▉█"


def bar(size: int | None, largest: int, width: int) -> str:
    """A bar for a size, of `width` cells for the largest.

    The smallest bar has an eighth of a cell.
    """
    if not size or not largest or width <= 0:
        return ""
    eighths = max(1, min(8 * width, round(8 * width * size / largest)))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
