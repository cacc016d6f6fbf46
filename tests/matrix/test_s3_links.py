"""Links on every service: what anybody gets by one, and which of them check it."""

from __future__ import annotations

import ssl
import time
from secrets import token_bytes
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from storage_core import open_store
from tests.engines import both
from tests.matrix.conftest import Running

pytestmark = [pytest.mark.servers, both]

NO_SIGNED_ADDRESSES = {"moto"}
"""Expected: a link that was changed, or is over, is refused by all that check secrets.

Found: it is (rclone 1.75.2 with 400, Swift 2.35.5 and 2.38.3 with 403). s3rver 3.7.1, which takes
any secret, refuses one that is over and serves a changed one. moto 5.2.5 answers 500 to whatever is
not signed in a header, as long as it checks who asks.
"""


def status_and_bytes(url: str, running: Running) -> tuple[int, bytes]:
    bundle = running.server.ca_bundle
    context = ssl.create_default_context(cafile=str(bundle)) if bundle else None
    try:
        with urlopen(url, timeout=60, context=context) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        with error:
            return error.code, b""


def test_a_link_leads_to_one_blob_for_a_while(running: Running) -> None:
    with open_store(running.storage()) as store:
        for name in ("plain", "with blank + ü~.csv"):
            data = token_bytes(1000)
            store.backend.put(f"folder/{name}", data, overwrite=True)
            url = store.backend.link(f"folder/{name}", 600).url
            found = status_and_bytes(url, running)
            if running.service.name not in NO_SIGNED_ADDRESSES:
                assert found == (200, data)
        one, other = store.write(b"one"), store.write(b"other")
        changed = store.link(one).replace(one.partition("/")[2], other.partition("/")[2])
        passing = store.link(one, expires=1)
        time.sleep(2.5)
        if running.service.checks_secret:
            assert status_and_bytes(changed, running)[0] >= 400
        assert status_and_bytes(passing, running)[0] >= 400
