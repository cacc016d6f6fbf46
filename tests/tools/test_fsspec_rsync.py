"""rsync of fsspec, from one name of `storage://` to another and to folders; fsspec 2026.9.0."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.generic import GenericFileSystem, rsync

import storage_core
from tests.tools.conftest import Files
from tests.tools.urls import put


class TestRsync:
    def test_copies_from_one_name_to_another(self, files: Files) -> None:
        put("storage://prod/tree/a", b"a")
        put("storage://prod/tree/b/c", b"bc")
        put("storage://staging/copy/old", b"old")
        rsync("storage://prod/tree", "storage://staging/copy")
        assert _tree("storage://staging/copy") == {"a": b"a", "b/c": b"bc", "old": b"old"}
        rsync("storage://prod/tree", "storage://staging/copy", delete_missing=True)
        assert _tree("storage://staging/copy") == {"a": b"a", "b/c": b"bc"}
        assert _tree("storage://prod/tree") == {"a": b"a", "b/c": b"bc"}

    def test_takes_a_whole_name(self, files: Files) -> None:
        put("storage://prod/tree/a", b"a")
        rsync("storage://prod", "storage://staging/all")
        assert _tree("storage://staging/all") == {"tree/a": b"a"}

    def test_copies_from_and_to_folders(self, files: Files, tmp_path: Path) -> None:
        (tmp_path / "from" / "b").mkdir(parents=True)
        (tmp_path / "from" / "b" / "c").write_bytes(b"bc")
        rsync(f"file://{tmp_path}/from", "storage://prod/to")
        assert _tree("storage://prod/to") == {"b/c": b"bc"}
        rsync("storage://prod/to", f"file://{tmp_path}/back")
        assert (tmp_path / "back" / "b" / "c").read_bytes() == b"bc"

    def test_does_not_see_another_content_of_the_same_size(self, files: Files) -> None:
        # expected: what differs is copied. found: sizes are compared and nothing else; update_cond
        # or a field that differs has to be asked for.
        put("storage://prod/tree/a", b"new")
        put("storage://staging/copy/a", b"old")
        rsync("storage://prod/tree", "storage://staging/copy")
        assert _tree("storage://staging/copy") == {"a": b"old"}
        rsync("storage://prod/tree", "storage://staging/copy", update_cond="always")
        assert _tree("storage://staging/copy") == {"a": b"new"}

    def test_takes_one_configuration_file_for_both_ends(self, files: Files) -> None:
        # expected: storage_options name one configuration file for the protocol, and both ends
        # are looked up in it. found: so from 2026.7 on; before that they count for listing only.
        put("storage://prod/tree/a", b"one")
        put("storage://prod/tree/a", b"other", config_path=files.other)
        generic = GenericFileSystem(
            default_method="options", storage_options={"storage": {"config_path": files.other}}
        )
        rsync("storage://prod/tree", "storage://staging/copy", fs=generic)
        copied = (
            _tree("storage://staging/copy"),
            _tree("storage://staging/copy", config_path=files.other),
        )
        version = tuple(map(int, fsspec.__version__.split(".")[:2]))
        assert copied == (({}, {"a": b"other"}) if version >= (2026, 7) else ({"a": b"one"}, {}))

    def test_a_source_that_is_not_there_empties_nothing(self, files: Files) -> None:
        put("storage://staging/copy/a", b"a")
        with pytest.raises(ValueError, match="directory"):
            rsync("storage://prod/misspelt", "storage://staging/copy", delete_missing=True)
        assert _tree("storage://staging/copy") == {"a": b"a"}

    @pytest.mark.parametrize("files", ["local"], indirect=True)
    def test_what_cannot_be_written_is_raised_within_storage_alone(
        self, files: Files, tmp_path: Path
    ) -> None:
        # expected: an error. found: between two protocols there is none, and what is returned is
        # what was tried; both names of ours are one file system, whose own `copy` raises.
        put("storage://staging/copy/a/folder", b"")
        put("storage://prod/tree/a", b"a")
        (tmp_path / "from").mkdir()
        (tmp_path / "from" / "a").write_bytes(b"a")
        with pytest.raises(IsADirectoryError):
            rsync("storage://prod/tree", "storage://staging/copy")
        tried = rsync(f"file://{tmp_path}/from", "storage://staging/copy")
        assert [*tried.values()] == ["storage://staging/copy/a"]
        assert _tree("storage://staging/copy") == {"a/folder": b""}

    def test_a_name_that_is_not_there_is_raised(self, files: Files) -> None:
        put("storage://prod/tree/a", b"a")
        with pytest.raises(storage_core.StorageNotFound, match="nowhere"):
            rsync("storage://prod/tree", "storage://nowhere/copy")


def _tree(url: str, **options: Any) -> dict[str, bytes]:
    return dict(fsspec.get_mapper(url, **options))
