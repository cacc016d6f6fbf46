"""Which proxy, and whose certificates: by variables, by the setting, by what the system has."""

from __future__ import annotations

import os
import ssl
from pathlib import Path
from secrets import token_hex
from types import SimpleNamespace
from typing import Any

import certifi
import pytest

from storage_core.backends.remote import trust
from storage_core.backends.remote.network import Network
from storage_core.backends.remote.proxies import passwords, proxy_for
from storage_core.backends.remote.trust import trusted
from storage_core.errors import ConfigurationError
from tests.servers.authority import Authority

HTTPS, HTTP = "https://files.example/x", "http://files.example:8080"


def used(monkeypatch: pytest.MonkeyPatch, url: str, **variables: str) -> str | None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    found = proxy_for(url)
    for name in variables:
        monkeypatch.delenv(name)
    return found and found.url


def test_the_scheme_chooses_the_variable_and_lower_case_wins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, other = "http://one.example:1", "http://other.example:2"
    assert used(monkeypatch, HTTPS) is None
    assert used(monkeypatch, HTTPS, HTTPS_PROXY=one, HTTP_PROXY=other) == one
    assert used(monkeypatch, HTTP, HTTPS_PROXY=one, HTTP_PROXY=other) == other
    assert used(monkeypatch, HTTPS, HTTPS_PROXY=one, https_proxy=other) == other
    assert used(monkeypatch, HTTPS, HTTPS_PROXY=one, https_proxy="") is None
    assert used(monkeypatch, HTTPS, ALL_PROXY=one, HTTP_PROXY=one) is None
    assert used(monkeypatch, HTTPS, HTTPS_PROXY="one.example:1") == one
    # A web server puts what a client has sent as `Proxy:` into HTTP_PROXY.
    assert used(monkeypatch, HTTP, HTTP_PROXY=one, REQUEST_METHOD="GET") is None
    assert used(monkeypatch, HTTP, http_proxy=one, REQUEST_METHOD="GET") == one


@pytest.mark.parametrize(
    ("names", "url", "direct"),
    [
        ("files.example", HTTPS, True),
        ("example", HTTPS, True),
        (".example", HTTPS, True),
        ("a.example, files.example", HTTPS, True),
        ("files.example:443", HTTPS, True),
        ("files.example:8080", HTTPS, False),
        ("files.example:8080", HTTP, True),
        ("les.example", HTTPS, False),
        ("*", HTTPS, True),
        ("10.0.0.0/8", "https://10.1.2.3", False),
        ("10.1.2.3", "https://10.1.2.3", True),
        ("::1", "https://[::1]:9000", True),
        ("other.example", "https://127.0.0.1", False),
        ("other.example", "https://localhost", False),
    ],
)
def test_what_no_proxy_lists_is_asked_directly(
    monkeypatch: pytest.MonkeyPatch, names: str, url: str, direct: bool
) -> None:
    proxy = "http://proxy.example:3128"
    found = used(monkeypatch, url, HTTPS_PROXY=proxy, HTTP_PROXY=proxy, NO_PROXY=names)
    assert found == (None if direct else proxy)


@pytest.mark.parametrize("form", ["http://me:{}@proxy.example:3128", "me:{}@proxy.example:3128"])
def test_a_proxys_password_is_used_and_shown_nowhere(
    monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    password = f"{token_hex(8)}%2F"
    monkeypatch.setenv("HTTPS_PROXY", form.format(password))
    proxy = proxy_for(HTTPS)
    assert proxy is not None
    assert proxy.url == f"http://me:{password}@proxy.example:3128"
    assert str(proxy) == "http://proxy.example:3128 (HTTPS_PROXY)"
    assert repr(proxy) == f"Proxy({proxy})"
    assert {*passwords()} == {password, password.replace("%2F", "/")}
    network = Network()
    network.proxy_for(HTTPS)
    assert password not in network.via


@pytest.mark.parametrize(
    "value", ["socks5://h:1", "http://", "http://h:port", "http://[x:1", "://h"]
)
def test_what_is_no_proxy_is_named_with_its_variable(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", value)
    with pytest.raises(ConfigurationError, match="HTTPS_PROXY names no proxy that can be used"):
        proxy_for(HTTPS)


def names(context: ssl.SSLContext) -> set[str]:
    return {str(each["subject"]) for each in context.get_ca_certs()}


def test_a_bundle_is_trusted_besides_the_system_and_read_again_when_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = Authority(tmp_path), Authority(tmp_path)
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(one.bundle.read_bytes())
    # A system without any: certifi's are taken.
    nowhere = SimpleNamespace(
        openssl_cafile="/none", openssl_capath="/none", openssl_capath_env="SSL_CERT_DIR"
    )
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: nowhere)
    trust._context.cache_clear()
    certifis = len(names(trusted(None).context()))
    assert certifis > 50
    first = names(trusted(str(bundle)).context())
    assert len(first) == certifis + 1
    assert trusted(str(bundle)).context() is trusted(str(bundle)).context()
    bundle.write_bytes(other.bundle.read_bytes() + one.bundle.read_bytes())
    assert len(names(trusted(str(bundle)).context())) == certifis + 2
    # A system with one file counts instead of certifi.
    system: Any = nowhere
    system.openssl_cafile = str(one.bundle)
    trust._context.cache_clear()
    assert len(names(trusted(None).context())) == 1
    assert len(names(trusted(certifi.where()).context())) == certifis + 1
    trust._context.cache_clear()


def test_the_variables_count_in_order_and_after_the_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert trusted(None) == (None, "")
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE"):
        monkeypatch.setenv(name, f"~/{name}.pem")
        assert trusted(None) == (str(Path(f"~/{name}.pem").expanduser()), name)
    assert trusted("/mine.pem") == ("/mine.pem", "CA Bundle")
    with pytest.raises(ConfigurationError, match=r"^CA Bundle \(/mine.pem\) cannot be read: No"):
        Network("/mine.pem")
    os.mkfifo(tmp_path / "pipe.pem")
    with pytest.raises(ConfigurationError, match=r"pipe.pem\) cannot be read: it is a pipe"):
        Network(str(tmp_path / "pipe.pem"))
