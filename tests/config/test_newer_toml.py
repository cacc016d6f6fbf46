"""TOML 1.1 in the file: which line it is and what to write instead, on every Python."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given

import storage_core
from storage_core.config.toml import text as toml_text
from storage_core.config.toml.text import TextError, loads
from storage_core.newer_toml import newer_syntax
from tests.cli.conftest import run_process
from tests.config.toml_files import File, files

HEAD = '[storage.a]\ntype = "s3"\nbucket = "b"\n'
NEWER = {
    "options = {\n  anon = true }\n": (4, "a line break inside { } is TOML 1.1", "header"),
    "options = { anon = true\n}\n": (4, "a line break inside { } is TOML 1.1", "on one line"),
    "options = { anon = true,\n  x = 1,\n}\n": (4, "a line break inside { }", "on one line"),
    "options = { # ours\n anon = true }\n": (4, "a comment inside { } is TOML 1.1", "above"),
    "options = { anon = true, }\n": (4, "a comma before } is TOML 1.1", "leave it out"),
    "options = { x = { y = 1 , } }\n": (4, "a comma before } is TOML 1.1", "leave it out"),
    "x = 1\noptions = { x = [1,\n2,], y = [\n{a = 1,}] }\n": (7, "a comma before }", "leave"),
    'prefix = "\\e[1m"\n': (4, r"\e in a text is TOML 1.1", r"\u001b"),
    'prefix = "caf\\xe9"\n': (4, r"\x in a text is TOML 1.1", r"\u00e9"),
    'x = """\n\n\\xe9"""\n': (4, r"\x in a text is TOML 1.1", r"\u00e9"),
    "x = 07:32\n": (4, "a time without seconds is TOML 1.1", "07:32:00"),
    "x = 1979-05-27T07:32Z\n": (4, "a time without seconds is TOML 1.1", "07:32:00"),
    "x = 1979-05-27 07:32+01:00\n": (4, "a time without seconds is TOML 1.1", "07:32:00"),
}
OLDER = (
    'a = "# { \\\\e \\\\x41 07:32 ,}"',
    "b = '\\e \\x41 {'",
    'c = """\n{ # \\\n   ,}\n"""',
    "d = [ # comment\n 1,\n {a = 1}, # more\n]",
    "e = { a = [\n1,\n], b = '''\n''' }",
    "f = 07:32:00\ng = 1979-05-27 07:32:00.5-07:00",
)


@pytest.mark.parametrize("text", NEWER)
def test_it_is_named_with_its_line_and_what_to_write(text: str) -> None:
    line, what, instead = NEWER[text]
    with pytest.raises(TextError) as caught:
        loads(HEAD + text)
    assert caught.value.line == line
    assert what in caught.value.reason
    assert instead in caught.value.reason
    assert "quote it" not in caught.value.reason
    assert caught.value.__context__ is None


@pytest.mark.parametrize("text", NEWER)
def test_a_python_that_reads_it_refuses_it_in_the_same_words(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(TextError) as today:
        loads(HEAD + text)
    newer = newer_syntax(HEAD + text)
    assert newer is not None
    read = tomllib.loads(newer.rest)
    monkeypatch.setattr(tomllib, "loads", lambda text: read)
    monkeypatch.setattr(toml_text, "_READS_NEWER", True)
    with pytest.raises(TextError) as later:
        loads(HEAD + text)
    assert str(later.value) == str(today.value)


def test_what_toml_1_0_has_is_not_taken_for_newer() -> None:
    for text in OLDER:
        tomllib.loads(text)
        assert newer_syntax(text) is None, text


@given(files(odd=True))
def test_no_file_of_toml_1_0_is_taken_for_newer(file: File) -> None:
    assert newer_syntax(file.text) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("options = { anon = true\n[storage.b]\n", "a { is not closed"),
        ('x = "\\q"\ny = { a = 1, }\n', r"in a text \ is written \\"),
        ("x = what\ny = { a = 1, }\n", "this is no value"),
    ],
)
def test_a_mistake_before_it_is_said_first(text: str, said: str) -> None:
    with pytest.raises(TextError, match="not TOML") as caught:
        loads(text)
    assert said in caught.value.reason
    assert caught.value.line == 1


def test_commands_edits_and_the_library_say_it(tmp_path: Path) -> None:
    path = tmp_path / "storage.toml"
    text = f'{HEAD}options = {{ anon = true, }}\n[storage.b]\ntype = "temporary"\n'
    path.write_text(text)
    said = "storage.toml:4: a comma before } is TOML 1.1, and TOML 1.0 is read here; leave it out"
    for arguments in (("ls",), ("rename", "b", "c"), ("write", "--to", "b"), ("set-default", "b")):
        done = run_process(*arguments, "--config", str(path))
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
        assert said in done.stderr
    validated = run_process("validate", "--config", str(path))
    assert validated.returncode == 1
    assert said in validated.stdout
    with pytest.raises(storage_core.ConfigurationError, match=r"TOML 1\.1"):
        storage_core.get_store("b", config_path=path)
    assert path.read_text() == text


def test_options_that_are_typed_say_it_too(tmp_path: Path) -> None:
    created = run_process(
        *("create", "s3", "--name", "a", "--bucket", "b", "--config", str(tmp_path / "c.toml")),
        *("--options", "client_kwargs={verify=false,}"),
    )
    assert created.returncode == 2
    assert "--options: a comma before } is TOML 1.1" in created.stderr
    with pytest.raises(storage_core.ConfigurationError, match=r"TOML 1\.1"):
        storage_core.ConfigFile(tmp_path / "c.toml").add_settings(
            storage_core.S3Storage, {"bucket": "b", "options": "a = {\nb = 1}"}, name="a"
        )
