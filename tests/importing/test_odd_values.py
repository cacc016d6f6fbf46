"""What is of another kind than a tool would write stops neither its other entries nor other tools.

Each value of a file that is whole is replaced by every kind of value that JSON has. Whatever comes
of it is one of ours: an entry, a reason, or an error that says what is wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from storage_core import ConfigFile
from storage_core.importing.files import wrong
from storage_core.importing.found import Found
from storage_core.importing.looking import look
from storage_core.importing.planning import planned

SECRET = token_hex(12)
ODD: tuple[Any, ...] = (
    *(None, True, 0, 1.5, "", [], ["a"], {}, {"a": [1]}, {"": ""}),
    *("\0", "\ud800", "http://[::1", "env:X", f"http://me:{SECRET}@host/x"),
)
PERSON = {"type": "authorized_user", "client_id": "a", "client_secret": "b", "refresh_token": "c"}
ALIAS = {"url": "https://host:9000", "accessKey": "a", "secretKey": "b", "api": "S3v4"}
OPTIONS = {"base_path": "bucket/x", "region_name": "r", "endpoint_url": "http://host:9000"}
KEYS = {"type": "S3Credentials", "options": {"access_key": "a", "secret_key": "b"}}
PROFILE = {
    "storage_provider": {"type": "s3", "options": OPTIONS},
    "credentials_provider": KEYS,
}
S3 = {"key": "a", "secret": "b", "client_kwargs": {"endpoint_url": "http://host:9000"}}
AWS = {"conn_type": "aws", "login": "a", "password": "b", "extra": {"region_name": "r"}}
WORKLOAD = {
    "type": "impersonated_service_account",
    "service_account_impersonation_url": "https://x/serviceAccounts/a@b:generateAccessToken",
    "source_credentials": PERSON,
}
FILES: dict[str, tuple[str, dict[str, Any]]] = {
    "gcloud": ("adc.json", PERSON),
    "gcloud ": ("adc.json", WORKLOAD),
    "mc": ("config.json", {"version": "10", "aliases": {"play": ALIAS, "prod": ALIAS}}),
    "msc": ("config.yaml", {"profiles": {"train": PROFILE}}),
    "fsspec": ("s3.json", {"s3": S3, "gcs": {"project": "p", "token": PERSON}}),
    "airflow": ("connections.json", {"aws_default": AWS}),
}


def replaced(value: Any, by: Any) -> Iterator[Any]:
    """The value with each of its parts replaced, one at a time."""
    yield by
    if isinstance(value, dict):
        for name, inner in value.items():
            for other in replaced(inner, by):
                yield {**value, name: other}


@pytest.mark.parametrize("case", FILES)
def test_a_value_of_another_kind_is_named_or_left_out(case: str, tmp_path: Path) -> None:
    name, whole = FILES[case]
    path = tmp_path / name
    none = ConfigFile(tmp_path / "none.toml").load()
    for odd in ODD:
        for said in replaced(whole, odd):
            # JSON is YAML, but for half characters.
            path.write_text(json.dumps(said))
            looked = look([case.strip()], str(path))
            told = [each.message for each in looked.failures]
            for plan in planned(looked.found, none):
                told += [plan.name, plan.reason, *plan.notes, plan.found.entry, *plan.found.lost]
            assert "this is a bug" not in " ".join(told), said
            assert SECRET not in " ".join(told), said


def test_what_is_shown_of_an_entry_is_one_line_without_a_password() -> None:
    url = f"https://me:{SECRET}@host"
    below = f"acme\n  key = {SECRET}"
    found = Found(
        source="azure",
        entry=f"account {below}",
        place="x",
        name=below,
        lost=(url,),
        notes=(url, below),
        reason=f"its type is {url}",
    )
    assert (found.entry, found.name) == ("account acme", "acme")
    assert found.lost == ("https://me:********@host",)
    assert found.notes == (*found.lost, "acme")
    assert found.reason == f"its type is {found.lost[0]}"


def test_an_indented_line_of_the_azure_cli_is_no_part_of_what_is_shown(tmp_path: Path) -> None:
    (tmp_path / "config").write_text(f"[storage]\naccount = acme\n  key = {SECRET}\n")
    looked = look(["azure"], str(tmp_path))
    [plan] = planned(looked.found, ConfigFile(tmp_path / "none.toml").load())
    assert plan.state == "cannot"
    assert SECRET not in repr(plan)


def test_a_remote_of_dvc_on_one_without_a_url_is_listed_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / ".dvc").mkdir()
    (tmp_path / ".dvc" / "config").write_text(
        "['remote \"base\"']\n    user = me\n['remote \"sub\"']\n    url = remote://base/x\n"
    )
    looked = look(["dvc"], str(tmp_path))
    assert {each.name: each.reason for each in looked.found} == {
        "base": "it has no url",
        "sub": "its url names the remote base, which has none",
    }


@pytest.mark.parametrize("active", ['["a"]', "1", "{ a = 1 }"])
def test_a_profile_of_prefect_that_is_no_name_is_none(active: str, tmp_path: Path) -> None:
    (tmp_path / "profiles.toml").write_text(f"active = {active}\n[profiles.a]\nX = 1\n")
    looked = look(["prefect"], str(tmp_path))
    [failure] = looked.failures
    remedy = "name a folder such as ~/.prefect"
    what = "has no database of Prefect's: neither prefect.db nor orion.db"
    assert failure.message == str(wrong(str(tmp_path), what, remedy))
