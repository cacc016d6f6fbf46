"""No secret leaves without being asked for, in no encoding; and each does when it is."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import pytest

from storage_core import ConfigFile, ConfigurationError
from storage_core.exporting import export
from storage_core.exporting.forms import NAMES
from storage_core.exporting.forms.rclone_text import obscured
from tests.cli.conftest import Outcome
from tests.reliability.canary import Canaries, tables, toml

RCLONE = Path(sys.executable).with_name("rclone")
OBSCURED = re.compile(r"^pass = (\S+)$", re.MULTILINE)


@pytest.fixture
def canaries() -> Canaries:
    return Canaries()


@pytest.fixture
def file(config: Path, canaries: Canaries) -> Path:
    # Role ARN is what STS Endpoint URL needs; fsspec, rclone and MSC refuse both.
    written = tables(canaries, "http://127.0.0.1:1")
    written["s3-without-role"] = {k: v for k, v in written["s3"].items() if "sts" not in k}
    config.write_text(toml(written, "s3"))
    config.chmod(0o600)
    return config


def opened(text: str) -> str:
    """A text, and what is encoded or obscured in it."""
    encoded = re.findall(r"(?:[A-Za-z0-9+/]{4}){10,}(?:[A-Za-z0-9+/]{2,3}={1,2})?", text)
    parts = [text, *(b64decode(each).decode("utf-8", "replace") for each in encoded)]
    for hidden in OBSCURED.findall(text):
        done = subprocess.run(
            [RCLONE, "reveal", hidden], capture_output=True, text=True, timeout=60, check=True
        )
        parts.append(done.stdout)
    return "\n".join(parts)


def expressible(file: Path, form: str) -> list[str]:
    """The configurations that a form can carry."""
    found, names = ConfigFile(file).load(), []
    for name, configuration in found.items():
        try:
            export([configuration], form)
        except ConfigurationError:
            continue
        names.append(name)
    return names


@pytest.mark.parametrize("form", NAMES)
def test_no_secret_is_in_what_is_exported_without_reveal(
    storage: Callable[..., Outcome], file: Path, canaries: Canaries, tmp_path: Path, form: str
) -> None:
    names = expressible(file, form)
    assert len(names) >= 6
    for name in names:
        target = tmp_path / "exported"
        done = storage("export", name, "--as", form, "-o", str(target))
        assert done.code == 0, done.err
        as_json = storage("export", name, "--as", form, "--json")
        everything = (
            f"{opened(target.read_text())}\n{done.err}\n{opened(as_json.out)}\n{as_json.err}"
        )
        assert canaries.hits(everything) == []


@pytest.mark.parametrize("form", NAMES)
def test_no_secret_is_in_an_error(
    storage: Callable[..., Outcome], file: Path, canaries: Canaries, form: str
) -> None:
    refused = {*ConfigFile(file).load()} - {*expressible(file, form)}
    for name in refused:
        done = storage("export", name, "--as", form, "--reveal")
        assert done.code == 1
        assert done.err.count("\n") == 1
        assert canaries.hits(done.out + done.err) == []


@pytest.mark.parametrize("form", NAMES)
def test_with_reveal_each_secret_is_there(
    storage: Callable[..., Outcome], file: Path, canaries: Canaries, form: str
) -> None:
    # What shows that the search above finds what is to be found.
    found = ""
    for name in expressible(file, form):
        done = storage("export", name, "--as", form, "--reveal")
        found += opened(done.out)
        assert canaries.hits(done.err) == []
    hits = " ".join(canaries.hits(found))
    expected = {
        "s3 aws_secret_access_key",
        "azure connection_string, AccountKey",
        "gcs private_key,",
    }
    expected |= {"file base_path", "file options, secret", "s3 endpoint_url"}
    if form == "msc":
        expected -= {"file base_path"}
    if form in ("toml", "env", "json"):
        expected |= {"kv token", "s3 sts_endpoint_url"}
    if form not in ("rclone", "msc"):
        expected |= {"s3 options, nested", "azure options, in a list"}
    assert {each for each in expected if each not in hits} == set()


def test_what_is_obscured_is_found_by_this_search(canaries: Canaries) -> None:
    secret = canaries.new("a password")
    assert canaries.hits(f"pass = {obscured(secret)}\n") == []
    assert canaries.hits(opened(f"pass = {obscured(secret)}\n")) != []


def test_what_is_looked_up_is_in_no_note(
    storage: Callable[..., Outcome], config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANARY", "a-made-up-secret")
    config.write_text(
        '[storage.p]\ntype = "s3"\nbucket = "b"\naws_access_key_id = "k"\n'
        'aws_secret_access_key = "env:CANARY"\noptions = {made_up = {ref = "env:CANARY"}}\n'
    )
    for form in NAMES:
        done = storage("export", "p", "--as", form, "--json")
        assert "a-made-up-secret" not in done.out
        assert "env:CANARY" in b64decode_of(done.json["text"]) or "CANARY" in done.out
        revealed = storage("export", "p", "--as", form, "--reveal", "--json")
        assert "a-made-up-secret" in b64decode_of(revealed.json["text"])
        assert "a-made-up-secret" not in json.dumps(revealed.json["notes"])


def b64decode_of(text: str) -> str:
    _, mark, encoded = text.partition("base64:")
    return b64decode(encoded).decode() if mark else text


@pytest.mark.parametrize("form", NAMES)
def test_a_reference_that_leads_nowhere_is_an_error_with_reveal(
    storage: Callable[..., Outcome], config: Path, form: str
) -> None:
    config.write_text(
        '[storage.p]\ntype = "s3"\nbucket = "b"\naws_access_key_id = "k"\n'
        'aws_secret_access_key = "env:NOT_SET_ANYWHERE"\n'
    )
    done = storage("export", "p", "--as", form, "--reveal")
    assert done.code == 1
    assert "p: AWS Secret Access Key: the environment variable NOT_SET_ANYWHERE" in done.err
