"""Edits of a configuration file's text, one by one, as a person would look at them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from enum import StrEnum
from pathlib import PurePath
from time import process_time
from typing import Any

import pytest

from storage_core.config.toml.edit import (
    add_table,
    remove_table,
    remove_tables,
    rename_table,
    set_root,
    update_table,
    update_tables,
)
from storage_core.config.toml.inline import rewritten
from storage_core.config.toml.layout import Layout
from storage_core.config.toml.scan import scan
from storage_core.config.toml.text import TextError
from storage_core.errors import ConfigConflict, ConfigurationError, StorageNotFound
from tests.patience import assert_linear

A = ("storage", "a")
FILE = """\
# My storages

version = 1   # absent: 1
default = "a"

# production
[storage.a]               # the name
id     = "1"
type   = "s3"
bucket = "acme-results"   # results
# prefix = "old"

# shared
[storage."team share"]
type = "file"
options.k = 1   # dotted
options.deep = { x = 1, y = "z" }

[storage.c]
type = "s3"
[storage.c.options]
k = 1

# keys of the app
[app.keys]
n = "m"
"""


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that only `before` has, and those that only `after` has."""
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


# --- keys before the first table ------------------------------------------------------------------


def test_a_root_key_is_replaced_where_it_stands() -> None:
    assert changed_lines(FILE, set_root(FILE, "version", 2)) == (
        ["version = 1   # absent: 1"],
        ["version = 2   # absent: 1"],
    )


def test_a_root_key_is_removed_with_its_line() -> None:
    assert set_root(FILE, "default", None) == FILE.replace('default = "a"\n', "")
    assert set_root(FILE, "other", None) == FILE


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "version = 1\nKEY\n"),
        ("version = 1\n", "version = 1\nKEY\n"),
        ("version = 1", "version = 1\nKEY"),
        ("# head\n", "# head\n\nKEY\n"),
        ("# head", "# head\n\nKEY"),
        ("[a]\n", "KEY\n\n[a]\n"),
        ("\n\n[a]\n", "\n\nKEY\n\n[a]\n"),
        ("# head\n[a]\n", "# head\n\nKEY\n\n[a]\n"),
        ("# head\n\n[a]\n", "# head\n\nKEY\n\n[a]\n"),
        ("# head\n\n# of a\n[a]\n", "# head\n\nKEY\n\n# of a\n[a]\n"),
        ("version = 1\n\n# of a\n[a]\n", "version = 1\nKEY\n\n# of a\n[a]\n"),
        ("\ufeff[a]\r\n", "\ufeffKEY\r\n\r\n[a]\r\n"),
        ("\ufeff", "\ufeffversion = 1\nKEY\n"),
    ],
)
def test_a_new_root_key_goes_below_the_head_of_the_file(before: str, after: str) -> None:
    assert set_root(before, "default", "x") == after.replace("KEY", 'default = "x"')


# --- adding a table -------------------------------------------------------------------------------


def test_comments_above_the_first_header_are_looked_at_once() -> None:
    def seconds(lines: int) -> float:
        text, before = "# comment\n" * lines + "\n# of a\n[a]\n", process_time()
        assert set_root(text, "default", "a").endswith('\n\ndefault = "a"\n\n# of a\n[a]\n')
        return process_time() - before

    assert_linear(seconds, 5_000, 20_000)


def test_a_new_file_is_tidy() -> None:
    values = {
        "id": "1",
        "type": "s3",
        "prefix": None,
        "options": {"acl": "x", "key": {"ref": "env:X"}},
        "protected": True,
    }
    assert add_table("", ("storage", "team share"), values) == (
        'version = 1\n\n[storage."team share"]\nid = "1"\ntype = "s3"\nprotected = true\n\n'
        '[storage."team share".options]\nacl = "x"\nkey = {ref = "env:X"}\n'
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("version = 1\n", "version = 1\n\nTABLE\n"),
        ("version = 1\n\n", "version = 1\n\nTABLE\n"),
        ("version = 1", "version = 1\n\nTABLE"),
        ("# only a comment\n", "# only a comment\n\nTABLE\n"),
        ("[storage.a]\nx = 1\n", "[storage.a]\nx = 1\n\nTABLE\n"),
        ("[storage.a]\r\nx = 1\r\n", "[storage.a]\r\nx = 1\r\n\r\nTABLE\r\n"),
        ("[storage.a]\n# x = 1\n\n# end\n", "[storage.a]\n# x = 1\n\nTABLE\n\n# end\n"),
        ("[storage.a]\n# of b\n[b]\n", "[storage.a]\n\nTABLE\n\n# of b\n[b]\n"),
        ("[storage.a]\n\n[b]\n", "[storage.a]\n\nTABLE\n\n[b]\n"),
        ("[storage.a.options]\nx = 1\n[b]\n", "[storage.a.options]\nx = 1\n\nTABLE\n\n[b]\n"),
        ("[b]\nx = 1\n", "[b]\nx = 1\n\nTABLE\n"),
        ("[storage]\n", "[storage]\n\nTABLE\n"),
        ("storage.a.x = 1\n", "storage.a.x = 1\n\nTABLE\n"),
    ],
)
def test_a_new_table_goes_behind_the_last_storage(before: str, after: str) -> None:
    assert add_table(before, ("storage", "new"), {}) == after.replace("TABLE", "[storage.new]")


