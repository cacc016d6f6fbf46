"""Files of other tools that are damaged: each is one error that names the file and the line."""

from __future__ import annotations

import os
from configparser import ConfigParser
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from storage_core import ConfigurationError
from storage_core.importing.files import (
    LARGEST,
    ini_of,
    json_of,
    line_of,
    text_of,
    values_of,
    yaml_of,
)

SECRET = token_hex(16)


def told(error: BaseException) -> str:
    """All that an exception and those behind it say and hold."""
    parts: list[str] = []
    seen: BaseException | None = error
    while seen is not None:
        parts += [str(seen), repr(seen), repr(vars(seen))]
        seen = seen.__cause__ or seen.__context__
    return " ".join(parts)


def test_a_file_is_read_whatever_its_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes("[a]\r\nx = ä\rb\n".encode())
    assert text_of(str(path)) == "[a]\nx = ä\nb\n"


def test_a_byte_order_mark_is_told_of_unless_the_tool_takes_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"\xef\xbb\xbf[a]\n")
    assert text_of(str(path), takes_mark=True) == "[a]\n"
    with pytest.raises(ConfigurationError, match="file, line 1: begins with a byte order mark; "):
        text_of(str(path))


def test_what_is_no_text_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(f"[a]\nkey = {SECRET}\nx = ".encode() + b"\xff\n")
    with pytest.raises(ConfigurationError, match=r"file, line 3: is no UTF-8 text; ") as caught:
        text_of(str(path))
    assert SECRET not in told(caught.value)


def test_what_is_no_regular_file_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="is a folder; name a file in it"):
        text_of(str(tmp_path))
    with pytest.raises(ConfigurationError, match="does not exist; correct the path"):
        text_of(str(tmp_path / "none"))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigurationError, match="is no regular file"):
        text_of(str(tmp_path / "pipe"))
    with pytest.raises(ConfigurationError, match="not a valid path"):
        text_of("a\0b")


def test_what_is_too_large_is_not_read_to_its_end(tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(ConfigurationError, match="is larger than 4 MiB"):
        text_of(str(tmp_path / "file"))


def test_what_cannot_be_read_is_named_with_the_reason() -> None:
    # Of this one even root may not read the first bytes.
    with pytest.raises(ConfigurationError, match=r"^/proc/self/mem: cannot be read .Input/output"):
        text_of("/proc/self/mem")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[a]\nx = 1\n[a]\n", r"line 3: has \[a\] twice; make one section of both"),
        ("[a]\nx = 1\nx = SECRET\n", r"line 3: has x in \[a\] twice; take one"),
        ("x = SECRET\n[a]\n", "line 1: has a setting above all sections"),
        ("[a]\nx = 1\nSECRET\n", "line 3: is no line of an INI file"),
        ("[a\nx = SECRET\n", "line 1: has a setting above all sections"),
    ],
)
def test_a_mistake_in_an_ini_file_is_named_with_its_line(text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^/x/config, {said}") as caught:
        ini_of("/x/config", text.replace("SECRET", SECRET), ConfigParser())
    assert SECRET not in told(caught.value)


def test_a_percent_sign_that_stands_for_nothing_is_named_with_its_line() -> None:
    text = f"[a]\nfine = 1\n[b]\nkey : {SECRET}%\n"
    parser = ini_of("/x/config", text, ConfigParser())
    assert values_of("/x/config", text, parser, "a") == {"fine": "1"}
    with pytest.raises(ConfigurationError, match=r"line 4: has a % in key of \[b\]") as caught:
        values_of("/x/config", text, parser, "b")
    assert SECRET not in told(caught.value)


@pytest.mark.parametrize(
    ("text", "line"),
    [('{\n"a": "SECRET"\n"b": 1}', ", line 3"), ("", ", line 1"), ("[" * 100_000, "")],
)
def test_a_mistake_in_json_is_named_with_its_line(text: str, line: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^/x/a.json{line}: is no JSON; ") as caught:
        json_of("/x/a.json", text.replace("SECRET", SECRET))
    assert SECRET not in told(caught.value)


def test_a_number_that_python_refuses_is_a_mistake_too() -> None:
    with pytest.raises(ConfigurationError, match="is no JSON"):
        json_of("/x/a.json", "9" * 10_000)


@pytest.mark.parametrize(
    ("section", "option", "line"),
    [("a", None, 1), ("b", "y", 6), ("b", "none", None), ("none", None, None), ("a", "y", None)],
)
def test_the_line_of_a_setting_is_found(section: str, option: Any, line: int | None) -> None:
    assert line_of("[a]\nx = 1\n  y = 2\n[b]\n; y = 0\nY: 3\n", section, option) == line


DEEP = "[" * 200 + "]" * 200


@pytest.mark.parametrize(
    "text",
    [
        f"a: {DEEP}",
        "- " * 50_000,
        "[" * 50_000,
        '{"a": ' * 50_000,
        "\n".join(" " * depth + "a:" for depth in range(300)),
    ],
)
def test_yaml_that_is_nested_without_end_is_a_mistake_and_no_end_of_the_process(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^file.yaml, line \d+: is no YAML; mend it"):
        yaml_of("file.yaml", text)


def test_json_that_is_nested_deeper_than_can_be_walked_through_is_a_mistake() -> None:
    assert json_of("file.json", '{"a": [{"b": [1]}]}') == {"a": [{"b": [1]}]}
    with pytest.raises(ConfigurationError, match=r"^file.json: is no JSON; "):
        json_of("file.json", f'{{"a": {DEEP}}}')
