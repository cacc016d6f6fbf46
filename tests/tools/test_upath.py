"""universal_pathlib: `UPath("storage://NAME/path")`; 0.3.10."""

from __future__ import annotations

import pickle
import subprocess
import sys
import warnings
from pathlib import Path

import dask.dataframe as dd
import fsspec
import pandas as pd
import pytest
from upath import UPath

import storage_core
from tests.tools.conftest import Files

# expected: a path like that of a bucket, with the name for its anchor.
# found: without a class for the protocol universal_pathlib falls back on one (with a warning) that
# takes the name for a folder. Where it meets the protocol in a chain first, as in
# `UPath("simplecache::storage://prod/x.csv")`, it keeps a parser that cuts the first letter from
# names, and `parent` of storage://prod/a/b is storage:///prod/a: a path of the default. So there is
# a class of ours, found by entry point.


@pytest.fixture(autouse=True)
def no_warnings() -> None:
    warnings.simplefilter("error", UserWarning)


LOCAL = pytest.mark.parametrize("files", ["local"], indirect=True)


@LOCAL
@pytest.mark.parametrize(
    ("url", "name", "parent", "parts"),
    [
        ("storage://prod/a/x.tar.gz", "x.tar.gz", "storage://prod/a", ("prod/", "a", "x.tar.gz")),
        ("storage://prod/x", "x", "storage://prod/", ("prod/", "x")),
        ("storage://prod", "", "storage://prod/", ("prod/",)),
        ("storage://team%20share/a b?c#d", "a b?c#d", "storage://team%20share/", None),
    ],
)
def test_a_path_is_taken_apart(
    files: Files, url: str, name: str, parent: str, parts: tuple[str, ...] | None
) -> None:
    path = UPath(url)
    assert path.name == name
    assert str(path.parent) == parent
    assert parts is None or path.parts == parts


@LOCAL
def test_the_parts_of_a_name(files: Files) -> None:
    path = UPath("storage://prod/a/x.tar.gz")
    assert (path.stem, path.suffix, path.suffixes) == ("x.tar", ".gz", [".tar", ".gz"])
    assert (path.drive, path.root, path.anchor) == ("prod", "/", "prod/")
    assert str(path.with_name("y")) == "storage://prod/a/y"
    assert str(path.with_suffix(".zst")) == "storage://prod/a/x.tar.zst"
    assert [str(each) for each in path.parents] == ["storage://prod/a", "storage://prod/"]
    assert str(path.relative_to("storage://prod")) == "a/x.tar.gz"
    assert path.is_relative_to(UPath("storage://prod/a"))
    assert not path.is_relative_to("storage://staging")


@LOCAL
def test_what_is_joined_stays_below_the_name(files: Files) -> None:
    # expected, from pathlib: an absolute part leads to the root. Without a class of our own that
    # was storage:///abs, a path of the default.
    base = UPath("storage://staging/a")
    assert str(base / "b" / "c") == "storage://staging/a/b/c"
    assert str(base / "/abs") == "storage://staging/abs"
    assert str(base.joinpath("b", "/c", "d")) == "storage://staging/c/d"
    assert str(UPath("storage://staging") / "x") == "storage://staging/x"
    assert str(UPath("storage://staging/") / "x") == "storage://staging/x"
    assert str(base / "storage://prod/x") == "storage://prod/x"
    assert str(base / UPath("storage://prod/x")) == "storage://prod/x"
    assert str(UPath(base, "b", "c")) == "storage://staging/a/b/c"
    assert str(UPath("staging/x", protocol="storage")) == "storage://staging/x"


def test_what_people_do_with_a_path(files: Files) -> None:
    folder = UPath("storage://prod/data/day")
    path = folder / "x.csv"
    assert not path.exists()
    assert path.write_text("a,b\n") == 4
    (folder / "sub" / "y.csv").write_bytes(b"y")
    (folder / "z.txt").touch()
    assert path.read_text() == "a,b\n"
    assert path.exists()
    assert path.is_file()
    assert folder.is_dir()
    assert path.stat().st_size == 4
    assert path.stat().st_mtime > 0
    assert sorted(each.name for each in folder.iterdir()) == ["sub", "x.csv", "z.txt"]
    assert sorted(str(each) for each in folder.glob("*.csv")) == [str(path)]
    assert {each.name for each in folder.rglob("*.csv")} == {"x.csv", "y.csv"}
    assert {each.name for each in UPath("storage://prod").glob("**/*.csv")} == {"x.csv", "y.csv"}
    assert [(top.name, sorted(dirs), sorted(names)) for top, dirs, names in folder.walk()] == [
        ("day", ["sub"], ["x.csv", "z.txt"]),
        ("sub", [], ["y.csv"]),
    ]
    with path.open("r") as file:
        assert file.readline() == "a,b\n"
    moved = path.rename("storage://prod/data/moved.csv")
    assert moved.read_text() == "a,b\n"
    assert not path.exists()
    copied = moved.copy(UPath("storage://staging/in/copied.csv"))
    assert copied.read_text() == "a,b\n"
    moved.unlink()
    with pytest.raises(FileNotFoundError):
        moved.unlink()
    moved.unlink(missing_ok=True)
    with pytest.raises(FileNotFoundError):
        moved.read_bytes()
    folder.rmdir()
    assert not folder.exists()


