"""One configuration file for each module, with an empty place of each kind."""

from __future__ import annotations

import pytest

from tests.fs.places import KINDS, OTHERS, table_of, written


@pytest.fixture(
    scope="module",
    params=[*KINDS, *(pytest.param(kind, marks=pytest.mark.tools) for kind in OTHERS)],
)
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of place of this test, which is the name of its configuration."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def config_path(
    kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """A file in which a configuration of this kind is called by its name."""
    folder = tmp_path_factory.mktemp("place")
    return written(folder / "storage.toml", {kind: table_of(kind, request, folder)})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the many cases of patterns on the slow emulators to `make test-tools`.

    They are about names, not about places: Local Storage, S3 and `memory://` go through all.
    """
    for item in items:
        is_slow = getattr(item, "callspec", None) and item.callspec.params.get("kind") in (
            "azure",
            "gcs",
        )
        if is_slow and "glob_edge_cases" in item.name:
            item.add_marker(pytest.mark.tools)