def test_a_new_table_goes_into_the_braces_of_the_others() -> None:
    before = "storage = { a = { x = 1 } } # all\n"
    after = "storage = { a = { x = 1 }, b = {y = 2} } # all\n"
    assert add_table(before, ("storage", "b"), {"y": 2}) == after


def test_a_taken_name_is_a_conflict() -> None:
    with pytest.raises(ConfigConflict, match=r"\[storage.a\] exists already"):
        add_table(FILE, A, {})


@pytest.mark.parametrize(
    "name", ["", ".", "a.b", 'q"', "a\\b", "é", "\n", "#", "[x]", " ", "'", "\x00\x7f", "1_-Z"]
)
def test_any_name_is_quoted_as_needed(name: str) -> None:
    text = add_table(FILE, ("storage", name), {"type": "s3"})
    assert tomllib.loads(text)["storage"][name] == {"type": "s3"}
    assert remove_table(text, ("storage", name)) == FILE
    renamed = rename_table(FILE, A, name)
    assert rename_table(renamed, ("storage", name), "a") == FILE


# --- changing a table -----------------------------------------------------------------------------


@pytest.mark.parametrize("bucket", ["b", "a-much-longer-bucket-name"])
@pytest.mark.parametrize("gap", ["", " ", "   ", " \t"])
def test_a_value_is_replaced_and_the_space_before_its_comment_stays(gap: str, bucket: str) -> None:
    before = FILE.replace("   # results", f"{gap}# results")
    after = update_table(before, A, {"bucket": bucket, "id": "1"})
    assert changed_lines(before, after) == (
        [f'bucket = "acme-results"{gap}# results'],
        [f'bucket = "{bucket}"{gap}# results'],
    )


def test_a_new_key_goes_behind_the_last_one_aligned_as_they_are() -> None:
    after = update_table(FILE, A, {"acl": "x", "region_name": "eu"})
    assert changed_lines(FILE, after) == ([], ['acl    = "x"', 'region_name = "eu"'])
    assert '# results\nacl    = "x"\nregion_name = "eu"\n# prefix' in after


def test_a_new_key_is_indented_as_the_others_are() -> None:
    before = "[storage.a]\n  x = 1\n\n[b]\n"
    assert update_table(before, A, {"y": 2}) == "[storage.a]\n  x = 1\n  y = 2\n\n[b]\n"


def test_a_key_that_goes_takes_its_line_and_nothing_else() -> None:
    assert update_table(FILE, A, {"id": None, "missing": None}) == FILE.replace(
        'id     = "1"\n', ""
    )


def test_the_same_values_change_nothing() -> None:
    assert update_table(FILE, A, {"id": "1", "bucket": "acme-results"}) == FILE
    same = {"options": {"k": 1, "deep": {"x": 1, "y": "z"}}}
    assert update_table(FILE, ("storage", "team share"), same) == FILE


def test_a_value_of_another_type_is_another_value() -> None:
    text = "[storage.a]\nx = 1\n"
    for value in (1.0, True, "1"):
        after = update_table(text, A, {"x": value})
        found = tomllib.loads(after)["storage"]["a"]["x"]
        assert (type(found), found) == (type(value), value)


def test_a_table_inside_is_edited_in_the_form_it_has() -> None:
    share = ("storage", "team share")
    new = {"options": {"k": 2, "deep": {"x": 1, "q": [1]}, "more": "m"}}
    assert changed_lines(FILE, update_table(FILE, share, new)) == (
        ["options.k = 1   # dotted", 'options.deep = { x = 1, y = "z" }'],
        ["options.k = 2   # dotted", "options.deep = { x = 1, q = [1] }", 'options.more = "m"'],
    )
    block = update_table(FILE, ("storage", "c"), {"options": {"k": 1, "new": 2}})
    assert block == FILE.replace("k = 1\n\n# keys", "k = 1\nnew = 2\n\n# keys")


def test_a_new_table_inside_becomes_a_block() -> None:
    after = update_table(FILE, A, {"options": {"k": 1}})
    assert after == FILE.replace('"old"\n', '"old"\n\n[storage.a.options]\nk = 1\n')


