"""Made-up secrets, one per field that may hold one, and the search for them in what comes out.

The search knows nothing of how the program masks: it has its own list of the forms that a secret
takes on its way through drivers, URLs, JSON and terminals.
"""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from secrets import token_bytes, token_hex
from typing import Any, Final
from urllib.parse import quote, quote_plus

from storage_core import StorageConfiguration, all_types
from storage_core.declaration.setting import Setting

_FRAGMENT: Final = 12
"""Characters of a secret that count as the secret, when they stand somewhere alone."""


class Canaries:
    """The secrets that were given away, by the field they were put into."""

    def __init__(self) -> None:
        self.by_field: dict[str, str] = {}

    def new(self, field: str) -> str:
        """A secret for a field that takes any text, with all that an encoding changes in it."""
        return self.keep(field, f"{token_hex(10)}+/={token_hex(10)}")

    def key(self, field: str) -> str:
        """A secret for a field that takes base64 only."""
        return self.keep(field, b64encode(token_bytes(48)).decode())

    def keep(self, field: str, secret: str) -> str:
        """Remember a secret that was made elsewhere."""
        assert len(secret) >= 2 * _FRAGMENT
        self.by_field[field] = secret
        return secret

    def hits(self, sink: str | bytes) -> list[str]:
        """Which secrets stand in `sink`, in which form."""
        text = sink.decode("utf-8", "replace") if isinstance(sink, bytes) else sink
        # A table or a screen breaks long values, a picture puts tags and entities between.
        joined = re.sub(r"[\s│]+", "", text)
        bare = re.sub(r"[\s│]+", "", html.unescape(re.sub(r"<[^>]*>", "", text)))
        texts = {each for version in (text, joined, bare) for each in (version, version.lower())}
        return [
            f"{field} ({how})"
            for field, secret in self.by_field.items()
            for how, form in forms(secret)
            if any(form in each for each in texts)
        ]


def forms(secret: str) -> Iterator[tuple[str, str]]:
    """What a secret looks like, by the name of the form."""
    yield "plain", secret
    yield "its beginning", secret[:_FRAGMENT]
    yield "its end", secret[-_FRAGMENT:]
    yield "JSON", json.dumps(secret)[1:-1]
    yield "repr", repr(secret)[1:-1]
    for quoted in (quote(secret), quote(secret, safe=""), quote_plus(secret)):
        yield "URL", quoted
        yield "URL, lower case", quoted.lower()
    raw = secret.encode()
    yield "hexadecimal", raw.hex()
    for start in range(3):
        # Wherever it begins in what is encoded, one of these three stands in the outcome.
        piece = raw[start : start + (len(raw) - start) // 3 * 3]
        yield "base64", b64encode(piece).decode()
        yield "base64 for URLs", urlsafe_b64encode(piece).decode()


def private_key(canaries: Canaries, field: str) -> str:
    """An RSA key in PEM, each of its lines a secret."""
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    for number, line in enumerate(pem.decode().splitlines()):
        # The first lines say only that it is an RSA key, the last ones may be short.
        if 2 <= number <= 24:
            canaries.keep(f"{field}, line {number}", line)
    return pem.decode()


def service_account(canaries: Canaries, token_uri: str) -> str:
    """The JSON of a service account that nobody knows."""
    info = {
        "type": "service_account",
        "project_id": "made-up",
        "private_key_id": canaries.new("gcs private_key_id"),
        "private_key": private_key(canaries, "gcs private_key"),
        "client_email": "tester@made-up.iam.gserviceaccount.com",
        "client_id": "1",
        "token_uri": token_uri,
    }
    return json.dumps(info)


def options(canaries: Canaries, field: str) -> dict[str, Any]:
    """A table for a driver with secrets at every depth."""
    return {
        "made_up": canaries.new(f"{field} options"),
        "more": {
            "password": canaries.new(f"{field} options, nested"),
            "several": [canaries.new(f"{field} options, in a list")],
        },
    }


def tables(canaries: Canaries, server: str) -> dict[str, dict[str, Any]]:
    """Tables of the configuration file, by name: every type, a secret in all that can hold one.

    Args:
        canaries: where the secrets are remembered.
        server: the URL of a server that they all are to use.
    """
    host = server.removeprefix("http://")

    def url(field: str) -> str:
        return f"http://user:{quote(canaries.new(field), safe='')}@{host}"

    return {
        "s3": {
            "type": "s3",
            "bucket": "made-up",
            "aws_access_key_id": "AKIAMADEUP",
            "aws_secret_access_key": canaries.new("s3 aws_secret_access_key"),
            "aws_session_token": canaries.new("s3 aws_session_token"),
            "endpoint_url": url("s3 endpoint_url"),
            "sts_endpoint_url": url("s3 sts_endpoint_url"),
            "options": options(canaries, "s3"),
        },
        "azure": {
            "type": "azure",
            "container": "made-up",
            "connection_string": (
                f"DefaultEndpointsProtocol=http;AccountName=madeup;BlobEndpoint={server}/madeup;"
                f"AccountKey={canaries.key('azure connection_string, AccountKey')};"
            ),
            "options": options(canaries, "azure"),
        },
        "azure-sas": {
            "type": "azure",
            "container": "made-up",
            "connection_string": (
                f"BlobEndpoint={server}/madeup;SharedAccessSignature=sv=2024-11-04&ss=b&srt=co&sp=rw"
                f"&sig={quote(canaries.key('azure connection_string, signature'), safe='')}"
            ),
        },
        "gcs": {
            "type": "gcs",
            "bucket": "made-up",
            "service_account_info": service_account(canaries, f"{server}/token"),
            "endpoint_url": url("gcs endpoint_url"),
            "options": options(canaries, "gcs"),
        },
        "kv": {"type": "kv", "api_address": server, "token": canaries.new("kv token")},
        "kv-url": {"type": "kv", "api_address": url("kv api_address")},
        "file": {
            "type": "file",
            "base_path": url("file base_path").replace("http:", "webdav:") + "/folder",
            "options": options(canaries, "file"),
        },
        "file-s3": {
            "type": "file",
            "base_path": "s3://made-up/folder",
            "options": {
                "key": "AKIAMADEUP",
                "secret": canaries.new("file options, secret"),
                "token": canaries.new("file options, token"),
                "endpoint_url": server,
            },
        },
        "local": {"type": "local", "storage_path": "/made-up"},
        "temporary": {"type": "temporary"},
    }


def secret_fields() -> Iterator[tuple[type[StorageConfiguration], Setting]]:
    """Every setting of every type that can hold a secret."""
    for cls in all_types():
        for setting in cls.settings():
            if setting.secret or setting.form in ("table", "url"):
                yield cls, setting


def toml(written: dict[str, dict[str, Any]], default: str | None = None) -> str:
    """A configuration file with these tables."""

    def value(of: Any) -> str:
        if isinstance(of, dict):
            return "{ " + ", ".join(f"{key} = {value(inner)}" for key, inner in of.items()) + " }"
        if isinstance(of, list):
            return "[ " + ", ".join(map(value, of)) + " ]"
        return json.dumps(of)

    lines = ["version = 1", *([f"default = {json.dumps(default)}"] if default else [])]
    for name, table in written.items():
        lines += ["", f"[storage.{name}]", *(f"{key} = {value(of)}" for key, of in table.items())]
    return "\n".join(lines) + "\n"
