"""Certificates and proxies, of every type that goes over a network: the same rules for all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import Any, NamedTuple

import pytest

from storage_core import (
    AzureBlobStorage,
    FileStorage,
    GoogleCloudStorage,
    KVServerStorage,
    S3Storage,
    open_store,
)
from storage_core.check import probe
from storage_core.errors import AccessDenied, ConfigurationError, StorageError, StorageUnavailable
from tests.engines import ENGINES
from tests.servers.authority import Authority
from tests.servers.aws import ROLE, aws
from tests.servers.proxy import forward_proxy
from tests.servers.tls import tls_front

TIMEOUT = 4.0
SHORT = 1.5
"""For what is tried until the time is over."""


class There(NamedTuple):
    """A server of one type, in front of which TLS is spoken."""

    http: str
    https: str
    made: Callable[..., Any]
    """The configuration for a URL of the server, with more settings."""


def _kv(fixture: Callable[[str], Any]) -> tuple[str, Callable[..., Any]]:
    server = fixture("kv_server")

    def made(url: str, **more: Any) -> Any:
        return KVServerStorage(api_address=url, token=server.token, **more)

    return server.api_address, made


def _s3(fixture: Callable[[str], Any], engine: str) -> tuple[str, Callable[..., Any]]:
    server = fixture("s3_server")
    bucket = server.new_bucket()

    def made(url: str, **more: Any) -> Any:
        return S3Storage(
            bucket=bucket,
            aws_access_key_id=server.access_key_id,
            aws_secret_access_key=server.secret_access_key,
            endpoint_url=url,
            engine=engine,
            **more,
        )

    return server.endpoint_url, made


def _gcs(fixture: Callable[[str], Any], engine: str) -> tuple[str, Callable[..., Any]]:
    server = fixture("gcs_server")
    bucket = server.new_bucket()

    def made(url: str, **more: Any) -> Any:
        # Tokens come by the same way.
        way = url if url.startswith("https") else server.endpoint_url
        account = {**server.service_account_info, "token_uri": f"{way}/token"}
        return GoogleCloudStorage(
            bucket=bucket,
            service_account_info=json.dumps(account),
            endpoint_url=url,
            engine=engine,
            **more,
        )

    return server.endpoint_url, made


def _azure(fixture: Callable[[str], Any], engine: str) -> tuple[str, Callable[..., Any]]:
    server = fixture("azure_server")
    container = server.new_container()

    def made(url: str, **more: Any) -> Any:
        connection = server.connection_string.replace(server.endpoint_url, url)
        return AzureBlobStorage(
            container=container, connection_string=connection, engine=engine, **more
        )

    return server.endpoint_url, made


def _webdav(fixture: Callable[[str], Any]) -> tuple[str, Callable[..., Any]]:
    server = fixture("webdav_server")
    # Its parent exists; whether MOVE works through a front is another matter.
    folder = server.new_folder()

    def made(url: str, **more: Any) -> Any:
        scheme = "webdavs" if url.startswith("https") else "webdav"
        where = url.partition("://")[2]
        return FileStorage(base_path=f"{scheme}://{where}/{folder}", key_type="uuid", **more)

    return server.open_url, made


def _http(fixture: Callable[[str], Any]) -> tuple[str, Callable[..., Any]]:
    server = fixture("webdav_server")
    folder = server.new_folder()
    (server.open_folder / folder / "results").mkdir()
    (server.open_folder / folder / "results" / "there").write_bytes(b"there")

    def made(url: str, **more: Any) -> Any:
        return FileStorage(base_path=f"{url}/{folder}", key_type="uuid", **more)

    return server.open_url, made


CLOUDS = {
    f"{kind.__name__[1:]}, {engine}": partial(kind, engine=engine)
    for kind in (_s3, _gcs, _azure)
    for engine in ENGINES
}
TYPES = {**CLOUDS, "kv": _kv, "webdav": _webdav, "http": _http}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module", params=TYPES)
def there(request: pytest.FixtureRequest, authority: Authority) -> Iterator[There]:
    http, made = TYPES[request.param](request.getfixturevalue)
    with tls_front(http, authority.signed()) as https:
        yield There(http, https, made)


@pytest.fixture(autouse=True)
def no_other_trust(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)


def used(configuration: Any, timeout: float = TIMEOUT) -> None:
    with open_store(configuration, timeout=timeout) as store:
        if str(getattr(configuration, "base_path", "")).startswith("http"):
            assert store.read("results/there") == b"there"
            return
        store.backend.check()


def refused(configuration: Any, timeout: float = TIMEOUT) -> StorageError:
    for tries_left in (2, 1, 0):
        with pytest.raises(StorageError) as caught:
            used(configuration, timeout)
        assert "\n" not in str(caught.value)
        # A process of tests that stands still for seconds hears no answer, and so has none to tell.
        if ": no answer, tried once" not in str(caught.value) or not tries_left:
            break
    return caught.value


def test_a_certificate_is_trusted_by_the_setting_or_by_a_variable_and_else_said(
    there: There, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = refused(there.made(there.https))
    assert isinstance(error, ConfigurationError)
    assert "the certificate of the server is not trusted: " in str(error)
    assert "unable to get local issuer certificate; " in str(error)
    assert str(error).endswith("authority that signed it in CA Bundle")
    *before, last = probe(there.made(there.https), timeout=TIMEOUT)
    # Google's tokens come from another server, which is asked first.
    tokens = ["reach"] if "gives no token" in str(error) else []
    assert [each.step.name for each in before] == ["open", *tokens]
    assert (last.step.name, last.ok) == ("sign in" if tokens else "reach", False)
    used(there.made(there.https, ca_bundle=str(authority.bundle)))
    # The first variable that is set counts, and the setting before all of them.
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.bundle))
    used(there.made(there.https))
    monkeypatch.setenv("AWS_CA_BUNDLE", "/no/such.pem")
    message = str(refused(there.made(there.https)))
    assert message.startswith("AWS_CA_BUNDLE (/no/such.pem) cannot be read: No such file or dir")
    used(there.made(there.https, ca_bundle=str(authority.bundle)))


def test_the_next_step_after_a_certificate_not_trusted_names_where_it_can_be_trusted(
    there: There, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = str(Authority(tmp_path).bundle)
    message = str(refused(there.made(there.https, ca_bundle=other)))
    assert message.endswith(f"; add the authority that signed it to CA Bundle ({other})")
    with tls_front(there.http, authority.itself()) as https:
        message = str(refused(there.made(https)))
        assert message.endswith("; name the PEM file of this certificate in CA Bundle")
        monkeypatch.setenv("SSL_CERT_FILE", other)
        message = str(refused(there.made(https)))
        assert f"; add this certificate to SSL_CERT_FILE ({other}), or name its PEM" in message
        assert message.endswith("name its PEM file in CA Bundle")


def test_a_certificate_that_has_expired_or_is_for_another_host_is_said_with_the_reason(
    there: There, authority: Authority
) -> None:
    bundle = str(authority.bundle)
    with tls_front(there.http, authority.signed(expired=True)) as https:
        message = str(refused(there.made(https, ca_bundle=bundle)))
        assert "certificate has expired; have it renewed, or set the clock" in message
    with tls_front(there.http, authority.signed("other.example")) as https:
        message = str(refused(there.made(https, ca_bundle=bundle)))
        assert "mismatch, certificate is not valid for '127.0.0.1'; ask the server" in message


def test_http_where_https_is_spoken_is_said_and_the_other_way_round(there: There) -> None:
    # Long enough for a first attempt on a machine that is busy: it has to end for the server to be
    # asked. All of it is waited for.
    message = str(refused(there.made(there.https.replace("https:", "http:")), 2.5))
    assert "what answers there speaks TLS" in message
    assert message.endswith("; write https:// in the address")
    message = str(refused(there.made(there.http.replace("http:", "https:"))))
    assert "what answers there does not speak TLS; write http:// in the address" in message


def test_the_proxy_of_the_variables_is_used_but_for_hosts_in_no_proxy(
    there: There, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    password = token_hex(8)
    trusting = there.made(there.https, ca_bundle=str(authority.bundle))
    plain = there.made(there.http)
    with forward_proxy("me", password) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url.removeprefix("http://"))
        used(trusting)
        host = there.https.removeprefix("https://").partition("/")[0]
        assert {each.rpartition(" ")[0] for each in proxy.asked} == {f"CONNECT {host}"}
        proxy.asked.clear()
        used(plain)
        assert proxy.asked
        assert all(there.http.partition("//")[2].partition("/")[0] in each for each in proxy.asked)
        proxy.asked.clear()
        for names in ("elsewhere.example, 127.0.0.1", host, "*"):
            monkeypatch.setenv("no_proxy", names)
            used(trusting)
        assert not proxy.asked
        monkeypatch.delenv("no_proxy")
        wrong = token_hex(8)
        for given, remedy in (
            (proxy.bare_url, "; put a user and a password before the host in HTTPS_PROXY"),
            (proxy.url.replace(password, wrong), "; check the user and the password in HTTPS"),
        ):
            monkeypatch.setenv("HTTPS_PROXY", given)
            monkeypatch.setenv("http_proxy", given)
            error = refused(trusting)
            assert isinstance(error, AccessDenied)
            said = f"the proxy {proxy.bare_url} (HTTPS_PROXY) refused: 407 Proxy Authentication"
            assert said in str(error)
            assert remedy in str(error)
            assert error.while_connecting or error.while_signing_in
            assert wrong not in f"{error} {error.__cause__!r}"
            assert "(http_proxy) refused: 407" in str(refused(plain))


def test_what_a_proxy_refuses_is_called_the_proxys(
    there: There, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusting = there.made(there.https, ca_bundle=str(authority.bundle))
    with forward_proxy(refusal="403 Forbidden") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        error = refused(trusting)
        assert isinstance(error, ConfigurationError)
        assert f"the proxy {proxy.url} (HTTPS_PROXY) refused: 403 Forbidden; have" in str(error)
        assert len(proxy.asked) == 1
    error = refused(trusting, SHORT)
    assert isinstance(error, StorageUnavailable)
    unreachable = f"the proxy {proxy.url} (HTTPS_PROXY) cannot be reached: Connection refused"
    assert unreachable in str(error)
    assert "correct HTTPS_PROXY, or name the server in NO_PROXY" in str(error)
    monkeypatch.setenv("HTTPS_PROXY", f"socks5://me:{token_hex(4)}@127.0.0.1:1080")
    message = str(refused(trusting))
    assert "HTTPS_PROXY names no proxy that can be used (socks5://me:********@127.0" in message


def test_a_proxy_that_speaks_tls_itself_is_trusted_by_the_same_rule(
    there: There, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    password = token_hex(8)
    with (
        forward_proxy("me", password) as proxy,
        tls_front(proxy.bare_url, authority.signed()) as secure,
        tls_front(proxy.bare_url, authority.signed(expired=True)) as expired,
    ):
        for url in (secure, expired):
            signed = url.replace("https://", f"https://me:{password}@")
            monkeypatch.setenv("HTTPS_PROXY", signed)
            trusting = there.made(there.https, ca_bundle=str(authority.bundle))
            if url == secure:
                used(trusting)
                assert proxy.asked
                continue
            message = str(refused(trusting))
            assert (
                f"or of the proxy {url} (HTTPS_PROXY), is not trusted: certificate has" in message
            )
            assert password not in message


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("content", [None, "", "no certificate", "folder"])
def test_a_file_that_is_no_bundle_is_named_before_anybody_is_asked(
    tmp_path: Path, content: str | None
) -> None:
    bundle = tmp_path / "ca.pem"
    if content == "folder":
        bundle = tmp_path / "none" / "ca.pem"
    elif content is not None:
        bundle.write_text(content)
    for made in (
        S3Storage(bucket="acme", ca_bundle=str(bundle)),
        AzureBlobStorage(container="acme", account_name="acme", ca_bundle=str(bundle)),
        GoogleCloudStorage(bucket="acme", ca_bundle=str(bundle)),
        KVServerStorage(api_address="https://127.0.0.1:1", ca_bundle=str(bundle)),
        FileStorage(base_path="webdavs://127.0.0.1:1/x", ca_bundle=str(bundle)),
        FileStorage(base_path="https://127.0.0.1:1/x", ca_bundle=str(bundle)),
        FileStorage(base_path="ftp://127.0.0.1:1/x", ca_bundle=str(bundle)),
        FileStorage(base_path="s3://acme", ca_bundle=str(bundle)),
    ):
        with pytest.raises(ConfigurationError) as caught:
            open_store(made)
        assert str(caught.value).startswith(f"CA Bundle ({bundle}) ")


@pytest.mark.parametrize("kind", CLOUDS)
def test_a_bucket_that_the_address_names_as_well_is_called_that(
    request: pytest.FixtureRequest, kind: str
) -> None:
    http, made = CLOUDS[kind](request.getfixturevalue)
    right = made(http)
    place = getattr(right, "bucket", None) or right.container
    if kind.startswith("azure"):
        connection = right.connection_string.rstrip(";")
        wrong = replace(right, connection_string=f"{connection}/{place}")
    else:
        wrong = made(f"{http}/{place}")
    error = refused(wrong)
    assert isinstance(error, ConfigurationError)
    assert f" names the {right.place} {place} as well" in str(error)
    assert re.search(rf"; write {http}(/\w+)? there$", str(error))
    assert "None" not in str(error)
    *_, found = probe(wrong, timeout=TIMEOUT)
    assert not found.ok
    assert str(error) == found.message


@pytest.mark.usefixtures("engine")
def test_who_hands_out_roles_is_reached_by_the_same_rules(
    request: pytest.FixtureRequest, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = request.getfixturevalue("s3_server")
    with aws(server) as cloud, tls_front(cloud.url, authority.signed()) as https:

        def made(**more: Any) -> S3Storage:
            return S3Storage(
                bucket=server.new_bucket(),
                aws_access_key_id=server.access_key_id,
                aws_secret_access_key=server.secret_access_key,
                endpoint_url=server.endpoint_url,
                role_arn=ROLE,
                external_id=cloud.external_id,
                sts_endpoint_url=https,
                **more,
            )

        message = str(refused(made()))
        assert f"{https} " in message
        assert "unable to get local issuer certificate" in message
        assert "CA Bundle" in message
        used(made(ca_bundle=str(authority.bundle)))
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.bundle))
        used(made())
        with forward_proxy("me", token_hex(8)) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.url)
            used(made())
            assert proxy.asked
            monkeypatch.setenv("HTTPS_PROXY", proxy.bare_url)
            message = str(refused(made()))
            assert f"the proxy {proxy.bare_url} (HTTPS_PROXY) refused: 407" in message
