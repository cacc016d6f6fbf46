"""WebDAV behind proxies that do not know its ways, and servers that do not rename."""

from __future__ import annotations

import http.client
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from storage_core import FileStorage, Store, open_store
from storage_core.errors import BlobExists, ConfigurationError
from tests.servers.authority import Authority
from tests.servers.front import Asked, Reply, front_of
from tests.servers.tls import tls_front
from tests.servers.webdav import WebDAVServer
from tests.stores.backends.calls import settled

DESTINATION = "rewrite the header Destination to the address that the server itself has"
ALLOW = "allow MOVE"


def opened(url: str, folder: str, **more: str) -> Store:
    scheme, _, where = url.partition("://")
    protocol = "webdavs" if scheme == "https" else "webdav"
    base = f"{protocol}://{where}/{folder}"
    return open_store(FileStorage(base_path=base, key_type="uuid", **more), timeout=5)


def put(store: Store, data: bytes) -> None:
    """Replaces what is there, as `storage://` does."""
    store.backend.put("results/k", data, overwrite=True)  # type: ignore[arg-type]


def names(server: WebDAVServer, folder: str) -> set[str]:
    return {path.name for path in (server.open_folder / folder / "results").iterdir()}


def test_a_proxy_that_terminates_tls_is_in_no_blobs_way(
    webdav_server: WebDAVServer, tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    folder = webdav_server.new_folder()
    with tls_front(webdav_server.open_url, authority.signed()) as https:
        store = opened(https, folder, ca_bundle=str(authority.bundle))
        assert store.write(b"one", key="results/k") == "results/k"
        with pytest.raises(BlobExists):
            store.write(b"two", key="results/k")
        put(store, b"three")
        assert store.read("results/k") == b"three"
        store.close()
    assert names(webdav_server, folder) == {"k"}


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        *((status, DESTINATION) for status in (502, 400, 404, 409)),
        *((status, ALLOW) for status in (403, 405, 501)),
    ],
)
def test_where_nothing_is_renamed_new_blobs_are_written_and_old_ones_kept(
    webdav_server: WebDAVServer, status: int, remedy: str
) -> None:
    folder = webdav_server.new_folder()

    def refuse(asked: Asked) -> Reply | None:
        return Reply(status) if asked.method == "MOVE" else None

    with front_of(webdav_server.open_url, refuse) as front:
        path = urlsplit(webdav_server.open_url).path
        with opened(f"{front.url}{path}", folder) as store:
            store.write(b"one", key="results/k")
            assert store.read("results/k") == b"one"
            with pytest.raises(ConfigurationError) as caught:
                put(store, b"two")
            assert f"(it answered {status} " in str(caught.value)
            assert str(caught.value).endswith(remedy)
            assert "\n" not in str(caught.value)
            with pytest.raises(BlobExists):
                store.write(b"two", key="results/k")
            front.asked.clear()
            store.write(b"three", key="results/l")
            # It is known by now: nothing is tried, and nothing sent twice.
            assert front.methods().count("PUT") == 1
            assert "MOVE" not in front.methods()
            settled()
            assert names(webdav_server, folder) == {"k", "l"}
            assert store.read("results/k") == b"one"


def test_a_rename_that_was_done_although_its_answer_says_no_is_taken_for_done(
    webdav_server: WebDAVServer,
) -> None:
    folder = webdav_server.new_folder()

    def lose(asked: Asked) -> Reply | None:
        if asked.method != "MOVE":
            return None
        connection = http.client.HTTPConnection(urlsplit(webdav_server.open_url).netloc)
        headers = {name: asked.headers[name] for name in ("Host", "Destination", "Overwrite")}
        connection.request("MOVE", asked.path, headers=headers)
        connection.getresponse().read()
        connection.close()
        return Reply(502)

    with front_of(webdav_server.open_url, lose) as front:
        path = urlsplit(webdav_server.open_url).path
        with opened(f"{front.url}{path}", folder) as store:
            put(store, b"one")
            put(store, b"two")
            assert store.read("results/k") == b"two"
    assert names(webdav_server, folder) == {"k"}


def test_a_server_that_sends_http_to_https_is_named(webdav_server: WebDAVServer) -> None:
    reply = Reply(301, headers=(("Location", "https://me:secret@files.example:8443/x?y"),))
    with front_of(webdav_server.open_url, lambda _asked: reply) as front:
        with opened(front.url, "x") as store, pytest.raises(ConfigurationError) as caught:
            store.write(b"x")
        assert "redirects to https://files.example:8443, which is not followed" in str(caught.value)
        assert "secret" not in str(caught.value)
