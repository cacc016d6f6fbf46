"""What a person means: without blanks, invisible characters and quotation marks copied along."""

from __future__ import annotations

from secrets import token_hex

import pytest

from storage_core import LocalStorage, S3Storage
from storage_core.declaration.validation import InvalidSettings, validated

AROUND = [" ", "\n", "\t", "\r\n", "\u00a0", "\u200b", "\ufeff", "\u2060", "\u3000", '"', "'", "`"]


@pytest.mark.parametrize("around", AROUND, ids=ascii)
def test_what_stands_around_a_value_and_can_mean_nothing_is_dropped(around: str) -> None:
    values = {
        "bucket": "acme",
        "region_name": "eu-west-1",
        "endpoint_url": "http://localhost:9000",
        "prefix": "team",
        "aws_access_key_id": "AKIAEXAMPLE",
        "timeout": "20",
    }
    given = {name: f"{around}{value}{around}" for name, value in values.items()}
    found = validated(S3Storage, given)
    assert found == {**values, "timeout": 20}


def test_quotation_marks_around_a_secret_stay_and_are_pointed_out_and_blanks_go() -> None:
    secret, key = token_hex(8), "aws_secret_access_key"
    assert validated(S3Storage, {"bucket": "b", key: f" {secret}\n"})[key] == secret
    assert validated(S3Storage, {"bucket": "b", key: f'"{secret}"'})[key] == f'"{secret}"'
    (said,) = [text for name, text in S3Storage.cautions({key: f'"{secret}"'}) if name == key]
    assert said == "the quotation marks around it are taken as part of it"
    kept = f"literal: {secret} "
    assert validated(S3Storage, {"bucket": "b", key: kept})[key] == kept


def test_an_invisible_character_within_a_name_is_named() -> None:
    with pytest.raises(InvalidSettings) as caught:
        validated(S3Storage, {"bucket": "ac\u200bme"})
    assert str(caught.value) == (
        "Bucket must not contain an invisible character: its character 3 is U+200B; delete it"
    )


@pytest.mark.parametrize(
    ("given", "meant", "said"),
    [
        ("  /data/x", "/data/x", None),
        ("/data/x\n", "/data/x", None),
        ("\ufeff~/x", "~/x", None),
        ('"/data/x"', "/data/x", None),
        ("/data/x ", "/data/x ", "the blank at the end of its last part is taken as part of it"),
        ("/data/'x'", "/data/'x'", "the quotation marks are taken as part of it"),
    ],
)
def test_what_may_mean_something_in_a_path_stays_and_is_pointed_out(
    given: str, meant: str, said: str | None
) -> None:
    assert validated(LocalStorage, {"storage_path": given}) == {"storage_path": meant}
    assert dict(LocalStorage.cautions({"storage_path": meant})).get("storage_path") == said
