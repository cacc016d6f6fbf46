"""What stands as a secret in the query of a URL is in no message, whichever driver it goes to."""

from __future__ import annotations

from secrets import token_hex

import pytest

import storage_core


@pytest.mark.parametrize("url", ["s3://b/p?password=", "gs://b/p?token=", "az://c/p?sig="])
@pytest.mark.parametrize("operation", ["read", "exists", "delete"])
def test_it_is_masked(url: str, operation: str) -> None:
    canary = token_hex()
    options = {"account_name": "nobody", "anon": True} if url.startswith("az") else None
    configuration = storage_core.FileStorage(base_path=url + canary, options=options, timeout=0.3)
    store = storage_core.open_store(configuration)
    with pytest.raises(storage_core.StorageError) as caught:
        getattr(store, operation)("results/x")
    assert canary not in str(caught.value)
    assert url + "********" in str(caught.value)
