"""Figure 12, first part: what the commands print, start and leave behind shows no secret."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pexpect
import pytest

from tests.figures import Figure
from tests.reliability.canary import Canaries, secret_fields, tables, toml
from tests.reliability.sinks import InMemory, left_behind, ran, references, started

COMMAND = [sys.executable, "-m", "storage_core"]


TEXT, JSON = (), ("--json",)


def commands(names: list[str], *forms: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every command on every configuration."""
    for more in forms:
        for name in names:
            copy, renamed = f"{name}-copy", f"{name}-renamed"
            yield ("show", name, *more)
            yield ("test", name, *more)
            yield ("set-default", name, *more)
            yield ("ls", *more)
            yield ("write", "--to", name)
            yield ("edit", name, "--made-up", "x")
            yield ("duplicate", name, copy, *more)
            yield ("rename", copy, renamed, *more)
            yield ("edit", renamed, "--protected", *more)
            yield ("delete", renamed, "--yes", *more)
            yield ("delete", renamed, "--confirm", renamed, *more)
            if len(forms) > 1:
                yield ("blobs", name, *more)
                yield ("read", "results/unknown", "--from", name)
                yield ("rm", "results/unknown", "--from", name, "--yes")
        if len(forms) > 1:
            yield ("test", "--all", *more)
        yield ("types", *more)
        yield ("validate", *more)
        yield ("restore", *more)
        yield ("restore", "1", "--yes", *more)
        yield ("reset-default", *more)
        yield ("path", *more)
        yield ("schema",)
    yield ("ls", *JSON)
    yield ()
    yield ("ls", "--help")
    yield ("show", "unknown")


@pytest.fixture
def file(home: Path, server_down_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    home.mkdir(mode=0o700)
    monkeypatch.setenv("STORAGE_TIMEOUT", "0.1")
    return home / "storage.toml"


def test_every_field_that_can_hold_a_secret_holds_one(canaries: Canaries) -> None:
    written = tables(canaries, "http://127.0.0.1:1").values()
    for cls, setting in secret_fields():
        assert any(setting.name in table for table in written if table["type"] == cls.type)


ENCODERS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "a part": lambda secret: secret[:15],
    "URL": lambda secret: quote(secret, safe=""),
    "URL, lower case": lambda secret: quote(secret, safe="").lower(),
    "form": quote_plus,
    "JSON": json.dumps,
    "hexadecimal": lambda secret: secret.encode().hex(),
    "base64": lambda secret: b64encode(secret.encode()).decode(),
    "base64 after one": lambda secret: b64encode(b"a" + secret.encode() + b"z").decode(),
    "base64 after two": lambda secret: b64encode(b"ab" + secret.encode() + b"z").decode(),
    "base64 for URLs": lambda secret: urlsafe_b64encode(b"me:" + secret.encode()).decode(),
}


@pytest.mark.parametrize("encoder", ENCODERS)
def test_the_search_finds_a_secret_in_each_form(canaries: Canaries, encoder: str) -> None:
    text = ENCODERS[encoder](canaries.new("field"))
    assert canaries.hits(f"before {text} after")
    assert canaries.hits(f"before\x1b{text}\xff".encode("latin-1"))
    assert not canaries.hits(f"before {text[:8]}… after")


def test_the_search_finds_a_secret_that_a_terminal_or_a_picture_breaks(canaries: Canaries) -> None:
    secret = canaries.new("field")
    assert canaries.hits(f"│ {secret[:9]} │\n│ {secret[9:]} │")
    assert canaries.hits(f"<text>{secret[:9]}</text>&#160;<text>{secret[9:]}</text>")


def printed_by(
    canaries: Canaries, file: Path, folder: Path, server: str, *forms: tuple[str, ...]
) -> list[str]:
    """What all commands print on a file that holds secrets, and the processes that they start."""
    written = tables(canaries, server)
    file.write_text(toml(written, default="s3"))
    file.chmod(0o644)
    with started() as processes:
        printed = [ran(*command) for command in commands(list(written), *forms)]
        printed += [
            ran("edit", "kv", "--token", "-", stdin=canaries.new("typed into edit")),
            ran("edit", "kv", "--token", canaries.new("argument of edit")),
            ran(
                *("create", "kv", "--name", "new", "--api-address", server),
                *("--token", canaries.new("argument of create")),
            ),
            ran(
                *("create", "s3", "--name", "new-s3", "--bucket", "made-up"),
                *("--aws-secret-access-key", "-", "--aws-session-token", "nonsense"),
                stdin=canaries.new("typed into create"),
            ),
            ran("move-secret", "kv", canaries.new("mistyped reference")),
            ran("move-secret", "kv", f"file:{folder}/moved"),
            ran("show", "kv"),
        ]
    assert any("********" in text for text in printed)
    assert left_behind(canaries, folder) == {file, folder / "moved"}
    return printed + processes


def test_no_command_prints_a_secret(
    canaries: Canaries, file: Path, scratch: Path, tmp_path: Path, server_down_url: str
) -> None:
    printed = printed_by(canaries, file, tmp_path, server_down_url, TEXT)
    assert len(printed) > 100
    assert [hit for text in printed for hit in canaries.hits(text)] == []


@pytest.mark.reliability
def test_figure_12_every_command(
    canaries: Canaries,
    file: Path,
    scratch: Path,
    tmp_path: Path,
    server_down_url: str,
    figure: Figure,
) -> None:
    printed = printed_by(canaries, file, tmp_path, server_down_url, TEXT, JSON)
    hits = [hit for text in printed for hit in canaries.hits(text)]
    figure(
        12,
        f"{len(canaries.by_field)} secrets in the output of {len(printed)} commands, the arguments "
        "of processes, temporary files",
        f"{len(hits)} hits",
    )
    assert hits == []


