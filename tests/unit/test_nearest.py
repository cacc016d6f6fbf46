"""What is suggested for a name that nothing has, and what is not."""

from __future__ import annotations

import pytest

from storage_core.nearest import nearest

NAMES = ("prod-results", "prod_flows", "laptop", "Team Share", "s3", "x")


@pytest.mark.parametrize(
    ("wanted", "meant"),
    [
        ("prod-result", "prod-results"),
        ("prod_results", "prod-results"),
        ("results", "prod-results"),
        ("lpatop", "laptop"),
        ("team-share", "Team Share"),
        ("TEAM", "Team Share"),
        ("s4", "s3"),
    ],
)
def test_a_part_of_a_name_or_a_misspelling_is_taken_for_it(wanted: str, meant: str) -> None:
    assert nearest(wanted, NAMES) == meant


@pytest.mark.parametrize("wanted", ["", "y", "pr", "gcs2", "something else"])
def test_nothing_is_suggested_for_what_is_not_alike(wanted: str) -> None:
    assert nearest(wanted, NAMES) is None
    assert nearest(wanted, NAMES, at_least=0) in NAMES
    assert nearest(wanted, ()) is None
