"""No two configurations share the variable that another tool takes a secret from.

Expected: names that differ make variables that differ. Found: `az-prod` and `az_prod` both had
AZ_PROD_CONNECTION_STRING, so that one of two secrets went to two accounts.
"""

from __future__ import annotations

import re

import pytest

from storage_core import AzureBlobStorage, FileStorage, StorageConfiguration
from storage_core.exporting import export

ASKED_FOR = {
    "msc": r"connection: \"\$\{(\w+)\}\"",
    "python": r"connection_string=os.environ\['(\w+)'\]",
}


def azure(name: str, connection_string: str) -> StorageConfiguration:
    return AzureBlobStorage(name=name, container="c", connection_string=connection_string)


@pytest.mark.parametrize("form", ASKED_FOR)
@pytest.mark.parametrize(
    ("names", "variables"),
    [
        (("az-prod", "az_prod"), ("AZ_PROD", "AZ_PROD_2")),
        (("a_b", "a.b", "A.B"), ("A_B", "A_B_2", "A_B_3")),
        (("日本", "中国", "***"), ("STORAGE", "STORAGE_2", "STORAGE_3")),
        (("1", "storage 1"), ("STORAGE_1", "STORAGE_1_2")),
        (("a b", "a-b-2", "a-b"), ("A_B", "A_B_2", "A_B_3")),
    ],
)
def test_each_secret_has_a_variable_of_its_own(
    form: str, names: tuple[str, ...], variables: tuple[str, ...]
) -> None:
    written = export([azure(name, f"AccountKey={name}") for name in names], form)
    found = re.findall(ASKED_FOR[form], written.text)
    assert found == [f"{each}_CONNECTION_STRING" for each in variables]
    for name, variable in zip(names, found, strict=True):
        said = [each for each in written.notes if each.startswith(f"{name}: ")]
        assert f"set the variable {variable} to it" in "\n".join(said)


@pytest.mark.parametrize("form", ASKED_FOR)
def test_nor_is_it_one_that_holds_another_secret_already(form: str) -> None:
    given = [azure("az-prod", "AccountKey=k"), azure("other", "env:AZ_PROD_CONNECTION_STRING")]
    found = re.findall(ASKED_FOR[form], export(given, form).text)
    assert found == ["AZ_PROD_CONNECTION_STRING_2", "AZ_PROD_CONNECTION_STRING"]


def test_rclone_has_its_variables_in_capitals() -> None:
    given: list[StorageConfiguration] = [azure(name, "AccountKey=k") for name in ("A.B", "a.b")]
    given += [
        FileStorage(name=name, base_path="webdav://u:pw@h/d")
        for name in ("C", "c", "d", "D-remote")
    ]
    written = export(given, "rclone")
    found = re.findall(r"env '(\w.*?)'=", "\n".join(written.notes))
    assert found == [
        *(
            "RCLONE_CONFIG_A.B-REMOTE_CONNECTION_STRING",
            "RCLONE_CONFIG_A.B-REMOTE-2_CONNECTION_STRING",
        ),
        *("RCLONE_CONFIG_C-REMOTE_PASS", "RCLONE_CONFIG_C-REMOTE-2_PASS"),
        *("RCLONE_CONFIG_D_PASS", "RCLONE_CONFIG_D-REMOTE_PASS"),
    ]
    sections = re.findall(r"^\[(.*)\]$", written.text, re.MULTILINE)
    assert len({*sections}) == len(sections)
    assert {each.name for each in given} <= {*sections}
    assert "[c]\ntype = alias\nremote = c-remote-2:\n" in written.text