def test_no_command_prints_or_writes_what_a_reference_names(
    canaries: Canaries,
    file: Path,
    scratch: Path,
    tmp_path: Path,
    server_down_url: str,
    ring: InMemory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "environ", os.environ.copy())
    kept = tmp_path / "secrets"
    kept.mkdir()
    written = references(canaries, tables(canaries, server_down_url), kept, ring)
    for table in written.values():
        # Passwords in URLs have no reference.
        for key in ("endpoint_url", "sts_endpoint_url", "api_address", "base_path"):
            if "@" in table.get(key, ""):
                table[key] = f"{table[key].partition('user:')[0]}user:x@{server_down_url[7:]}"
    file.write_text(toml(written))
    with started() as processes:
        printed = [ran(*command) for command in commands(list(written), TEXT)]
    for text in (*printed, *processes):
        assert canaries.hits(text) == []
    assert {path.parent for path in left_behind(canaries, tmp_path)} == {kept}
    shown = "\n".join(printed)
    assert all(scheme in shown for scheme in ("env:TEST_CANARY_", "keyring:test/canary", "file:/"))


BROKEN = {
    "a mistyped key": "[storage.x]\ntype = 's3'\nbucket = 'b'\naws_secret_acess_key = '{}'\n",
    "an unknown type": "[storage.x]\ntype = 's33'\ntoken = '{}'\n",
    "a secret that is a list": "[storage.x]\ntype = 'kv'\ntoken = ['{}']\n",
    "a secret that is a table": "[storage.x]\ntype = 'kv'\ntoken = {{ a = '{}' }}\n",
    "options that are text": "[storage.x]\ntype = 's3'\nbucket = 'b'\noptions = '{}'\n",
    "a string without an end": "[storage.x]\ntype = 'kv'\ntoken = '{}\n",
    "a value without quotes": "[storage.x]\ntype = 'kv'\ntoken = {}\n",
    "a key without a value": "[storage.x]\ntype = 'kv'\ntoken {}\n",
    "a secret for a table": "[storage]\nx = '{}'\n",
    "a secret twice": "[storage.x]\ntype = 'kv'\ntoken = '{}'\ntoken = 'b'\n",
    "an invalid connection string": (
        "[storage.x]\ntype = 'azure'\ncontainer = 'c'\nconnection_string = '{}'\n"
    ),
    "an invalid service account": (
        "[storage.x]\ntype = 'gcs'\nbucket = 'b'\nservice_account_info = '{}'\n"
    ),
    "an invalid URL": "[storage.x]\ntype = 'kv'\napi_address = 'ftp://me:{}@host'\n",
    "a line in a secret": '[storage.x]\ntype = "kv"\napi_address = "http://h"\ntoken = "{}\\n"\n',
    "an ID that is a secret": "[storage.x]\ntype = 'kv'\nid = 'ab'\ntoken = '{}'\n",
    "a reference with an error": "[storage.x]\ntype = 'kv'\ntoken = 'file:{}'\n",
    "a dotted name": "[storage.a.b]\ntype = 'kv'\ntoken = '{}'\n",
}


@pytest.mark.parametrize("what", BROKEN)
def test_no_error_about_a_broken_file_repeats_a_secret(
    canaries: Canaries, file: Path, what: str
) -> None:
    file.write_text(BROKEN[what].format(canaries.new(what)))
    for command in (
        *(("ls",), ("ls", "--json"), ("show", "x"), ("show", "x", "--json")),
        *(("validate",), ("validate", "--json"), ("test", "x"), ("edit", "x", "--protected")),
        *(("set-default", "x"), ("duplicate", "x", "y"), ("delete", "x", "--yes"), ("read", "k")),
    ):
        assert canaries.hits(ran(*command)) == []
    assert left_behind(canaries, file.parent.parent) <= {file}


def test_a_secret_typed_at_a_prompt_is_not_echoed(
    canaries: Canaries, file: Path, server_down_url: str
) -> None:
    typed = canaries.new("typed at a prompt")
    child = pexpect.spawn(
        COMMAND[0],
        [
            *COMMAND[1:],
            *("create", "kv", "--name", "prompted", "--api-address", server_down_url),
            *("--token", "prompt"),
        ],
        env=os.environ.copy(),
        encoding="utf-8",
        timeout=30,
    )
    child.delaybeforesend = None
    transcript = io.StringIO()
    child.logfile_read = transcript
    child.expect("Token.*:")
    child.sendline(typed)
    while child.expect([pexpect.EOF, r"\(?[Yy]/[Nn]"]) == 1:
        child.sendline("n")
    child.close()
    assert json.loads(ran("ls", "--json").partition("\n")[2])["storages"][0]["name"] == "prompted"
    assert canaries.hits(file.read_bytes())
    assert canaries.hits(transcript.getvalue()) == []


def test_each_sink_of_the_commands_would_show_a_secret(
    canaries: Canaries, file: Path, tmp_path: Path, scratch: Path
) -> None:
    """The positive controls: a secret where none is expected is found by the same means."""
    secret = canaries.new("not where secrets belong")
    file.write_text(f"[storage.x]\ntype = 'local'\nstorage_path = '/{secret}'\n")
    for command in (("ls",), ("ls", "--json"), ("show", "x"), ("show", "x", "--json")):
        assert canaries.hits(ran(*command))
    assert canaries.hits(ran("show", secret))
    with started() as processes:
        subprocess.run([sys.executable, "-c", "pass", secret], check=True)
    assert canaries.hits("\n".join(processes))
    with tempfile.NamedTemporaryFile(dir=scratch) as temporary:
        temporary.write(secret.encode())
        temporary.flush()
        assert left_behind(canaries, tmp_path) == {file, Path(temporary.name)}
