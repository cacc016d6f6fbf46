"""wsgidav, through webdav4: one share for all, one for those with the password."""

from __future__ import annotations

from secrets import token_bytes, token_hex

import pytest
from webdav4.client import HTTPError
from webdav4.fsspec import WebdavFileSystem

from tests.servers.webdav import WebDAVServer


def test_a_blob_comes_back_from_the_open_share(webdav_server: WebDAVServer) -> None:
    data = token_bytes(1024)
    path = f"{webdav_server.new_folder()}/results/blob"
    files = WebdavFileSystem(webdav_server.open_url, skip_instance_cache=True)
    files.pipe_file(path, data)
    assert files.cat_file(path) == data
    assert (webdav_server.open_folder / path).read_bytes() == data


def test_a_blob_comes_back_from_the_private_share(webdav_server: WebDAVServer) -> None:
    data = token_bytes(1024)
    files = WebdavFileSystem(
        webdav_server.private_url,
        auth=(webdav_server.user, webdav_server.password),
        skip_instance_cache=True,
    )
    path = f"{token_hex(6)}/results/blob"
    files.pipe_file(path, data)
    assert files.find(path.split("/")[0]) == [path]
    assert files.cat_file(path) == data


@pytest.mark.parametrize("known_user", [True, False])
def test_a_wrong_password_is_refused(webdav_server: WebDAVServer, known_user: bool) -> None:
    user = webdav_server.user if known_user else token_hex(4)
    stranger = WebdavFileSystem(
        webdav_server.private_url, auth=(user, token_hex(16)), skip_instance_cache=True
    )
    with pytest.raises(HTTPError, match="401"):
        stranger.pipe_file("blob", b"")
    with pytest.raises(HTTPError, match="401"):
        stranger.cat_file("blob")