def test_a_table_inside_can_go_and_can_be_emptied() -> None:
    values: list[Any] = [None, {}, "text", [1]]
    for name in ("team share", "c"):
        for value in values:
            after = update_table(FILE, ("storage", name), {"options": value})
            found = tomllib.loads(after)["storage"][name]
            assert found.get("options") == value
            assert "# keys of the app\n[app.keys]" in after


def test_the_last_key_of_a_table_can_go() -> None:
    for text in ("[storage.a.options]\nk = 1\n", "[storage.a]\noptions.k = 1\n"):
        after = update_table(text, A, {"options": None})
        assert tomllib.loads(after) == {"storage": {"a": {}}}


def test_a_key_is_added_to_a_table_without_a_header_of_its_own() -> None:
    before = "[storage.a.options]\nk = 1\n"
    after = "[storage.a]\nid = 1\ntype = 2\n\n[storage.a.options]\nk = 1\n"
    assert update_table(before, A, {"id": 1, "type": 2}) == after


def test_arrays_of_tables_inside_are_kept_or_replaced_whole() -> None:
    before = "[storage.a]\nx = 1\n\n[[storage.a.rules]]\nn = 1 # one\n[[storage.a.rules]]\nn = 2\n"
    assert "n = 1 # one" in update_table(before, A, {"x": 2})
    after = update_table(before, A, {"rules": [{"n": 3}]})
    assert after == "[storage.a]\nx = 1\nrules = [{n = 3}]\n"


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ('{\n "private_key": "-----BEGIN\\n" \t\x00\x7f\u2028}\r\n', None),
        ("'''\"\"\"\\", None),
        (Colour.RED, "red"),
        (2**70, None),
        (-0.0, None),
        (float("inf"), None),
        (1e300, None),
        (date(2026, 1, 2), None),
        (time(1, 2, 3), None),
        (datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC), None),
        ((1, [True, {"a.b": {"": "x"}}], {}), [1, [True, {"a.b": {"": "x"}}], {}]),
        ([{"a": 1}], None),
    ],
)
def test_values_come_back_as_they_went_in_on_one_line(value: Any, found: Any) -> None:
    after = update_table("[storage.a]\n", A, {"x": value})
    back = tomllib.loads(after)["storage"]["a"]["x"]
    expected = value if found is None else found
    assert (type(back), str(back)) == (type(expected) if found else type(value), str(expected))
    assert after.count("\n") == 2


def test_not_a_number_is_written_and_found_again() -> None:
    after = update_table("[storage.a]\nx = nan\n", A, {"x": float("nan"), "y": float("nan")})
    assert after == "[storage.a]\nx = nan\ny = nan\n"


@pytest.mark.parametrize("value", [[None], b"x", PurePath("x"), "\ud800", {"k": "\ud800"}, {1, 2}])
def test_what_toml_cannot_say_is_refused_without_showing_it(value: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"^a value "):
        update_table(FILE, A, {"x": value})


# --- removing and renaming ------------------------------------------------------------------------


def test_a_table_goes_with_what_is_between_its_header_and_its_last_key() -> None:
    text = "# before\n[storage.a]\n# inside\nx = 1 # same line\n# behind\n\n[b]\n"
    assert remove_table(text, A) == "# before\n# behind\n\n[b]\n"


def test_pieces_that_stand_apart_go_too() -> None:
    text = "[storage.a]\nx = 1\n\n[b]\ny = 1\n\n# last\n[storage.a.options]\nz = 1\n"
    assert remove_table(text, A) == "[b]\ny = 1\n\n# last\n"
    header = "[storage]\na.x = 1\nb.x = 2\na.y = 3\n"
    assert remove_table(header, A) == "[storage]\nb.x = 2\n"


def test_removing_what_was_added_gives_the_file_back() -> None:
    for text in (FILE, FILE.replace("\n", "\r\n"), "\ufeff" + FILE, FILE.rstrip()):
        added = add_table(text, ("storage", "new"), {"type": "s3", "options": {"k": 1}})
        assert remove_table(added, ("storage", "new")) == text


def test_the_last_table_leaves_a_tidy_file() -> None:
    assert remove_table("version = 1\n\n[storage.a]\nx = 1\n", A) == "version = 1\n"
    assert remove_table("version = 1\n\n[storage.a]\nx = 1", A) == "version = 1\n"
    assert remove_table("[storage.a]\nx = 1\n", A) == ""


