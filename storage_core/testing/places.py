"""What every store promises if its bucket or container has to exist."""

from __future__ import annotations

from dataclasses import replace
from secrets import token_hex

import pytest

import storage_core
from storage_core import StorageConfiguration
from storage_core.testing.credentials import CredentialCases


class PlaceCases(CredentialCases):
    """Cases for a type with a bucket or container that has to exist, and a prefix."""

    @pytest.fixture
    def missing_place(self) -> StorageConfiguration:
        raise NotImplementedError

    def test_a_missing_bucket_is_a_configuration_error_that_names_it(
        self, missing_place: StorageConfiguration
    ) -> None:
        store = storage_core.open_store(missing_place)
        name = getattr(missing_place, "bucket", None) or missing_place.container  # type: ignore[attr-defined]
        key = f"results/{token_hex(16)}"
        for call in (
            lambda: store.write(b"x"),
            lambda: store.read(key),
            lambda: list(store.list()),
            store.check,
        ):
            with pytest.raises(storage_core.ConfigurationError, match=name):
                call()

    def test_stores_with_different_prefixes_do_not_see_each_other(
        self, configuration: StorageConfiguration
    ) -> None:
        here, there = (
            storage_core.open_store(replace(configuration, prefix=prefix))  # type: ignore[call-arg]
            for prefix in ("team/a", "team/b")
        )
        key = here.write(b"mine")
        assert key in {blob.key for blob in here.list()}
        assert not there.exists(key)
        assert key not in {blob.key for blob in there.list()}
        assert here.location.endswith("team/a")
