"""A team's file beneath one's own, as the commands show and change it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

import pytest

from storage_core import ConfigFile
from tests.cli.conftest import Outcome
from tests.quoting import in_toml

Storage = Callable[..., Outcome]

TEAM = """\
version = 1
default = "prod"

[storage.prod]
type = "s3"
bucket = "acme-results"
aws_access_key_id = "env:TEAM_KEY"
aws_secret_access_key = "file:/run/secrets/s3"

[storage.prod.options]
client_kwargs = {proxy = {ref = "keyring:acme/proxy"}}

[storage.shared]
type = "local"
storage_path = "data"
"""

NAMES = ("laptop", "prod", "shared")

OWN = """\
include = ["team.toml"]

[storage.laptop]
type = "local"
storage_path = "/laptop"
"""


@pytest.fixture
def team(home: Path) -> Path:
    home.mkdir()
    path = home / "team.toml"
    path.write_text(TEAM)
    path.chmod(0o644)
    return path


@pytest.fixture
def own(home: Path, team: Path) -> Path:
    path = home / "storage.toml"
    path.write_text(OWN)
    return path


def test_lists_name_the_file_of_what_is_not_ones_own(
    storage: Storage, own: Path, team: Path
) -> None:
    listed = storage("ls").out
    lines = {name: line for line in listed.splitlines() for name in NAMES if f" {name} " in line}
    assert "team.toml" in lines["prod"]
    assert "team.toml" in lines["shared"]
    assert "team.toml" not in lines["laptop"]
    assert f"default: prod (set in {team})" in listed
    found = storage("ls", "--json").json
    assert found["path"] == str(own)
    assert found["default"] == "prod"
    assert [(each["name"], each["origin"]) for each in found["storages"]] == [
        ("laptop", str(own)),
        ("prod", str(team)),
        ("shared", str(team)),
    ]
    assert found["storages"][2]["location"] == str(team.parent / "data")


def test_the_list_of_one_file_has_no_column_for_it(storage: Storage, own: Path) -> None:
    own.write_text(OWN.partition("\n")[2])
    assert "From" not in storage("ls").out
    assert storage("ls", "--json").json["storages"][0]["origin"] == str(own)
    assert storage("path", "--json").json == {"path": str(own), "exists": True}


def test_show_names_the_file_and_what_is_hidden(storage: Storage, own: Path, team: Path) -> None:
    assert f"From                   {team}" in storage("show", "prod").out
    copied = storage("duplicate", "prod", "prod", "--here")
    assert f"It hides that of {team}." in copied.out
    shown = storage("show", "prod").out
    assert f"Hides                  that of {team}" in shown
    assert "From" not in shown
    assert f"hides that of {team}" in storage("ls").out
    found = storage("show", "prod", "--json").json
    assert (found["origin"], found["hides"]) == (str(own), [str(team)])
    assert team.read_text() == TEAM


@pytest.mark.parametrize(
    "change",
    [
        ("edit", "prod", "--bucket", "other"),
        ("rename", "prod", "production"),
        ("delete", "prod", "--yes"),
        ("move-secret", "prod", "keyring:a/b"),
    ],
)
def test_changing_what_is_not_ones_own_is_refused_with_the_way_out(
    change: tuple[str, ...], storage: Storage, own: Path, team: Path
) -> None:
    outcome = storage(*change)
    assert outcome.code == 1
    assert f"'prod' stands in {team}" in outcome.err
    assert "storage duplicate prod prod --here" in outcome.err
    assert (own.read_text(), team.read_text()) == (OWN, TEAM)


def test_a_name_that_is_beneath_is_taken(storage: Storage, own: Path, team: Path) -> None:
    for command in (
        ("create", "temporary", "--name", "prod"),
        ("rename", "laptop", "prod"),
        ("duplicate", "laptop", "prod"),
    ):
        outcome = storage(*command)
        assert outcome.code == 1
        assert f"the name 'prod' is taken, in {team}" in outcome.err
    assert own.read_text() == OWN


def test_deleting_says_what_is_seen_again(storage: Storage, own: Path, team: Path) -> None:
    storage("duplicate", "prod", "prod", "--here")
    deleted = storage("delete", "prod", "--yes")
    assert deleted.out.splitlines() == [
        "Deleted prod",
        f"Now prod is that of {team}.",
        f"It was the default; now prod is, which {team} sets.",
    ]
    storage("set-default", "laptop")
    assert storage("delete", "laptop", "--yes").out.splitlines() == [
        "Deleted laptop",
        f"It was the default; now prod is, which {team} sets.",
    ]
    storage("duplicate", "prod", "prod", "--here")
    uncovered = storage("delete", "prod", "--yes", "--json").json["uncovered"]
    assert uncovered["origin"] == str(team)


def test_a_default_of_the_team_is_reset_in_ones_own_file(storage: Storage, own: Path) -> None:
    assert storage("reset-default").out == "Cleared default storage!\n"
    assert own.read_text().startswith('include = ["team.toml"]\ndefault = ""\n')
    assert "No default is set" in storage("ls").out
    assert storage("ls", "--json").json["default"] is None
    assert storage("validate").code == 0
    assert storage("set-default", "prod").code == 0
    assert storage("ls", "--json").json["default"] == "prod"


def test_every_problem_of_every_file_has_its_file_and_line(
    storage: Storage, own: Path, team: Path
) -> None:
    team.write_text(TEAM + '\n[storage.bad]\ntype = "s4"\n')
    own.write_text(OWN.replace("]", ', "gone.toml"]', 1) + 'storage_pth = "x"\n')
    outcome = storage("validate")
    assert outcome.code == 1
    lines = outcome.out.splitlines()
    assert lines[0].startswith(f"{own}:1: include: there is no file {own.parent / 'gone.toml'}")
    assert lines[1].startswith(f"{own}:6: [storage.laptop]: storage_pth")
    assert lines[2].startswith(f"{team}:18: [storage.bad]: type 's4' is unknown")
    assert "3 problems in" in outcome.err
    found = storage("validate", "--json").json["problems"]
    assert [(each["path"], each["line"]) for each in found] == [
        (str(own), 1),
        (str(own), 6),
        (str(team), 18),
    ]


def test_a_list_beneath_a_file_that_is_gone_shows_the_rest_and_opens_none_of_it(
    storage: Storage, own: Path, team: Path
) -> None:
    own.write_text(OWN.replace("[", '["gone.toml", ', 1))
    listed = storage("ls")
    assert listed.code == 0
    assert "there is no file" in listed.err
    assert "! default: unknown, since a layer cannot be read" in listed.out
    assert "shared" in listed.out
    found = storage("ls", "--json")
    assert "there is no file" in found.err
    assert [(each["name"], each["error"] is None) for each in found.json["storages"]] == [
        ("laptop", True),
        ("prod", False),
        ("shared", False),
    ]
    for command in (("test", "shared"), ("blobs", "shared"), ("write",), ("show", "unheard")):
        outcome = storage(*command)
        assert outcome.code == 1
        assert f"{own}:1: " in outcome.out + outcome.err
        assert "gone.toml" in outcome.out + outcome.err


def test_references_in_others_files_are_listed_without_what_they_lead_to(
    storage: Storage, own: Path, team: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEAM_KEY", "AKIACANARY")
    outcome = storage("validate")
    assert outcome.code == 0
    assert outcome.out.splitlines()[1:] == [
        "Whoever writes the files that yours includes has these secrets used:",
        f"{team}:7: prod: aws_access_key_id is taken from env:TEAM_KEY here",
        f"{team}:8: prod: aws_secret_access_key is taken from file:/run/secrets/s3 here",
        f"{team}:11: prod: options.client_kwargs.proxy is taken from keyring:acme/proxy here",
    ]
    assert [each["reference"] for each in storage("validate", "--json").json["references"]] == [
        *("env:TEAM_KEY", "file:/run/secrets/s3", "keyring:acme/proxy")
    ]
    assert "AKIACANARY" not in outcome.out + outcome.err


def test_a_file_that_others_can_write_is_warned_of(
    storage: Storage, own: Path, team: Path, home: Path
) -> None:
    assert "sent elsewhere" not in storage("validate").err
    team.chmod(0o666)
    assert f"{team}: can be written by everybody" in storage("validate").err
    team.chmod(0o644)
    folder = home / "open"
    folder.mkdir()
    team.rename(folder / "team.toml")
    team.symlink_to(folder / "team.toml")
    folder.chmod(0o777)
    assert "can be replaced by everybody" in storage("validate").err
    folder.chmod(0o1777)
    assert "can be replaced" not in storage("validate").err


def test_the_path_is_ones_own_and_json_has_the_layers(
    storage: Storage, own: Path, team: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = tmp_path / "last.toml"
    last.write_text('[storage.last]\ntype = "temporary"\n')
    monkeypatch.setenv("STORAGE_CONFIG", os.pathsep.join(map(str, (own, last))))
    assert storage("path").out == f"{own}\n"
    assert storage("path", "--json").json == {
        "path": str(own),
        "exists": True,
        "layers": [str(own), str(team), str(last)],
    }
    # A hint stays a command that works.
    assert storage("show", "lst").err.count("did you mean 'last'?") == 1
    assert "storage duplicate last last --here" in storage("delete", "last", "--yes").err
    assert storage("duplicate", "last", "last", "--here").code == 0
    assert "[storage.last]" in own.read_text()


def test_the_schema_knows_includes_and_an_empty_default(storage: Storage, own: Path) -> None:
    schema = storage("schema").json["properties"]
    assert schema["include"]["items"]["type"] == "string"
    assert "minLength" not in schema["default"]


def test_text_alone_with_an_include_opens_what_it_has_and_says_the_rest(
    storage: Storage, team: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f'include = [{in_toml(team)}]\n[storage.a]\ntype = "local"\nstorage_path = "/a"\n'
    monkeypatch.setenv("STORAGE_CONFIG_TEXT", text)
    found = storage("ls", "--json").json
    assert (found["path"], found["storages"][0]["origin"]) == (None, "STORAGE_CONFIG_TEXT")
    assert storage("path", "--json").json == {"path": None, "exists": False}
    outcome = storage("blobs", "prod")
    assert outcome.code == 1
    assert "STORAGE_CONFIG_TEXT:1: include: no other file is read" in outcome.err


def test_a_command_sees_what_an_included_file_says_now(own: Path, team: Path) -> None:
    """Another process, so that nothing is remembered."""
    program = "import storage_core; print(storage_core.ConfigFile().load()['prod'].bucket)"
    environment = {**os.environ, "STORAGE_CONFIG": str(own)}
    for bucket in ("acme-results", "acme-other"):
        team.write_text(TEAM.replace("acme-results", bucket))
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == f"{bucket}\n"
    assert json.loads(json.dumps([*ConfigFile(own).load()])) == ["laptop", "prod", "shared"]


@pytest.mark.parametrize("command", [["ls"], ["validate"], ["doctor"], ["show", "gone"]])
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_url_that_is_included_by_mistake_is_named_without_its_password(
    storage: Storage, home: Path, command: list[str], form: list[str]
) -> None:
    home.mkdir()
    secret = token_hex(12)
    url = f"https://me:{secret}@git.acme.example/storage.toml"
    (home / "storage.toml").write_text(f'include = ["{url}"]\n')
    outcome = storage(*command, *form)
    assert "git.acme.example" in outcome.out + outcome.err
    assert secret not in outcome.out + outcome.err