SPREAD = """\
[storage]
d.x = 1
e = { x = 1 }
d.y = 2

# of a
[storage.a]
x = 1 # same line

[storage.b]
x = 1
# behind b
[storage.b.options]
z = 1
[app.keys]
n = "m"

# last
[storage.a.options]
z = 1
"""


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (FILE, ["a", "team share"]),
        (FILE, ["c", "a"]),
        (FILE, ["team share", "c", "a"]),
        (SPREAD, ["a", "b"]),
        (SPREAD, ["b", "d", "e"]),
        (SPREAD, ["a", "b", "d", "e"]),
        ("storage = { a = { x = 1 }, b = { x = 2 }, c = { x = 3 } }\n", ["a", "b"]),
    ],
    ids=["neighbours", "apart", "all", "in pieces", "without headers", "everything", "inline"],
)
def test_several_tables_go_or_change_in_one_step_as_one_after_the_other(
    text: str, names: list[str]
) -> None:
    paths = [("storage", name) for name in names]
    gone = changed = text
    for path in paths:
        gone = remove_table(gone, path)
        changed = update_table(changed, path, {"tags": ["x"], "type": "s3"})
    assert tomllib.loads(remove_tables(text, ("storage",), names)) == tomllib.loads(gone)
    assert remove_tables(text, ("storage",), names).split() == gone.split()
    assert update_tables(text, {path: {"tags": ["x"], "type": "s3"} for path in paths}) == changed
    with pytest.raises(StorageNotFound):
        remove_tables(text, ("storage",), [*names, "none"])


def test_renaming_changes_the_name_in_headers_and_keys_only() -> None:
    text = "[storage . 'a' ] # a\na = 'a'\n[storage.a.options]\na = 1\n[storage.ab]\n[a]\n"
    after = '[storage . "x y" ] # a\na = \'a\'\n[storage."x y".options]\na = 1\n[storage.ab]\n[a]\n'
    assert rename_table(text, A, "x y") == after
    assert rename_table("storage.a.x = 1\n", A, "b") == "storage.b.x = 1\n"
    assert rename_table("[storage]\na = { a = 1 }\n", A, "b") == "[storage]\nb = { a = 1 }\n"
    assert rename_table("storage = {a.a = 1}\n", A, "b") == "storage = {b.a = 1}\n"
    assert rename_table(FILE, A, "a") == FILE


def test_renaming_to_a_taken_name_is_a_conflict() -> None:
    with pytest.raises(ConfigConflict, match=r"\[storage.c\] exists already"):
        rename_table(FILE, A, "c")


# --- what is refused ------------------------------------------------------------------------------


def test_a_missing_table_is_not_found() -> None:
    edits: list[Callable[[], str]] = [
        lambda: update_table(FILE, ("storage", "none"), {"x": 1}),
        lambda: remove_table(FILE, ("storage", "none")),
        lambda: rename_table(FILE, ("storage", "none"), "b"),
        lambda: update_table("storage = 1\n", A, {"x": 1}),
        lambda: update_table("[[storage]]\na = 1\n", A, {"x": 1}),
    ]
    for edited in edits:
        with pytest.raises(StorageNotFound, match=r"there is no \[storage\."):
            edited()


def test_a_text_that_is_not_toml_is_never_edited() -> None:
    edits: list[Callable[[], str]] = [
        lambda: set_root("a = \n", "default", "x"),
        lambda: set_root("a = \n", "default", None),
        lambda: add_table("a = \n", A, {}),
        lambda: update_table("a = \n", A, {}),
        lambda: remove_table("a = \n", A),
        lambda: rename_table("a = \n", A, "b"),
    ]
    for edited in edits:
        with pytest.raises(TextError, match="line 1: not TOML"):
            edited()


@pytest.mark.parametrize("text", ["storage = 'hidden'\n", "[[storage]]\nx = 'hidden'\n"])
def test_a_form_that_allows_no_edit_is_refused_with_its_line_and_no_value(text: str) -> None:
    with pytest.raises(TextError, match="edit it by hand") as caught:
        add_table("x = 1\n" + text, A, {"x": "secret"})
    assert str(caught.value).startswith("line 2: storage.a is written")
    assert "hidden" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_braces_over_several_lines_are_refused_for_the_comments_in_them() -> None:
    text = "t = { a = 1, # TOML 1.1\n b = 2 }\n"
    (block,) = scan(text)
    with pytest.raises(TextError, match="line 1: t goes over several lines"):
        rewritten(text, block.entries[0], {"a": 1, "b": 2}, {"a": 1})


@pytest.mark.parametrize(
    "wrong",
    [
        "[storage.a\n",
        "[storage.a]\nx = 2.0\n[storage.b]\ny = 1\n",
        "[storage.a]\nx = true\n[storage.b]\ny = 1\n",
        "[storage.a]\nx = 2\n",
        "[storage.a]\nx = 2\nmore = 1\n[storage.b]\ny = 1\n",
        "[storage.a]\nx = 2\n[storage.b]\ny = 1\n[storage.c]\n",
        "",
    ],
)
def test_an_edit_that_went_wrong_is_never_returned(
    wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Layout, "result", lambda layout: wrong)
    with pytest.raises(TextError, match=r"^line 1: storage.a .* edit it by hand$"):
        update_table("[storage.a]\nx = 1\n[storage.b]\ny = 1\n", A, {"x": 2})
