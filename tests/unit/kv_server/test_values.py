"""What the KV server stores and answers, and which keys and values it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from storage_core.kv_server import KVServer
from tests.unit.kv_server.client import (
    MIB,
    ask,
    files_below,
    send,
)


@pytest.mark.parametrize(
    "value",
    [
        *(b"null", b"true", b"-1.5e3", b'""', b"[]", b'{"a": {"b": [1, "x"]}}', b"9" * 10_000),
        *(
            b' "spaces stay" \n',
            '"é✓😀"'.encode(),
            rb'"\ud800"',
            b'{"encoding":"base64","data":""}',
        ),
        b'{"data": "' + b"A" * 2 * MIB + b'"}',
    ],
)
def test_any_json_value_is_stored_as_it_was_given(server: KVServer, value: bytes) -> None:
    assert ask(server, "POST", "/results-x", value) == (200, b'{"key": "results-x"}')
    assert ask(server, "GET", "/results-x") == (200, value)
    assert ask(server, "HEAD", "/results-x") == (200, b"")


def test_a_value_is_replaced_deleted_and_listed(server: KVServer) -> None:
    ask(server, "POST", "/results-x", b"1")
    ask(server, "POST", "/results-x", b"2")
    ask(server, "POST", "/flows-y.z_1-2", b"3")
    status, names = ask(server, "GET", "/")
    assert (status, sorted(json.loads(names))) == (200, ["flows-y.z_1-2", "results-x"])
    assert ask(server, "DELETE", "/results-x") == (200, b"null")
    assert ask(server, "DELETE", "/results-x") == (404, b"null")
    assert ask(server, "GET", "/results-x") == (404, b"null")
    assert ask(server, "HEAD", "/results-x") == (404, b"")


@pytest.mark.parametrize(
    "value",
    [
        *(b"", b"{", b"NaN", b"'x'", b'"\xff"', b'"a\nb"', rb'"\x"', b"1 2", b"[" * 100_000),
        *(b'"' + b"a" * 2 * MIB, b"\xff" * 2 * MIB, b'"' + b"a" * 2 * MIB + b'" x'),
    ],
)
def test_what_is_not_json_is_refused_and_not_stored(
    server: KVServer, folder: Path, value: bytes
) -> None:
    status, answer = ask(server, "POST", "/results-x", value)
    assert (status, list(json.loads(answer))) == (400, ["error"])
    assert ask(server, "GET", "/results-x") == (404, b"null")
    assert files_below(folder) == set()


def test_a_client_with_keys_of_its_own_is_served(server: KVServer) -> None:
    for name in ("0b5f6a1c", "results", "flow-1.2", "a" * 200):
        assert ask(server, "GET", f"/{name}") == (404, b"null")
        assert ask(server, "POST", f"/{name}", b'{"any": "JSON"}')[0] == 200
        assert ask(server, "GET", f"/{name}") == (200, b'{"any": "JSON"}')
        assert json.loads(ask(server, "GET", "/")[1]) == [name]
        assert ask(server, "DELETE", f"/{name}") == (200, b"null")
    assert json.loads(ask(server, "GET", "/")[1]) == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
@pytest.mark.parametrize(
    "target",
    [
        *("/..", "/../secret", "/results-..", "/results-../../secret", "/results-.", "//secret"),
        *("/%2e%2e%2fsecret", "/results-%2e%2e%2fsecret", "/results-..%2f..%2fsecret", "//"),
        *("/results/x", "/results-x/", "/results-x/..", "/results-x?y", "/results-x#y"),
        *("/results-a\\b", "/results-a\0b", "/results-a%00b", "/results-é", "/results-", "/é"),
        *(f"/results-{'a' * 201}", "http://other/results-x", "results-x", "*", "/~secret", "/."),
    ],
)
def test_a_path_out_of_the_keyspace_is_refused(
    server: KVServer, folder: Path, method: str, target: str
) -> None:
    (folder.parent / "secret").write_bytes(b'"secret"')
    body = b'Content-Length: 3\r\n\r\n"x"' if method == "POST" else b"\r\n"
    line = f"{method} {target} HTTP/1.1\r\n".encode()
    answer = send(server, line + b"Connection: close\r\n" + body)
    assert answer.split()[1] == b"400"
    assert b'"secret"' not in answer
    assert files_below(folder.parent) == {"secret"}


def test_a_key_of_the_greatest_length_is_stored(server: KVServer) -> None:
    target = f"/results-{'a' * 200}"
    assert ask(server, "POST", target, b"1")[0] == 200
    assert ask(server, "GET", target) == (200, b"1")


def test_a_planted_link_is_neither_read_nor_written_through(
    server: KVServer, folder: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b'"outside"')
    (folder / "results" / "x").symlink_to(outside)
    assert ask(server, "GET", "/results-x")[0] == 500
    assert ask(server, "POST", "/results-x", b"1")[0] == 200
    assert outside.read_bytes() == b'"outside"'
    assert ask(server, "GET", "/results-x") == (200, b"1")


def test_a_folder_that_cannot_be_written_is_an_error_and_the_server_goes_on(
    server: KVServer, folder: Path
) -> None:
    (folder / "results").rmdir()
    (folder / "results").write_bytes(b"in the way")
    status, answer = ask(server, "POST", "/results-x", b"1")
    assert (status, list(json.loads(answer))) == (500, ["error"])
    assert str(folder).encode() not in answer
    assert ask(server, "POST", "/flows-x", b"1")[0] == 200


def test_values_and_their_folder_are_for_their_owner_only(server: KVServer, folder: Path) -> None:
    ask(server, "POST", "/results-x", b"1")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "results" / "x").stat().st_mode & 0o777 == 0o600
