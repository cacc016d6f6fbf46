"""Options are shown as far as they say where a storage is; what signs in there never is."""

from __future__ import annotations

from secrets import token_hex
from typing import Any

import pytest

from storage_core.declaration.tables import hidden, plain_in, visible
from storage_core.types.file import FileStorage
from storage_core.types.s3 import S3Storage


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ({"client_kwargs": {"endpoint_url": "https://s3.acme.example:9000/x"}}, None),
        ({"host": "ftp.acme.example", "port": 2121, "tls": True}, None),
        ({"base_url": "http://[::1]:8080/dav"}, None),
        ({"hostname": "10.0.0.7"}, None),
        ({"account_name": "acme", "account-host": "acme.blob.example"}, None),
        ({"tenant_id": "1-2", "client_id": "3-4", "authority": "https://login.example"}, None),
        ({"config_kwargs": {"s3": {"addressing_style": "path"}, "max_pool_connections": 5}}, None),
        ({"region_name": "eu-west-1", "anon": False, "timeout": 2.5}, None),
        ({"hosts": ["a.example", "b.example:99"]}, None),
        ({"key": {"ref": "env:KEY"}}, None),
        ({"key_filename": "/home/me/.ssh/id"}, None),
        ({"key_filename": ["~/.ssh/id", "C:\\keys\\id"], "known-hosts": "./hosts"}, None),
        ({"client_kwargs": {"verify": "/etc/ca.pem"}}, None),
        ({"key_filename": "{}"}, {"key_filename": "********"}),
        ({"key_filename": "/x?sig={}"}, {"key_filename": "********"}),
        ({"key_file": "//me:{}@h/x"}, {"key_file": "********"}),
        ({"key": "/{}"}, {"key": "********"}),
        ({"passphrase": "/{}"}, {"passphrase": "********"}),
        (
            {"proxies": {"https": "http://me:{}@proxy.example:3128"}},
            {"proxies": {"https": "http://me:********@proxy.example:3128"}},
        ),
        ({"base_url": "https://{}@h.example/x"}, {"base_url": "https://********@h.example/x"}),
        (
            {"url": "https://h.example/x?sv=2&made_up={}#{}"},
            {"url": "https://h.example/x?sv=********&made_up=********#********"},
        ),
        ({"host": "me:{}@h.example"}, {"host": "me:********@h.example"}),
        ({"host": "no host but {}"}, {"host": "********"}),
        ({"url": "http://me:80/{}@h.example"}, {"url": "********"}),
        ({"url": "http://me:80?{}@h.example"}, {"url": "********"}),
        ({"user": "{}", "auth": ["me", "{}"]}, {"user": "********", "auth": ["********"] * 2}),
        ({"headers": {"Authorization": "Bearer {}"}}, {"headers": {"Authorization": "********"}}),
        ({"token": {"host": "{}"}}, {"token": {"host": "********"}}),
        ({"password": 123456, "made_up": "{}"}, {"password": "********", "made_up": "********"}),
        ({"key": {"ref": "{}"}}, {"key": {"ref": "********"}}),
    ],
)
def test_a_table_shows_servers_and_switches_and_nothing_else(options: Any, shown: Any) -> None:
    canary = token_hex(8)

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [*map(filled, value)]
        return value.replace("{}", canary) if isinstance(value, str) else value

    assert visible(filled(options)) == (options if shown is None else shown)
    assert canary not in str(visible(filled(options)))
    if "{}" in str(options):
        assert any(canary in text for text in hidden(filled(options)))


@pytest.mark.parametrize(
    ("options", "keys"),
    [
        ({"password": "{}"}, ["password"]),
        ({"Pass-Word": "{}"}, ["Pass-Word"]),
        ({"passphrase": "/{}"}, ["passphrase"]),
        ({"a": {"secret": "{}"}, "token": {"x": "{}"}}, ["a.secret", "token.x"]),
        ({"auth": ["me", "{}"]}, ["auth"]),
        ({"proxies": {"https": "http://me:{}@h:1"}}, ["proxies.https"]),
        ({"proxies": ["http://me:{}@h:1", "http://h"]}, ["proxies"]),
        ({"key_filename": "{}"}, ["key_filename"]),
        ({"key_filename": "/home/me/.ssh/id", "token": "~/key.json"}, []),
        (
            {"token": {"type": "x", "private_key": "{}", "private_key_id": "1", "email": "e@h"}},
            ["token.private_key"],
        ),
        ({"token": "google_default", "SSEKMSKeyId": "1-2", "auth_type": "basic"}, []),
        ({"password": {"ref": "env:X"}, "token": ""}, []),
        ({"password": {"ref": "{}"}}, ["password.ref"]),
        ({"user": "me", "made_up": "x", "authority": "https://h", "region": "eu"}, []),
        ({"signature_version": "s3v4", "use_auth": True, "max_keys": 5}, []),
    ],
)
def test_what_surely_is_a_secret_is_told_from_what_may_be_one(options: Any, keys: Any) -> None:
    assert [".".join(each) for each in plain_in(options)] == keys


def test_messages_hide_what_the_table_hides_and_show_the_server() -> None:
    canary, user = token_hex(8), token_hex(8)
    options = {"endpoint_url": f"http://{user}:{canary}%2F@s3.acme.example", "secret": canary}
    secrets = {*S3Storage(bucket="acme", options=options).secrets()}
    assert secrets == {canary, f"{canary}%2F", f"{canary}/"}
    assert not [*FileStorage(base_path="x://y", options={"host": "ftp.example"}).secrets()]
