"""Layers: files beneath one's own, the nearest definition counts, nothing is guessed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from storage_core import (
    ConfigConflict,
    ConfigFile,
    ConfigurationError,
    LocalStorage,
    StorageNotFound,
    get_store,
)
from storage_core.config.model.cautions import cautions
from storage_core.config.model.entries import Hidden
from tests.config.layers import Write, location
from tests.quoting import in_toml

ID = "61354abf-7cc8-4c2c-b890-78b1f985a9fb"


def test_an_included_file_lies_beneath_and_the_nearest_definition_is_taken_whole(
    write: Write,
) -> None:
    write("team", "prod", "shared")
    own = write("own", "mine", "prod", include=["team.toml"])
    file = ConfigFile(own)
    found = file.load()
    assert [*found] == ["mine", "prod", "shared"]
    assert (location(file, "prod"), location(file, "shared")) == ("/own/prod", "/team/shared")
    team = str(own.with_name("team.toml"))
    assert [(each.origin, each.is_own) for each in found.entries.values()] == [
        (str(own), True),
        (str(own), True),
        (team, False),
    ]
    assert found.hidden == (Hidden("prod", team, str(own)),)
    assert found.hidden_by("prod") == [team]
    assert not found.problems


def test_the_first_is_nearest_and_what_it_includes_comes_before_the_second(write: Write) -> None:
    write("first", "a", include=["below.toml"])
    write("below", "a", "b")
    write("second", "a", "b", "c")
    file = ConfigFile(write("own", include=["first.toml", "second.toml"]))
    assert [Path(each.source).stem for each in file.load().layers] == [
        "own",
        "first",
        "below",
        "second",
    ]
    assert [location(file, name) for name in "abc"] == ["/first/a", "/below/b", "/second/c"]


def test_a_file_that_is_reached_twice_counts_once_at_its_nearest_place(write: Write) -> None:
    write("common", "x")
    write("first", include=["common.toml"])
    write("second", "x", include=["common.toml"])
    file = ConfigFile(write("own", include=["first.toml", "second.toml", "first.toml"]))
    found = file.load()
    assert [Path(each.source).stem for each in found.layers] == ["own", "first", "common", "second"]
    assert location(file, "x") == "/common/x"
    assert not found.problems


def test_paths_in_an_included_file_are_relative_to_it(write: Write, tmp_path: Path) -> None:
    write("team/storage", more="include = ['../further/storage.toml']")
    (tmp_path / "further").mkdir()
    (tmp_path / "further" / "storage.toml").write_text(
        '[storage.rel]\ntype = "local"\nstorage_path = "data"\n'
    )
    file = ConfigFile(write("own", include=["team/storage.toml"]))
    assert location(file, "rel") == str(tmp_path / "further" / "data")


def test_a_home_is_expanded_and_links_are_followed(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    write("home/team", "x")
    write("real/linked", "y")
    (tmp_path / "link.toml").symlink_to(tmp_path / "real" / "linked.toml")
    file = ConfigFile(write("own", include=["~/team.toml", "link.toml"]))
    assert (location(file, "x"), location(file, "y")) == ("/home/team/x", "/real/linked/y")
    assert file.load().entries["y"].origin == str(tmp_path / "link.toml")


@pytest.mark.parametrize(
    ("own", "team", "expected"),
    [
        ("", 'default = "x"', "/team/x"),
        ('default = "y"', 'default = "x"', "/own/y"),
        ('default = "x"', "", "/team/x"),
        ('default = ""', 'default = "x"', None),
        ("", 'default = ""', None),
        ("", "", None),
    ],
)
def test_the_nearest_default_counts(
    own: str, team: str, expected: str | None, write: Write
) -> None:
    write("team", "x", more=team)
    file = ConfigFile(write("own", "y", include=["team.toml"], more=own))
    configuration = file.get()
    assert (configuration and configuration.location) == expected
    assert file.load().default == (expected and expected[-1])


def test_a_default_of_a_layer_may_be_a_name_that_a_nearer_one_defines(write: Write) -> None:
    write("team", "x", more='default = "x"')
    assert location(ConfigFile(write("own", "x", include=["team.toml"]))) == "/own/x"


def test_a_default_that_names_nothing_is_said_with_the_file_that_sets_it(write: Write) -> None:
    team = write("team", "prod", more='\ndefault = "prd"')
    file = ConfigFile(write("own", include=["team.toml"]))
    said = f"{team}:2: the default 'prd' names no storage configuration; did you mean 'prod'?"
    with pytest.raises(StorageNotFound) as caught:
        file.get()
    assert str(caught.value) == said
    assert [str(each) for each in file.load().problems] == [said]


def test_ids_are_found_in_every_layer_but_not_what_is_hidden(write: Write) -> None:
    team = write("team")
    team.write_text(f'[storage.x]\ntype = "local"\nstorage_path = "/team/x"\nid = "{ID}"\n')
    own = write("own", include=["team.toml"])
    file = ConfigFile(own)
    assert location(file, ID) == location(file, ID[:8]) == "/team/x"
    write("own", "x", include=["team.toml"])
    with pytest.raises(StorageNotFound, match=f"'x' in {team}, which another of this name in"):
        file.get(ID)


def test_an_id_that_two_layers_share_is_a_problem_of_the_farther_and_finds_neither(
    write: Write,
) -> None:
    table = f'type = "local"\nstorage_path = "/x"\nid = "{ID}"\n'
    team, own = write("team"), write("own")
    team.write_text(f"[storage.a]\n{table}")
    own.write_text(f'include = ["team.toml"]\n[storage.b]\n{table}')
    found = ConfigFile(own).load()
    assert [str(each) for each in found.problems] == [
        (
            f"{team}:4: [storage.a]: id is also that of [storage.b]; remove the line there, in "
            f"{own}, or here, and one is derived from the name"
        )
    ]
    assert [*found] == ["b"]
    for find in (found.find, ConfigFile(own).get):
        with pytest.raises(ConfigurationError, match="stands in several configurations"):
            find(ID)
    # By its name, each is found all the same.
    assert ConfigFile(own).get("a")


def test_an_app_of_another_file_and_other_tables_are_ignored(write: Write) -> None:
    write("team", more="[app.keys]\nquit = 3\n")
    found = ConfigFile(write("own", include=["team.toml"])).load()
    assert "app" not in found.tables
    assert not found.problems


# What cannot be read.


def test_a_cycle_is_a_problem_and_hides_nothing(write: Write, tmp_path: Path) -> None:
    own = write("own", "mine", include=["team.toml"])
    team = write("team", "x", include=["link.toml"])
    (tmp_path / "link.toml").symlink_to(own)
    write("last", "y")
    file = ConfigFile(own)
    (problem,) = file.load().problems
    assert (problem.path, problem.line) == (str(team), 2)
    assert "includes itself" in problem.message
    assert location(file, "x") == "/team/x"
    with pytest.raises(StorageNotFound):
        file.get("y")
    assert file.get() is None


def test_five_deep_is_read_and_six_deep_is_a_problem(write: Write) -> None:
    for depth in range(7):
        write(f"f{depth}", f"s{depth}", include=[f"f{depth + 1}.toml"])
    write("f7", "s7")
    file = ConfigFile(write("f1").with_name("f1.toml"))
    for depth in range(1, 8):
        write(f"f{depth}", f"s{depth}", include=[f"f{depth + 1}.toml"] if depth < 7 else None)
    assert location(file, "s6") == "/f6/s6"
    (problem,) = file.load().problems
    assert problem.path.endswith("f6.toml")
    assert "f7.toml is included more than 5 deep" in problem.message
    with pytest.raises(ConfigurationError, match="more than 5 deep"):
        file.get("s7")


def test_a_layer_of_a_newer_version_is_read_and_does_not_stop_changes_of_ones_own(
    write: Write,
) -> None:
    team = write("team", "x", more="version = 2")
    own = write("own", include=["team.toml"])
    file = ConfigFile(own)
    assert location(file, "x") == "/team/x"
    assert [each.path for each in file.load().problems] == [str(team)]
    file.add(LocalStorage(storage_path="/new"), name="new")
    assert not file.load().newer


# Several files in STORAGE_CONFIG, and text in place of a file.


def test_further_files_of_the_variable_lie_beneath_with_all_that_each_includes(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [
        write("own", "a", include=["under.toml"]),
        write("team", "a", "b", "c", include=["common.toml"]),
        write("last", "d", "e"),
    ]
    write("under", "b")
    write("common", "d")
    monkeypatch.setenv("STORAGE_CONFIG", os.pathsep.join(map(str, paths)))
    file = ConfigFile()
    assert file.path == str(paths[0])
    assert [location(file, name) for name in "abcde"] == [
        *("/own/a", "/under/b", "/team/c", "/common/d", "/last/e")
    ]
    paths[1].unlink()
    problem = file.load().problems[0]
    assert str(problem).startswith(f"STORAGE_CONFIG: there is no file {paths[1]}")
    with pytest.raises(ConfigurationError, match=r"STORAGE_CONFIG: .*cannot be opened"):
        get_store("e")


def test_a_path_with_the_separator_in_it_is_one_where_there_is_such_a_file(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(f"odd{os.pathsep}name", "x")
    monkeypatch.setenv("STORAGE_CONFIG", str(path))
    assert ConfigFile().path == str(path)
    monkeypatch.setenv("STORAGE_CONFIG", f"{os.pathsep}{path.parent / 'team.toml'}")
    with pytest.raises(ConfigurationError, match="begins with"):
        ConfigFile()
    monkeypatch.setenv("STORAGE_CONFIG", f"{tmp_path / 'new.toml'}{os.pathsep}{os.pathsep}")
    assert ConfigFile().path == str(tmp_path / "new.toml")
    assert ConfigFile().beneath == ()


def test_text_in_place_of_a_file_includes_nothing(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = write("team", "x", more='default = "x"')
    text = f'include = [{in_toml(str(team))}]\n[storage.a]\ntype = "temporary"\n'
    monkeypatch.setenv("STORAGE_CONFIG_TEXT", text)
    file = ConfigFile()
    (problem,) = file.load().problems
    assert str(problem).startswith("STORAGE_CONFIG_TEXT:1: include: no other file is read")
    assert file.load().entries["a"].origin == "STORAGE_CONFIG_TEXT"
    assert file.get("a")
    for ref in ("x", None):
        with pytest.raises(ConfigurationError, match="no other file is read"):
            file.get(ref)


# Changes.


@pytest.fixture
def two(write: Write) -> tuple[ConfigFile, Path, Path]:
    """One's own file with `mine`, a team's beneath it with `prod`, the default of both."""
    team = write("team", "prod", more='default = "prod"')
    own = write("own", "mine", include=["team.toml"])
    return ConfigFile(own), own, team


def test_nothing_in_a_layer_beneath_is_changed_and_the_way_out_is_named(
    two: tuple[ConfigFile, Path, Path],
) -> None:
    file, own, team = two
    before = own.read_bytes(), team.read_bytes()
    for change in (
        lambda: file.update("prod", storage_path="/elsewhere"),
        lambda: file.rename("prod", "production"),
        lambda: file.delete("prod"),
        lambda: file.move_secret("prod", "storage_path", "env:X"),
    ):
        with pytest.raises(ConfigurationError) as caught:
            change()
        assert f"'prod' stands in {team}, which is never changed from here" in str(caught.value)
        assert f"storage duplicate prod prod --here --config {own}" in str(caught.value)
    assert (own.read_bytes(), team.read_bytes()) == before


def test_a_name_beneath_is_taken(two: tuple[ConfigFile, Path, Path]) -> None:
    file, own, team = two
    before = own.read_bytes()
    for change in (
        lambda: file.add(LocalStorage(storage_path="/x"), name="prod"),
        lambda: file.rename("mine", "prod"),
        lambda: file.duplicate("mine", "prod"),
        lambda: file.update_settings("mine", {}, name="prod"),
    ):
        with pytest.raises(ConfigConflict, match=f"'prod' is taken, in {team}; choose another"):
            change()
    assert own.read_bytes() == before


def test_a_copy_of_ones_own_hides_the_other_and_has_whole_paths(
    write: Write, tmp_path: Path
) -> None:
    team = write("team/storage", "x")
    team.write_text(f'[storage.prod]\ntype = "local"\nstorage_path = "data"\nid = "{ID}"\n')
    file = ConfigFile(write("own", include=["team/storage.toml"]))
    copy = file.duplicate("prod", "prod", here=True)
    assert copy.id != ID
    found = file.load()
    assert found.entries["prod"].is_own
    assert found["prod"] == copy
    assert copy.location == str(tmp_path / "team" / "data")
    assert found.hidden_by("prod") == [str(team)]
    with pytest.raises(ConfigConflict, match="'prod' is taken; choose another"):
        file.duplicate("prod", "prod", here=True)
    file.update("prod", storage_path="/elsewhere")
    assert file.delete("prod") == "prod"
    assert location(file, "prod") == str(tmp_path / "team" / "data")


def test_a_copy_under_another_name_needs_nothing_said(
    two: tuple[ConfigFile, Path, Path],
) -> None:
    file, _, _ = two
    file.duplicate("prod", "prod-too")
    assert location(file, "prod-too") == "/team/prod"


def test_the_default_of_a_layer_is_overridden_in_ones_own_file(
    two: tuple[ConfigFile, Path, Path],
) -> None:
    file, own, team = two
    before = team.read_bytes()
    file.reset_default()
    assert 'default = ""' in own.read_text()
    assert file.get() is None
    file.set_default("prod")
    assert 'default = "prod"' in own.read_text()
    assert location(file) == "/team/prod"
    file.reset_default()
    team.write_text(team.read_text().replace('default = "prod"', ""))
    file.reset_default()
    assert "default" not in own.read_text()
    team.write_text("[storage")
    file.reset_default()
    assert 'default = ""' in own.read_text()
    team.write_bytes(before)


def test_renaming_carries_a_default_along_that_a_layer_sets(
    two: tuple[ConfigFile, Path, Path],
) -> None:
    file, _, _ = two
    file.duplicate("prod", "prod", here=True)
    file.update("prod", storage_path="/own/prod")
    assert location(file) == "/own/prod"
    file.rename("prod", "mine-too")
    assert location(file) == "/own/prod"


def test_changing_ones_own_goes_on_while_a_layer_is_broken(
    two: tuple[ConfigFile, Path, Path],
) -> None:
    file, _, team = two
    team.write_text("[storage")
    file.update("mine", storage_path="/elsewhere")
    file.add(LocalStorage(storage_path="/new"), name="new")
    file.rename("new", "newer")
    file.set_default("newer")
    assert (location(file, "mine"), location(file)) == ("/elsewhere", "/new")


def test_a_transaction_sees_what_it_has_changed_of_the_layers(write: Write) -> None:
    write("team", "prod")
    own = write("own", include=["team.toml"])
    with ConfigFile(own).transaction() as edit:
        assert [*edit.load()] == ["prod"]
        edit.duplicate("prod", "prod", here=True)
        assert edit.find("prod").is_own
        edit.delete("prod")
        assert not edit.find("prod").is_own


def test_a_stamp_tells_whether_any_layer_has_changed(write: Write, tmp_path: Path) -> None:
    team = write("team", "prod", include=["absent.toml"])
    file = ConfigFile(write("own", include=["team.toml"]))
    found = file.load()
    assert file.stamp(found) == found.stamp
    write("absent", "x")
    assert file.stamp(found) != found.stamp
    found = file.load()
    assert file.stamp(found) == found.stamp
    team.write_text(team.read_text() + "# more\n")
    assert file.stamp(found) != found.stamp
    own_alone = file.stamp()
    team.write_text(team.read_text() + "# more\n")
    assert file.stamp() == own_alone


def test_no_more_layers_are_read_than_needed(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write("last", "z")
    write("team", "x", include=["last.toml"])
    file = ConfigFile(write("own", "mine", include=["team.toml"], more='default = "mine"'))
    from storage_core.config import layers

    read: list[str] = []
    real = layers._bytes_of

    def noted(source: str, shown: str) -> bytes:
        read.append(Path(source).stem)
        return real(source, shown)

    monkeypatch.setattr(layers, "_bytes_of", noted)
    assert (location(file), read) == ("/own/mine", [])
    assert file.get("mine")
    assert read == []
    assert file.get("x")
    assert read == ["team"]


def test_an_id_stays_with_what_was_renamed_though_the_old_name_is_uncovered(
    write: Write,
) -> None:
    team = write("team", "prod")
    file = ConfigFile(write("own", "prod", include=["team.toml"]))
    configuration = file.get("prod")
    assert configuration is not None
    file.rename("prod", "mine")
    for ref in (configuration.id, configuration.id[:6]):
        assert location(file, ref) == "/own/prod"
    assert location(file, "prod") == "/team/prod"
    (caution,) = cautions(file.load(), lines=True)
    assert str(caution) == (
        f"{team}:2: prod: its ID follows from its name, and leads to mine, in which it is written; "
        "write an id of its own"
    )
