"""`ls` and `show`, and bare `storage` without a terminal."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

import pytest

from storage_core.cli.table import cells
from storage_core.types import all_types
from tests.cli.conftest import Outcome, ended

Storage = Callable[..., Outcome]
PROD_ID = "61354abf-7cc8-4c2c-b890-78b1f985a9fb"
LAPTOP_ID = "a0286a5b-1b1b-4c4c-8d8d-2e2e2e2e2e2e"


def test_an_empty_list_says_what_to_do_and_what_is_used(storage: Storage, home: Path) -> None:
    outcome = storage("ls")
    assert outcome.code == 0
    assert "storage create" in outcome.out
    assert "Temporary Local Storage is used" in outcome.out
    assert outcome.err == ""
    assert not home.exists()


def test_without_a_command_and_a_terminal_the_list_is_printed(storage: Storage, two: Path) -> None:
    assert storage() == storage("ls")
    assert "prod-results" in storage().out


def test_the_list_marks_the_default_and_has_ids_in_full(storage: Storage, two: Path) -> None:
    outcome = storage("ls")
    rows = outcome.out.splitlines()
    assert [row.split() for row in rows[1:3]] == [
        ["★", "prod-results", "S3", "Storage", "s3://acme-results", PROD_ID],
        ["laptop", "Local", "Storage", "~/data", LAPTOP_ID],
    ]
    assert "★ default: prod-results" in rows
    assert outcome.code == 0


def test_the_json_list_holds_what_the_file_holds_and_nothing_else(
    storage: Storage, two: Path
) -> None:
    two.write_text(two.read_text().replace("env:PROD_S3_SECRET", "plain-secret-value"))
    outcome = storage("ls", "--json")
    assert outcome.json == {
        "path": str(two),
        "default": "prod-results",
        "storages": [
            {
                "id": PROD_ID,
                "name": "prod-results",
                "type": "s3",
                "default": True,
                "location": "s3://acme-results",
                "error": None,
                "settings": {
                    "bucket": "acme-results",
                    "region_name": "eu-west-1",
                    "aws_access_key_id": "AKIAEXAMPLE",
                    "aws_secret_access_key": "********",
                },
                "origin": str(two),
            },
            {
                "id": LAPTOP_ID,
                "name": "laptop",
                "type": "local",
                "default": False,
                "location": "~/data",
                "error": None,
                "settings": {"storage_path": "~/data"},
                "origin": str(two),
            },
        ],
    }
    assert "plain-secret-value" not in outcome.out + outcome.err


def test_a_reference_is_shown_as_it_is(storage: Storage, two: Path) -> None:
    settings = storage("ls", "--json").json["storages"][0]["settings"]
    assert settings["aws_secret_access_key"] == "env:PROD_S3_SECRET"


def test_the_json_list_of_no_file_is_empty(storage: Storage, home: Path) -> None:
    assert storage("ls", "--json").json == {
        "path": str(home / "storage.toml"),
        "default": None,
        "storages": [],
    }


def test_a_broken_table_is_listed_with_its_error_beside_the_intact_ones(
    storage: Storage, config: Path
) -> None:
    config.write_text(
        '[storage.bad]\ntype = "s3"\nbuckt = "x"\n[storage.good]\ntype = "temporary"\n'
    )
    outcome = storage("ls")
    assert outcome.code == 0
    assert f"{config}:3: [storage.bad]: buckt is not a setting of S3 Storage" in outcome.out
    assert "did you mean bucket?" in outcome.out
    assert "good" in outcome.out
    bad, good = storage("ls", "--json").json["storages"]
    assert bad["error"].startswith(f"{config}:3: [storage.bad]: buckt")
    assert bad["location"] is None
    # What the type does not know may be a secret with a typing error in its name.
    assert bad["settings"] == {"buckt": "********"}
    assert good["error"] is None


def test_the_problems_of_a_table_come_in_the_order_of_its_lines(
    storage: Storage, config: Path
) -> None:
    config.write_text('[storage.a]\ntimeout = "long"\nid = 3\ntype = "s3"\nbukcet = "b"\n')
    for command in (("ls",), ("show", "a"), ("validate",)):
        places = re.findall(rf"{re.escape(str(config))}:(\d+)", storage(*command).out)
        assert places == ["1", "2", "3", "5"], command


def test_at_a_terminal_a_problem_goes_on_in_the_next_line_between_two_words(
    terminal: Callable[..., object], config: Path
) -> None:
    config.write_text('[storage.bad]\ntype = "local"\nstorage_pth = "/data"\n')
    for arguments in (("ls",), ("show", "bad"), ("test", "bad"), ("test", "--all")):
        child = terminal(*arguments, NO_COLOR="1")
        ended(child)
        lines = child.before.partition("error: ")[0].split("\r\n")
        assert all(len(line) <= 80 for line in lines if "storage_pth" in line)
        problem = f"{config}:3: [storage.bad]: storage_pth is not a setting of Local Storage; "
        assert problem + "did you mean storage_path?" in " ".join(map(str.strip, lines)), arguments


def test_a_default_that_names_nothing_is_warned_of(storage: Storage, config: Path) -> None:
    config.write_text('default = "prd"\n[storage.prod]\ntype = "temporary"\n')
    outcome = storage("ls")
    assert outcome.code == 0
    assert f"warning: {config}:1: the default 'prd' names no storage configuration" in outcome.err
    assert storage("ls", "--json").json["default"] == "prd"


def test_wide_characters_keep_the_columns_aligned(storage: Storage, config: Path) -> None:
    config.write_text(
        '[storage."結果の保存先"]\ntype = "temporary"\n[storage.plain]\ntype = "temporary"\n'
    )
    rows = storage("ls").out.splitlines()[1:3]
    starts = [cells(row[: row.index("Temporary")]) for row in rows]
    assert starts[0] == starts[1]


def test_a_name_can_neither_colour_the_terminal_nor_break_a_line(
    storage: Storage, config: Path
) -> None:
    config.write_text(
        '[storage."\\u001b[31mred\\u009b\\n\\u202e"]\ntype = "local"\nstorage_path = "/a\\u001bc"\n'
        '[storage."[bold]x[/bold]"]\ntype = "temporary"\n'
    )
    for arguments in (
        ("ls",),
        ("ls", "--json"),
        ("show", "\x1b[31mred\x9b\n\u202e"),
        ("validate",),
    ):
        outcome = storage(*arguments)
        printed = outcome.out + outcome.err
        assert all(c.isprintable() or c == "\n" for c in printed), arguments
        assert "\\x1b[31mred" in printed or "\\u001b[31mred" in printed
    assert "[bold]x[/bold]" in storage("ls").out
    names = [each["name"] for each in storage("ls", "--json").json["storages"]]
    assert names == ["\x1b[31mred\x9b\n\u202e", "[bold]x[/bold]"]


def test_values_that_json_lacks_are_printed_as_text(storage: Storage, config: Path) -> None:
    config.write_text('[storage.x]\ntype = "kv"\napi_address = 2026-11-22\ntimeout = inf\n')
    (only,) = storage("ls", "--json").json["storages"]
    assert only["settings"]["timeout"] == "inf"
    assert only["error"]


def test_at_80_columns_names_types_and_ids_stay_whole(
    terminal: Callable[..., object], config: Path
) -> None:
    config.write_text(
        f'[storage.production-results]\nid = "{PROD_ID}"\ntype = "s3"\nbucket = "acme-results"\n'
        f'[storage.laptop]\nid = "{LAPTOP_ID}"\ntype = "local"\nstorage_path = "~/data"\n'
    )
    lines = _at_a_terminal(terminal)
    assert lines[0].split() == ["Name", "Type", "ID"]
    assert lines[1].split() == ["production-results", "S3", "Storage", PROD_ID]
    assert lines[2] == "  s3://acme-results"
    assert lines[3].split() == ["laptop", "Local", "Storage", LAPTOP_ID]
    assert lines[4] == "  ~/data"


def test_at_80_columns_a_long_type_folds_between_words(
    terminal: Callable[..., object], config: Path
) -> None:
    config.write_text(
        f'[storage.production-results]\nid = "{PROD_ID}"\ntype = "s3"\nbucket = "acme-results"\n'
        f'[storage.tmp]\nid = "{LAPTOP_ID}"\ntype = "temporary"\n'
    )
    lines = _at_a_terminal(terminal)
    assert lines[1].split() == ["production-results", "S3", "Storage", PROD_ID]
    assert lines[3].split() == ["tmp", "Temporary", "Local", LAPTOP_ID]
    assert lines[4].strip() == "Storage"


def test_at_80_columns_the_type_makes_room_for_a_long_name(
    terminal: Callable[..., object], config: Path
) -> None:
    name, path = "a-rather-long-name-for-a-storage", f"/data/{'long-folder/' * 6}end"
    config.write_text(
        f'default = "{name}"\n[storage.{name}]\nid = "{PROD_ID}"\n'
        f'type = "local"\nstorage_path = "{path}"\n'
    )
    lines = _at_a_terminal(terminal)
    assert lines[1] == f"★  {name}  {PROD_ID}"
    assert lines[2] == "   Local Storage"
    assert "".join(map(str.strip, lines[3:])) == path


@pytest.mark.parametrize("width", [30, 40, 60, 80, 120])
def test_at_any_width_lines_below_begin_with_the_name_and_ids_stay_whole(
    terminal: Callable[..., object], config: Path, width: int
) -> None:
    name = "team-share-of-all-results"
    config.write_text(
        f'default = "{name}"\n[storage.{name}]\nid = "{PROD_ID}"\ntype = "file"\n'
        f'base_path = "memory://share/{"folder/" * 4}end"\n[storage.broken]\ntype = "s3"\n'
    )
    child = terminal("ls", NO_COLOR="1", COLUMNS=str(width))
    assert ended(child) == 0
    lines = child.before.replace("\r", "").partition("\n\n")[0].splitlines()
    start = lines[0].index("Name")
    beginnings = {
        len(line) - len(line.lstrip(" ★!")) for line in lines if line[: start + 1].strip()
    }
    assert beginnings == {start}
    assert sum(PROD_ID in line for line in lines) == 1
    assert all(len(line) <= max(width, start + len(PROD_ID)) for line in lines if "/" not in line)


@pytest.mark.parametrize("width", [40, 60, 80])
def test_the_types_are_described_without_breaking_a_word(
    terminal: Callable[..., object], width: int
) -> None:
    child = terminal("types", NO_COLOR="1", COLUMNS=str(width))
    assert ended(child) == 0
    words = {word for cls in all_types() for s in cls.settings() for word in s.help.split()}
    words |= {word for cls in all_types() for word in cls.description.split()}
    printed = child.before.replace("\r", "")
    assert all(len(line) <= width for line in printed.splitlines())
    assert words - set(printed.split()) == {word for word in words if len(word) > width - 8}


def test_only_a_name_that_no_line_has_room_for_goes_on_in_the_next(
    terminal: Callable[..., object], config: Path
) -> None:
    name = "-".join(["very-long"] * 6)
    config.write_text(f'[storage.{name}]\nid = "{PROD_ID}"\ntype = "temporary"\n')
    lines = _at_a_terminal(terminal)
    assert lines[1].endswith(PROD_ID)
    assert lines[1].split()[0] + lines[2].strip() == name


def test_a_wide_terminal_has_the_location_in_its_column(
    terminal: Callable[..., object], two: Path
) -> None:
    two.write_text(two.read_text().replace('"acme-results"', f'"{"acme-results-" * 4}"'))
    child = terminal("ls", NO_COLOR="1", COLUMNS="110")
    assert ended(child) == 0
    lines = child.before.replace("\r", "").splitlines()
    assert lines[0].split() == ["Name", "Type", "Location", "ID"]
    start = lines[0].index("Location")
    assert all(len(line) <= 110 for line in lines)
    assert "".join(line[start:].split("  ")[0] for line in lines[1:3]).startswith(
        "s3://acme-results"
    )


def _at_a_terminal(terminal: Callable[..., object]) -> list[str]:
    """The table of `storage ls` at a terminal of 80 columns."""
    child = terminal("ls", NO_COLOR="1")
    assert ended(child) == 0
    lines = child.before.replace("\r", "").partition("\n\n")[0].splitlines()
    assert all(cells(line) <= 80 for line in lines)
    return list(lines)


def test_storage_default_is_mentioned_where_it_overrides(
    storage: Storage, two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORAGE_DEFAULT", "laptop")
    assert "STORAGE_DEFAULT makes laptop the default here" in storage("ls").out
    assert storage("ls", "--json").json["default"] == "prod-results"


def test_storage_default_that_names_nothing_is_no_default(
    storage: Storage, two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORAGE_DEFAULT", "nope")
    assert "STORAGE_DEFAULT is nope, but there is none of this name" in storage("ls").out


def test_show_has_everything_but_secrets(storage: Storage, two: Path) -> None:
    two.write_text(two.read_text().replace("env:PROD_S3_SECRET", "plain-secret-value"))
    for ref in ("prod-results", PROD_ID, "6135"):
        outcome = storage("show", ref)
        assert outcome.code == 0
        shown = dict(line.split("  ", 1) for line in outcome.out.splitlines())
        shown = {label: value.strip() for label, value in shown.items()}
        assert shown["ID"] == PROD_ID
        assert shown["Type"] == "S3 Storage (s3)"
        assert shown["Default"] == "yes"
        assert shown["AWS Secret Access Key"] == "********"
        assert shown["Results land at"] == "s3://acme-results/results"
        assert "plain-secret-value" not in outcome.out
    assert storage("show", "laptop", "--json").json == storage("ls", "--json").json["storages"][1]


def test_show_masks_options_and_passwords_in_urls(storage: Storage, config: Path) -> None:
    config.write_text(
        '[storage.x]\ntype = "file"\nbase_path = "ftp://me:hunter2@host/p"\n'
        '[storage.x.options]\nrole = "very-secret"\ntoken = {ref = "env:TOKEN"}\n'
    )
    for outcome in (storage("show", "x"), storage("show", "x", "--json"), storage("ls")):
        assert outcome.code == 0
        assert "hunter2" not in outcome.out
        assert "very-secret" not in outcome.out
    assert "env:TOKEN" in storage("show", "x").out


@pytest.mark.parametrize(
    ("setting", "table"),
    [("endpoint_url", 'type = "s3"\nbucket = "b"'), ("api_address", 'type = "kv"')],
)
def test_a_password_in_an_address_without_its_scheme_is_masked(
    storage: Storage, config: Path, setting: str, table: str
) -> None:
    password = token_hex(8)
    config.write_text(f'[storage.x]\n{table}\n{setting} = "me:{password}@host"\n')
    option = f"--{setting.replace('_', '-')}"
    for arguments in (
        *(("ls",), ("ls", "--json"), ("show", "x"), ("show", "x", "--json"), ("validate",)),
        *(("test", "x"), ("blobs", "x"), ("edit", "x", option, f"you:{password}@host")),
    ):
        outcome = storage(*arguments)
        assert setting in outcome.out + outcome.err or option in outcome.err, arguments
        assert password not in outcome.out + outcome.err, arguments
    assert storage("show", "x", "--json").json["settings"][setting] == "me:********@host"


def test_show_tells_what_is_wrong_with_a_broken_one(storage: Storage, config: Path) -> None:
    config.write_text('[storage.bad]\ntype = "s4"\nbucket = "x"\n')
    outcome = storage("show", "bad")
    assert f"{config}:2: [storage.bad]: type 's4' is unknown; did you mean 's3'?" in outcome.out


def test_show_of_an_unknown_ref_suggests_the_nearest(storage: Storage, two: Path) -> None:
    outcome = storage("show", "prod-result")
    assert outcome == Outcome(
        3, b"", "error: no storage configuration 'prod-result'; did you mean 'prod-results'?\n"
    )


def test_the_file_is_named_before_or_after_the_command(storage: Storage, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text('[storage.elsewhere]\ntype = "temporary"\n')
    for arguments in (
        ("--config", str(other), "ls"),
        ("ls", "--config", str(other)),
        ("--config", os.devnull, "ls", "--config", str(other)),
        ("--config", str(other)),
    ):
        assert "elsewhere" in storage(*arguments).out


def test_an_empty_config_option_is_refused(storage: Storage) -> None:
    assert storage("ls", "--config", "").code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        *((), ("ls",), ("ls", "--json"), ("show", "x"), ("types",), ("schema",), ("blobs",)),
        *(("write",), ("read", "results/x"), ("rm", "results/x"), ("test",), ("test", "--all")),
        *(("set-default", "x"), ("reset-default",), ("rename", "x", "y"), ("restore",)),
        *(("duplicate", "x", "y"), ("delete", "x", "--yes"), ("edit", "x", "--bucket", "b")),
        *(("move-secret", "x", "env:X"), ("kv-server", "--port", "0"), ("restore", "1", "--yes")),
    ],
    ids=" ".join,
)
def test_a_file_that_is_named_has_to_be_there(
    storage: Storage, tmp_path: Path, home: Path, arguments: tuple[str, ...]
) -> None:
    named = tmp_path / "mistyped.toml"
    outcome = storage("--config", str(named), *arguments)
    assert (outcome.code, outcome.output) == (1, b"")
    assert outcome.err.startswith(f"error: there is no file {named}; ")
    assert outcome.err.endswith(f": storage create --config {shlex.quote(str(named))}\n")
    assert not named.exists()
    assert not home.exists()


def test_a_file_that_is_to_begin_need_not_be_there(storage: Storage, tmp_path: Path) -> None:
    named = str(tmp_path / "new.toml")
    assert storage("path", "--config", named).out == f"{named}\n"
    assert storage("validate", "--config", named).code == 0
    assert storage("create", "temporary", "--name", "a", "--config", named).code == 0
    assert storage("ls", "--config", named).code == 0
    assert storage("delete", "a", "--yes", "--config", named).code == 0
    Path(named).unlink()
    assert storage("restore", "1", "--yes", "--config", named).code == 0


def test_before_the_first_configuration_the_usual_place_may_be_empty(
    storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert storage("ls", "--json").json["storages"] == []
    monkeypatch.setenv("STORAGE_CONFIG", str(tmp_path / "mounted" / "storage.toml"))
    listed = storage("ls")
    assert (listed.code, listed.err) == (0, "")
    assert f"No storage configurations in {tmp_path}/mounted/storage.toml yet." in listed.out


def test_tags_and_read_only_are_listed_and_tags_are_filtered_by(
    storage: Storage, config: Path
) -> None:
    config.write_text(
        '[storage.a]\ntype = "local"\nstorage_path = "/a"\ntags = ["prod", "EU"]\n'
        '[storage.b]\ntype = "local"\nstorage_path = "/b"\ntags = ["#Production"]\n'
        "read_only = true\n"
        '[storage.c]\ntype = "local"\nstorage_path = "/c"\n'
        '[storage.d]\ntype = "local"\nstorage_path = "/d"\ntags = "prod"\n'
    )
    everything = storage("ls").out
    assert "/a  #prod #EU" in everything
    assert "/b  read-only #Production" in everything
    assert (
        '[storage.d]: tags must be a list of words in quotes, such as ["prod", "eu"]' in everything
    )

    def names(*options: str) -> list[str]:
        return [each["name"] for each in storage("ls", "--json", *options).json["storages"]]

    assert names("--tag", "prod") == names("--tag", "#PROD", "--tag", "eu") == ["a"]
    assert names("--tag", "production") == ["b"]
    assert names("--tag", "prod", "--tag", "production") == []
    assert storage("ls", "--json").json["storages"][0]["settings"]["tags"] == ["prod", "EU"]
    filtered = storage("ls", "--tag", "prod").out
    assert "/a" in filtered
    assert "/b" not in filtered
    assert "has that tag" in storage("ls", "--tag", "none").out
