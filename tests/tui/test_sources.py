"""Where secrets are kept: the one table of signs, and what of it a configuration has."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

import tui
from storage_core.types import type_named
from tui.session.keeping import secrets_in
from tui.session.sources import SIGNS, said, sources_of


@pytest.mark.parametrize(
    ("type_name", "values", "expected"),
    [
        ("s3", {"bucket": "acme"}, ()),
        ("s3", {"aws_access_key_id": "AKIA", "aws_secret_access_key": "env:S"}, ("env",)),
        ("s3", {"aws_access_key_id": "env:K", "aws_secret_access_key": "x"}, ("here", "env")),
        ("s3", {"aws_session_token": "keyring:a/b", "bucket": "env:B"}, ("keyring",)),
        ("s3", {"aws_secret_access_key": "env:"}, ("here",)),
        ("s3", {"endpoint_url": "http://ada:pw@host:9000"}, ("here",)),
        ("s3", {"endpoint_url": "http://host:9000", "timeout": 5, "options": {}}, ()),
        ("s3", {"options": {"client_kwargs": {"password": "x"}}}, ("here",)),
        ("s3", {"options": {"list": [{"token": {"ref": "file:/run/t"}}]}}, ("file",)),
        ("file", {"base_path": "ftp://ada:pw@host/x"}, ("here",)),
        ("file", {"base_path": "s3://acme"}, ()),
        ("gcs", {"service_account_info": "literal:env:x"}, ("here",)),
        ("gcs", {"service_account_info": 5, "options": {}}, ()),
    ],
)
def test_the_places_of_all_secrets_are_told(
    type_name: str, values: dict[str, Any], expected: tuple[str, ...]
) -> None:
    cls = type_named(type_name)
    assert sources_of(cls, values) == expected
    # The room below the list says the same, secret by secret.
    kept = {each.source for each in secrets_in(cls.settings(), values)}
    assert {*expected} == kept


def test_each_place_has_a_sign_of_one_cell_that_no_other_has() -> None:
    assert [cell_len(sign) for sign in SIGNS.values()] == [1] * len(SIGNS)
    assert len({*SIGNS.values()}) == len(SIGNS)
    for source, sign in SIGNS.items():
        assert said(source).endswith(f" {sign}")


def test_no_other_module_has_signs_of_its_own() -> None:
    rare = re.compile("[⚿≡]")
    root = Path(tui.__file__).parent
    files = {path.relative_to(root).as_posix() for path in root.rglob("*.py")}
    assert {name for name in files if rare.search((root / name).read_text("utf-8"))} == {
        "session/sources.py"
    }
