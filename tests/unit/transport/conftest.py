from __future__ import annotations

from collections.abc import Iterator

import pytest

from storage_core.backends.drivers.direct.transport import Transport
from storage_core.backends.remote.network import Network


@pytest.fixture(autouse=True)
def neither_proxies_nor_trust(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def transport() -> Iterator[Transport]:
    made = Transport(Network(), 5.0)
    yield made
    made.close()
