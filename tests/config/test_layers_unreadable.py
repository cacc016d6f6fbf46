"""Layers that cannot be read: what they may define is not opened."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from storage_core import ConfigFile, ConfigurationError
from tests.children import shared_folder, without_root
from tests.config.layers import Write, location


def missing(path: Path) -> str:
    return f"there is no file {path}"


def folder(path: Path) -> str:
    path.mkdir()
    return f"{path} is a folder"


def pipe(path: Path) -> str:
    os.mkfifo(path)
    return f"{path} is a device or pipe"


def no_toml(path: Path) -> str:
    path.write_text("version = 1\n[storage\n")
    return f"{path}:2: not TOML"


def newer_toml(path: Path) -> str:
    path.write_text("x = { a = 1,\n b = 2 }\n")
    return f"{path}:1: a line break inside {{ }} is TOML 1.1"


def no_utf8(path: Path) -> str:
    path.write_bytes(b"\n# \xff\n")
    return f"{path}:2: not UTF-8"


def dangling(path: Path) -> str:
    path.symlink_to("nowhere")
    return f"there is no file {path}"


def circular_link(path: Path) -> str:
    path.symlink_to(path)
    return f"cannot read {path} (Too many levels of symbolic links)"


def too_large(path: Path) -> str:
    with path.open("wb") as file:
        file.truncate(16 * 1024 * 1024 + 1)
    return f"{path} is larger than 16 MiB"


@pytest.mark.parametrize(
    "spoil",
    [
        *(missing, folder, pipe, no_toml, newer_toml, no_utf8, dangling, circular_link),
        too_large,
    ],
)
def test_what_a_layer_that_cannot_be_read_may_define_is_not_opened(
    spoil: Callable[[Path], str], write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = spoil(tmp_path / "team.toml")
    write("last", "x", more='default = "x"')
    own = write("own", "mine", include=["team.toml", "last.toml"])
    file = ConfigFile(own)

    # What is nearer is as before; the rest is listed, the failure said once, with its line.
    assert location(file, "mine") == "/own/mine"
    found = file.load()
    assert [*found.entries] == ["mine", "x"]
    (problem,) = found.problems
    assert str(problem).startswith(f"{own}:2: include: {said}")

    # What it may hide is not opened: neither by name nor by ID, nor as the default.
    assert [*found] == ["mine"]
    place = f"{own}:2: "
    entry = found.find("x")
    assert str(entry.problems[0]).startswith(f"{place}[storage.x]: cannot be opened")
    for ref in ("x", entry.id, entry.id[:8]):
        with pytest.raises(ConfigurationError, match="cannot be opened, since another may") as got:
            file.get(ref)
        assert said in str(got.value)
        assert place in str(got.value)
    with pytest.raises(ConfigurationError, match="the default is unknown") as got:
        file.get()
    assert said in str(got.value)
    assert place in str(got.value)
    with pytest.raises(ConfigurationError, match="and it may be defined there"):
        file.get("unheard-of")
    monkeypatch.setenv("STORAGE_DEFAULT", "x")
    with pytest.raises(ConfigurationError, match="cannot be opened, since another may"):
        file.get()
    monkeypatch.setenv("STORAGE_DEFAULT", "mine")
    assert location(file) == "/own/mine"


def test_a_file_that_may_not_be_read_is_such_a_layer(write: Write) -> None:
    with shared_folder() as folder:
        (folder / "team.toml").write_text("[storage.x]\n")
        (folder / "team.toml").chmod(0)
        own = folder / "own.toml"
        own.write_text('include = ["team.toml"]\n')
        own.chmod(0o644)

        def get() -> str:
            with pytest.raises(ConfigurationError) as caught:
                ConfigFile(own).get("x")
            return str(caught.value)

        ConfigFile(own).load()  # loads what is needed
        said = without_root(get)
        assert f"{own}:1: include: cannot read {folder / 'team.toml'} (Permission denied)" in said


@pytest.mark.parametrize(
    ("more", "line", "said"),
    [
        ('include = "team.toml"', 1, "must be a list of paths"),
        ("include = 3", 1, "must be a list of paths"),
        ("[include]", 1, "must be a list of paths"),
        ("include = [\n  'last.toml',\n  3,\n]", 3, "holds something else than paths"),
        ("include = ['last.toml',  # one\n''\n]", 2, "holds something else than paths"),
        ("include = ['https://acme.com/storage.toml']", 1, "is a URL; only files can"),
        ("include = ['~nobody-of-this-name/x.toml']", 1, "there is no user"),
        ('include = ["a\\u0000b"]', 1, "not a valid path"),
    ],
)
def test_an_include_that_is_none_is_a_problem_with_its_line_and_may_hide_anything(
    more: str, line: int, said: str, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("last", "x")
    own = write("own", "mine", more=more)
    monkeypatch.setenv("STORAGE_CONFIG", f"{own}{os.pathsep}{tmp_path / 'last.toml'}")
    file = ConfigFile()
    (problem,) = file.load().problems
    assert (problem.path, problem.line) == (str(own), line)
    assert said in problem.message
    assert location(file, "mine") == "/own/mine"
    if "last.toml" not in more:
        with pytest.raises(ConfigurationError, match="cannot be opened"):
            file.get("x")
    else:
        assert location(file, "x") == "/last/x"


def test_an_include_below_a_table_is_sent_to_the_top(write: Write) -> None:
    own = write("own", "mine")
    own.write_text(f'{own.read_text()}include = ["team.toml"]\n')
    (problem,) = ConfigFile(own).load().problems
    assert "move the line to the top, above the first [table]" in problem.message
    assert problem.line == 5


def test_a_storage_that_is_no_table_may_hide_anything(write: Write) -> None:
    write("team", "x")
    own = write("own", include=["team.toml"], more="storage = 3")
    with pytest.raises(ConfigurationError, match=f"{own}:1: .*storage must be a table"):
        ConfigFile(own).get("x")
