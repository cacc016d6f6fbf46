"""The operations of fsspec over backends: what `storage://` and `store.fs` have in common.

The two say where a path leads (`_spot`). Nothing is cached between calls, so no listing is ever
stale. Several files are handled in parallel, in threads.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from fsspec.callbacks import DEFAULT_CALLBACK
from fsspec.implementations.local import LocalFileSystem
from fsspec.spec import AbstractFileSystem
from fsspec.utils import isfilelike, stringify_path

from storage_core.blobpath import is_blob_path
from storage_core.fs import deleting, listing, local_disk, opening, reading, side_by_side
from storage_core.fs.copying import copy_file
from storage_core.fs.encoding import encoded
from storage_core.fs.errors import IsFolder, NotSupported, both_families
from storage_core.fs.folders import Folders
from storage_core.fs.pairs import Pair, expanded, pairs, require_apart, require_ends
from storage_core.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from storage_core.fs.spot import Spot
    from storage_core.fs.writing import WrittenFile

    Info = dict[str, Any]


class BlobFileSystem(AbstractFileSystem):  # type: ignore[misc]
    """A file system over backends, without a cache of listings."""

    def __init__(self) -> None:
        """Look at nothing yet."""
        super().__init__(use_listings_cache=False)
        self._folders = Folders()

    def _spot(self, path: str) -> Spot:
        """Where a path, protocol stripped, leads."""
        raise NotImplementedError

    def spot_at(self, path: str | os.PathLike[str]) -> Spot:
        """Where a path or URL leads; this sends no request."""
        with both_families():
            return self._spot(self._strip_protocol(path))

    def _tops(self) -> Sequence[str] | None:
        """The names at the top; None if the top is a location."""
        return None

    def info(self, path: str, **kwargs: Any) -> Info:
        """What is at a path: `name`, `size`, `type`, and of a file `mtime`, in seconds since 1970.

        Raises:
            FileNotFoundError: nothing is there.
        """
        path = self._strip_protocol(path)
        if not path:
            return {"name": "", "size": 0, "type": "directory"}
        with both_families():
            return listing.info(self._spot(path))

    def exists(self, path: str, **kwargs: Any) -> bool:
        """Whether there is a file or folder.

        Every other failure is raised: wrong credentials do not mean that nothing is there.
        """
        path = self._strip_protocol(path)
        with both_families():
            return not path or listing.exists(self._spot(path))

    def lexists(self, path: str, **kwargs: Any) -> bool:
        """`exists`; no link is followed anyway."""
        return self.exists(path)

    def isdir(self, path: str) -> bool:
        """Whether there is a folder; one request."""
        path = self._strip_protocol(path)
        with both_families():
            return not path or listing.is_folder(self._spot(path))

    def isfile(self, path: str) -> bool:
        """Whether there is a file; one request if there is one."""
        path = self._strip_protocol(path)
        with both_families():
            return bool(path) and listing.is_file(self._spot(path))

    def ls(self, path: str, detail: bool = True, **kwargs: Any) -> list[Any]:
        """What a folder holds, as infos or as paths; for a file, the file itself."""
        path = self._strip_protocol(path)
        tops = None if path else self._tops()
        if tops is not None:
            found = [{"name": name, "size": 0, "type": "directory"} for name in tops]
        else:
            with both_families():
                found = self._folders.children(self._spot(path))
        return found if detail else [each["name"] for each in found]

    def walk(
        self,
        path: str,
        maxdepth: int | None = None,
        topdown: bool = True,
        on_error: str | Callable[[OSError], object] = "omit",
        **kwargs: Any,
    ) -> Iterator[tuple[str, Any, Any]]:
        """Like `os.walk`; with "omit" only what is not there is left out."""
        if kwargs.pop("is_below", False):
            inner = self.spot_at(path).inner
            if inner and not is_blob_path(inner):
                # A folder that others have named `..` is listed, but not entered.
                return
        handle = _unless_missing if on_error == "omit" else on_error
        yield from super().walk(path, maxdepth, topdown, handle, is_below=True, **kwargs)

    def find(
        self,
        path: str,
        maxdepth: int | None = None,
        withdirs: bool = False,
        detail: bool = False,
        **kwargs: Any,
    ) -> Any:
        """All files below a path, with `withdirs` folders too; for a file, the file itself."""
        if maxdepth is not None and maxdepth < 1:
            raise ValueError("maxdepth must be at least 1")
        path = self._strip_protocol(path)
        tops = None if path else self._tops()
        found: dict[str, Info] = {}
        if tops is None:
            with both_families():
                found = listing.below(
                    self._spot(path), maxdepth=maxdepth, with_folders=bool(withdirs)
                )
        else:
            for top in tops:
                if maxdepth != 1:
                    deeper = maxdepth and maxdepth - 1
                    found |= self.find(top, deeper, withdirs, detail=True)
                elif withdirs:
                    found[top] = self.info(top)
        return found if detail else [*found]

    def du(
        self,
        path: str,
        total: bool = True,
        maxdepth: int | None = None,
        withdirs: bool = False,
        **kwargs: Any,
    ) -> Any:
        """The bytes of all files below a path, or of each."""
        found = self.find(path, maxdepth, withdirs, detail=True)
        sizes = {name: each["size"] or 0 for name, each in found.items()}
        return sum(sizes.values()) if total else sizes

    def modified(self, path: str) -> datetime:
        """When a file was written, in UTC."""
        with both_families():
            return listing.modified(self.spot_at(path))

    def ukey(self, path: str) -> str:
        """A text that changes with the file, and differs from that of any other file."""
        with both_families():
            return listing.fingerprint(self.spot_at(path))

    def checksum(self, path: str) -> int:
        """`ukey` as a number."""
        return int(self.ukey(path), 16)

    def open(
        self,
        path: str,
        mode: str = "rb",
        block_size: int | None = None,
        cache_options: dict[str, Any] | None = None,
        compression: str | None = None,
        **kwargs: Any,
    ) -> Any:
        """Open a file: `r`, `w` or `x`, with `b` for bytes.

        What is written is stored when it is closed, whole or not at all; if an exception leaves the
        `with` block, nothing is stored.
        """
        if "r" in mode:
            return super().open(path, mode, block_size, cache_options, compression, **kwargs)
        text: dict[str, Any] = {
            name: kwargs.pop(name) for name in ("encoding", "errors", "newline") if name in kwargs
        }
        binary = mode.replace("t", "").replace("b", "") + "b"
        stored = super().open(path, binary, block_size, cache_options, **kwargs)
        file = encoded(stored, path, compression, None if "b" in mode else text)
        if self.transaction.files and self.transaction.files[-1] is stored:
            # A rollback must discard what the layers over the file hold, closed or not.
            self.transaction.files[-1] = file
        return file

    def _open(
        self,
        path: str,
        mode: str = "rb",
        block_size: int | None = None,
        autocommit: bool = True,
        cache_options: dict[str, Any] | None = None,
        cache_type: str = "readahead",
        **kwargs: Any,
    ) -> reading.ReadFile | WrittenFile:
        return opening.opened(
            self,
            self.spot_at(path),
            mode,
            autocommit=autocommit,
            block_size=block_size,
            cache_type=cache_type,
            cache_options=cache_options,
        )

    def cat_file(
        self, path: str, start: int | None = None, end: int | None = None, **kwargs: Any
    ) -> bytes:
        """The bytes of a file, or a part of them, with `start` and `end` as in a slice."""
        with both_families():
            return reading.part(self.spot_at(path), start, end)

    def cat_ranges(
        self,
        paths: list[str],
        starts: Any,
        ends: Any,
        max_gap: int | None = None,
        on_error: str = "return",
        **kwargs: Any,
    ) -> list[Any]:
        """Ranges of files, read in parallel; errors are results, or with "raise" are raised."""
        if max_gap is not None:
            raise NotImplementedError("max_gap")
        if not isinstance(paths, list):
            raise TypeError("paths must be a list")
        starts = starts if isinstance(starts, list) else [starts] * len(paths)
        ends = ends if isinstance(ends, list) else [ends] * len(paths)
        wanted = zip(paths, starts, ends, strict=True)
        fails = on_error != "return"
        return [*side_by_side.each(lambda one: self.cat_file(*one), wanted, fails=fails)]

    def cat(
        self, path: Any, recursive: bool = False, on_error: str = "raise", **kwargs: Any
    ) -> Any:
        """The bytes of a file, or of many, read in parallel, by their paths."""
        expansion = expanded(self, path, recursive=recursive, maxdepth=None)
        paths = [name for name, is_folder in expansion.items() if not is_folder]
        if not isinstance(path, list | tuple) and [*expansion] == [self._strip_protocol(path)]:
            return self.cat_file(next(iter(expansion)), **kwargs)
        found = side_by_side.each(
            lambda one: self.cat_file(one, **kwargs), paths, fails=on_error == "raise"
        )
        return {
            each: come
            for each, come in zip(paths, found, strict=True)
            if on_error == "return" or not isinstance(come, Exception)
        }

    def pipe_file(
        self, path: str | os.PathLike[str], value: Any, mode: str = "overwrite", **kwargs: Any
    ) -> None:
        """Store bytes; with the mode "create" only if there is no file yet."""
        data = value if isinstance(value, bytes) else bytes(memoryview(value))
        with both_families():
            spot = self.spot_at(path)
            spot.backend.put(spot.blob, data, overwrite=mode != "create")

    def pipe(self, path: Any, value: Any = None, **kwargs: Any) -> None:
        """Store bytes under a path, or in parallel those of a mapping under its paths."""
        if isinstance(path, str | os.PathLike):
            self.pipe_file(path, value, **kwargs)
        elif isinstance(path, dict):
            side_by_side.all_of(lambda one: self.pipe_file(*one, **kwargs), path.items())
        else:
            raise ValueError("path must be str or dict")

    def get_file(
        self,
        rpath: str,
        lpath: Any,
        callback: Any = DEFAULT_CALLBACK,
        outfile: Any = None,
        **kwargs: Any,
    ) -> None:
        """Write a file to a local one, which appears when it is complete; make a local folder."""
        outfile = lpath if outfile is None and isfilelike(lpath) else outfile
        spot = self.spot_at(rpath)
        if outfile is None:
            local_disk.get_file(spot, lpath, rpath, callback)
            return
        with both_families():
            spot.backend.get_stream(spot.blob, outfile)

    def get(
        self,
        rpath: Any,
        lpath: Any,
        recursive: bool = False,
        callback: Any = DEFAULT_CALLBACK,
        maxdepth: int | None = None,
        **kwargs: Any,
    ) -> None:
        """Copy files to the local disk, in parallel."""
        local = LocalFileSystem()
        found = pairs(self, rpath, local, lpath, recursive=recursive, maxdepth=maxdepth)
        for folder in [pair.target for pair in found if pair.is_folder]:
            os.makedirs(folder, exist_ok=True)
        side_by_side.moves(self.get_file, _files(found), callback, **kwargs)

    def put_file(
        self,
        lpath: Any,
        rpath: str,
        callback: Any = DEFAULT_CALLBACK,
        mode: str = "overwrite",
        **kwargs: Any,
    ) -> None:
        """Store what a local file holds; make a folder for a local one."""
        if os.path.isdir(lpath):
            self.makedirs(rpath, exist_ok=True)
            return
        local_disk.put_file(self.spot_at(rpath), lpath, callback, overwrite=mode != "create")

    def put(
        self,
        lpath: Any,
        rpath: Any,
        recursive: bool = False,
        callback: Any = DEFAULT_CALLBACK,
        maxdepth: int | None = None,
        **kwargs: Any,
    ) -> None:
        """Copy files from the local disk, in parallel."""
        local = LocalFileSystem()
        found = pairs(local, lpath, self, rpath, recursive=recursive, maxdepth=maxdepth)
        if recursive:
            require_ends(found)
        self._make_folders(found)
        side_by_side.moves(self.put_file, _files(found), callback, **kwargs)

    def _make_folders(self, found: list[Pair]) -> None:
        self._folders.forget()
        for pair in found:
            if pair.is_folder:
                self.makedirs(pair.target, exist_ok=True)

    def cp_file(self, path1: str, path2: str, **kwargs: Any) -> None:
        """Copy a file: within one place by the place itself, else by reading and writing."""
        copy_file(self.spot_at(path1), self.spot_at(path2), self._folders)

    def copy(
        self,
        path1: Any,
        path2: Any,
        recursive: bool = False,
        maxdepth: int | None = None,
        on_error: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Copy files, in parallel; with `on_error="ignore"` missing ones are left out."""
        found = pairs(self, path1, self, path2, recursive=recursive, maxdepth=maxdepth)
        ignores = on_error == "ignore" or (on_error is None and recursive)
        self._make_folders(found)

        def one(pair: Pair) -> None:
            try:
                self.cp_file(*pair[:2], **kwargs)
            except FileNotFoundError:
                if not ignores:
                    raise

        side_by_side.all_of(one, [pair for pair in found if not pair.is_folder])

    def mv(
        self,
        path1: Any,
        path2: Any,
        recursive: bool = False,
        maxdepth: int | None = None,
        **kwargs: Any,
    ) -> None:
        """Copy files, and delete the originals once all of them are copied.

        Raises:
            NotImplementedError: source and target may be one and the same under two names, or two
                sources have one target.
        """
        if self._strip_protocol(path1) == self._strip_protocol(path2):
            return
        found = pairs(self, path1, self, path2, recursive=recursive, maxdepth=maxdepth)
        files = [pair for pair in found if not pair.is_folder and pair.source != pair.target]
        if not found:
            raise IsFolder(
                f"{printable(str(path1))} is a folder, or holds none; move it with recursive=True"
            )
        with both_families():
            require_apart(files, self.spot_at)
        self._make_folders(found)
        side_by_side.all_of(lambda pair: self.cp_file(*pair[:2]), files)
        side_by_side.all_of(self.rm_file, [pair.source for pair in files])
        for pair in reversed(found):
            if pair.is_folder:
                with suppress(FileExistsError):
                    self._folders.remove(self.spot_at(pair.source))

    def rm_file(self, path: str) -> None:
        """Delete a file; no error where there is none."""
        with both_families():
            spot = self.spot_at(path)
            spot.backend.delete(spot.blob)

    def rm(self, path: Any, recursive: bool = False, maxdepth: int | None = None) -> None:
        """Delete files, in parallel, and with `recursive` folders with all that they hold.

        Missing files in a list are skipped.

        Raises:
            FileNotFoundError: nothing is there.
            IsADirectoryError: there is a folder, and `recursive` is not set.
            NotImplementedError: it would delete everything that a name leads to.
        """
        given = [path] if isinstance(path, str | os.PathLike) else path
        names: list[str] = [*map(stringify_path, given)]
        for each in names:
            self._require_removable(self._strip_protocol(each))
        found = expanded(self, names, recursive=recursive, maxdepth=maxdepth)
        if len(found) == 1 and not recursive:
            found = {one: self.info(one)["type"] == "directory" for one in found}
        folders = [one for one, is_folder in found.items() if is_folder]
        if folders and not recursive:
            raise IsFolder(f"{printable(folders[0])} is a folder; delete it with recursive=True")
        deleting.delete_all(map(self.spot_at, found.keys() - {*folders}))
        if maxdepth is None:
            for folder in reversed(folders):
                self._folders.remove(self.spot_at(folder))

    def _require_removable(self, path: str) -> None:
        with both_families():
            if not path or not self._spot(path).inner:
                what = printable(path) or "the location itself"
                raise NotSupported(f"{what} is not deleted as a whole; name what is in it")

    def mkdir(self, path: str, create_parents: bool = True, **kwargs: Any) -> None:
        """Make a folder if the place has folders; elsewhere the first file in it makes it."""
        self._folders.make(self.spot_at(path), exist_ok=False)

    def makedirs(self, path: str, exist_ok: bool = False) -> None:
        """`mkdir` with the folders above it."""
        if self._strip_protocol(path) or not exist_ok:
            self._folders.make(self.spot_at(path), exist_ok=exist_ok)

    def rmdir(self, path: str) -> None:
        """Remove an empty folder."""
        self._require_removable(self._strip_protocol(path))
        self._folders.remove(self.spot_at(path))


def _unless_missing(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def _files(found: list[Pair]) -> list[tuple[str, str]]:
    return [pair[:2] for pair in found if not pair.is_folder]
