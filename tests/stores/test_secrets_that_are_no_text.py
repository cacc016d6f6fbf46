"""Bytes of a variable that are no text, in what signs in: an error without any of it."""

from __future__ import annotations

import pytest

from storage_core import ConfigurationError
from storage_core.blobpath import blob_path
from tests.engines import open_gcs, open_s3
from tests.servers.raw_http import raw_server, response

CANARY = "canary-in-the-variable\udcff"
PLACES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


@pytest.mark.parametrize("place", [*PLACES, "token"])
def test_what_is_no_text_is_said_and_not_shown(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of Python's own for it holds all that was to be encoded, such as a whole head."""
    for name in PLACES:
        monkeypatch.setenv(name, CANARY if name == place else "x")
    with raw_server(response("200 OK", b"x")) as server:
        if place == "token":
            options = {"token": CANARY}
            backend = open_gcs(
                "bucket", endpoint_url=server.url, options=options, timeout=5, engine="direct"
            )
        else:
            backend = open_s3("bucket", endpoint_url=server.url, timeout=5, engine="direct")
        with pytest.raises(ConfigurationError, match="no text") as caught:
            backend.get(blob_path("results/x"))
        error: BaseException | None = caught.value
        while error is not None:
            assert "canary" not in repr(error)
            error = error.__cause__ or error.__context__
        assert not server.requests