def test_a_tree_goes_to_and_comes_from_this_machine(files: Files, tmp_path: Path) -> None:
    local = UPath(str(tmp_path)) / "tree"
    (local / "a").mkdir(parents=True)
    (local / "a" / "b").write_text("ab")
    there = local.copy(UPath("storage://prod/tree"))
    assert (there / "a" / "b").read_text() == "ab"
    back = there.copy(UPath(str(tmp_path)) / "back")
    assert (back / "a" / "b").read_text() == "ab"


@LOCAL
def test_a_path_is_never_taken_for_one_of_the_local_disk(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # expected: tools that speak fsspec take a UPath. found (fsspec 2026.9.0, Dask 2026.8.0): they
    # take its `path`, prod/x, for a local one, and write there.
    monkeypatch.chdir(tmp_path)
    path = UPath("storage://prod/x")
    frame = pd.DataFrame({"a": [1]})
    for refused in (
        lambda: fsspec.open(path, "w"),
        lambda: open(path, "w"),  # noqa: PTH123, SIM115
        lambda: frame.to_csv(path),
        lambda: dd.from_pandas(frame, npartitions=1).to_parquet(path),
    ):
        with pytest.raises(TypeError, match=r"str\(path\)"):
            refused()
    with pytest.raises(TypeError):
        Path(path)
    assert not Path("prod").exists()
    inner = UPath("storage://prod/a/b").relative_to("storage://prod")
    assert tmp_path / inner == tmp_path / "a" / "b"
    assert str(UPath("storage://staging") / inner) == "storage://staging/a/b"


@LOCAL
def test_the_names_of_a_file_are_its_folders(files: Files) -> None:
    assert sorted(str(each) for each in UPath("storage://").iterdir()) == [
        "storage://prod/",
        "storage://staging/",
    ]


def test_names_and_files_do_not_meet(files: Files) -> None:
    paths = {
        "prod": UPath("storage://prod/x"),
        "staging": UPath("storage://staging/x"),
        "other": UPath("storage://prod/x", config_path=files.other),
        "other staging": UPath("storage://staging/x", config_path=files.other),
    }
    assert len(set(paths.values())) == 4
    for name, path in paths.items():
        path.write_text(name)
    assert [path.read_text() for path in paths.values()] == list(paths)
    assert (paths["other"].parent / "x").read_text() == "other"
    assert [each.read_text() for each in paths["other"].parent.iterdir()] == ["other"]
    assert UPath("storage:///x").read_text() == "prod"
    assert UPath("storage:///x") == UPath("storage:///", "x") == paths["prod"]
    with pytest.raises(storage_core.ConfigurationError, match="write storage://NAME/"):
        UPath("storage:///x", config_path=files.other)
    files.assert_not_told_by(*paths.values())


@LOCAL
def test_nothing_is_renamed_to_a_path_of_another_file(files: Files) -> None:
    # universal_pathlib compares protocols alone: the file would go to this name of its own file.
    path = UPath("storage://prod/x")
    path.write_text("x")
    other = UPath("storage://prod/y", config_path=files.other)
    with pytest.raises(ValueError, match="storage://prod/y is of another configuration file"):
        path.rename(other)
    assert path.read_text() == "x"
    assert not UPath("storage://prod/y").exists()
    assert path.move(other).read_text() == "x"
    assert not path.exists()
    assert other.rename("storage://prod/z").read_text() == "x"
    assert UPath("storage://prod/z", config_path=files.other).exists()


@LOCAL
def test_a_path_can_be_pickled_and_opened_in_another_process(files: Files) -> None:
    path = UPath("storage://staging/x", config_path=files.other)
    path.write_text("there")
    program = "import pickle, sys; print(pickle.load(sys.stdin.buffer).read_text())"
    child = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", program],
        input=pickle.dumps(path),
        capture_output=True,
        check=True,
    )
    assert child.stdout == b"there\n", child.stderr


@LOCAL
@pytest.mark.parametrize(
    "first", ["", 'UPath("simplecache::storage://prod/a/x.csv")', "import storage_core.fs.path"]
)
def test_nothing_that_a_program_does_first_changes_what_a_path_is(files: Files, first: str) -> None:
    program = (
        "from upath import UPath\n"
        f"{first}\n"
        'path = UPath("storage://prod/a/x.csv")\n'
        "print(path.name, path.parent, path.parts, UPath('storage://prod') / 'y')\n"
    )
    child = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    assert child.stdout == "x.csv storage://prod/a ('prod/', 'a', 'x.csv') storage://prod/y\n"


@LOCAL
def test_a_chain_is_taken_apart_once_the_protocol_is_loaded(files: Files) -> None:
    UPath("storage://prod/a/x.csv").write_text("x")
    program = (
        "import fsspec\n"
        "from upath import UPath\n"
        "fsspec.get_filesystem_class('storage')\n"
        'path = UPath("simplecache::storage://prod/a/x.csv")\n'
        "print(path.name, path.parent, path.read_text())\n"
    )
    child = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    assert child.stdout == "x.csv simplecache::storage://prod/a x\n"
