"""Secrets stay out of texts and exceptions, in whichever form they stand there."""

from __future__ import annotations

import json
import traceback
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage_core.redaction import (
    MASK,
    Redacted,
    Scrubber,
    mask_url,
    scrub,
    scrubbed,
    secret_spans,
)

FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "repr": repr,
    "JSON": json.dumps,
    "URL": quote,
    "URL, slashes too": lambda secret: quote(secret, safe=""),
    "form": quote_plus,
    "base64": lambda secret: b64encode(secret.encode()).decode(),
    "Basic authentication": lambda secret: b64encode(b"me:" + secret.encode()).decode(),
    "base64 in the middle": lambda secret: b64encode(b"ab" + secret.encode() + b"c").decode(),
    "base64 for URLs": lambda secret: urlsafe_b64encode(b"a" + secret.encode()).decode(),
    "hexadecimal": lambda secret: secret.encode().hex(),
}
secret_texts = st.text(min_size=8, max_size=60).filter(lambda text: len(text.strip()) >= 8)


def pieces(encoded: str) -> set[str]:
    """What stands in the middle of a base64 text, in pieces of eight characters."""
    middle = encoded.rstrip("=")[6:-4]
    return {middle[start : start + 8] for start in range(len(middle) - 7)}


@pytest.mark.parametrize("form", FORMS)
@given(secret=secret_texts)
def test_a_secret_is_masked_in_every_form(form: str, secret: str) -> None:
    text = FORMS[form](secret)
    left = scrub(f"before {text} after", [secret])
    assert "before " in left
    assert " after" in left
    assert "********" in left
    assert text not in left
    if "base64" in form or form == "Basic authentication":
        assert not any(piece in left for piece in pieces(text))


def test_a_line_of_a_private_key_is_masked_by_itself() -> None:
    lines = [
        "-----BEGIN PRIVATE KEY-----",
        "MIIEvQIBADANBgkqhkiG9w0BAQ",
        "-----END PRIVATE KEY-----",
    ]
    assert "MIIE" not in scrub(f"cannot parse {lines[1]}", ["\n".join(lines)])


def test_other_text_stays_as_it_is() -> None:
    assert scrub("nothing to hide", ["s3cr3t", "", " "]) == "nothing to hide"


def test_a_secret_like_a_word_is_masked_where_it_stands_alone() -> None:
    said = scrub("domain main.py mainly me:main@host 'main' b'x\\nmain' main", ["main"])
    assert said == f"domain {MASK}.py mainly me:{MASK}@host '{MASK}' b'x\\n{MASK}' {MASK}"
    basic = b64encode(b"user:main1").decode()
    assert basic not in scrub(f"Basic {basic}", ["main1"])


@pytest.mark.parametrize("secret", ["\udcff\udcfe secret", "\ud800half", "\x00\udc80" * 9])
def test_masking_never_fails_whatever_a_secret_is_made_of(secret: str) -> None:
    others = "an ordinary one"
    said = scrub(f"{secret} and {others} and {secret!r}", [secret, others, ""])
    assert said == f"{MASK} and {MASK} and '{MASK}'"


def test_secrets_come_and_go_one_by_one() -> None:
    scrubber = Scrubber(["first secret", "short"])
    for number in range(40):
        scrubber.add([f"secret of number {number}"])
    text = "first secret, short, secret of number 7"
    assert scrubber(text) == f"{MASK}, {MASK}, {MASK}"
    scrubber.add(["first secret"])
    for gone in ("first secret", "short"):
        scrubber.remove([gone])
    assert scrubber(text) == f"{MASK}, short, {MASK}"
    for number in range(40):
        scrubber.remove([f"secret of number {number}"])
    assert scrubber(text) == f"{MASK}, short, secret of number 7"
    scrubber.remove(["first secret", "first secret", "never added"])
    assert scrubber(text) == text


def test_a_secret_within_a_longer_one_does_not_spoil_it() -> None:
    assert scrub("key=abcdefgh", ["abc", "abcdefgh"]) == "key=********"


SECRET = "correct horse battery staple"


def plain() -> None:
    raise ValueError(f"bad password {SECRET}")


def in_arguments() -> None:
    raise OSError(13, "denied", SECRET)


def as_cause() -> None:
    try:
        plain()
    except ValueError as error:
        raise RuntimeError("could not sign in") from error


def as_context() -> None:
    try:
        plain()
    except ValueError:
        raise RuntimeError("could not sign in") from None


def as_note() -> None:
    error = RuntimeError("could not sign in")
    error.add_note(f"tried {SECRET}")
    raise error


def in_a_group() -> None:
    raise ExceptionGroup("several", [RuntimeError("one"), ValueError(SECRET)])


@pytest.mark.parametrize("fail", [plain, in_arguments, as_cause, as_context, as_note, in_a_group])
def test_an_exception_that_holds_a_secret_anywhere_gets_a_stand_in(
    fail: Callable[[], None],
) -> None:
    with pytest.raises(Exception, match=r".") as caught:
        fail()
    stand_in = scrubbed(caught.value, [SECRET])
    assert isinstance(stand_in, Redacted)
    shown = "".join(traceback.format_exception(stand_in)) + repr(stand_in) + repr(stand_in.args)
    assert SECRET not in shown
    assert type(caught.value).__name__ in str(stand_in)
    assert stand_in.__cause__ is stand_in.__context__ is None


def test_an_exception_without_a_secret_stays_what_it_is() -> None:
    error = ValueError("harmless")
    assert scrubbed(error, [SECRET]) is error


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("sftp://me:pass@host/x", "sftp://me:********@host/x"),
        ("sftp://me:p@ss@host/x", "sftp://me:********@host/x"),
        ("sftp://me@host/x", "sftp://me@host/x"),
        ("sftp://me:pa[ss@host/x", "sftp://me:********@host/x"),
        ("sftp://[me:pass]@host/x", "sftp://[me:********@host/x"),
        ("http://[::1]:80/x@y", "http://[::1]:80/x@y"),
        ("simplecache::ftp://me:pass@host", "simplecache::ftp://me:********@host"),
        ("https://h/x?sv=1&sig=abc&se=2", "https://h/x?sv=1&sig=********&se=2"),
        ("https://h/x?X-Amz-Signature=abc#top", "https://h/x?X-Amz-Signature=********#top"),
        ("https://h/x?access_token=abc", "https://h/x?access_token=********"),
        ("https://h/me:you@there", "https://h/me:you@there"),
        ("github://org:repo@main/x", "github://org:repo@main/x"),
        ("simplecache::GitHub://org:repo@main", "simplecache::GitHub://org:repo@main"),
        ("git://path:ref@file", "git://path:ref@file"),
        ("gist://me:token@id/file", "gist://me:********@id/file"),
        ("git+https://me:token@host/x", "git+https://me:********@host/x"),
        ("legit://me:pass@host/x", "legit://me:********@host/x"),
        ("abfs://container@account.dfs.core.windows.net:443/x",) * 2,
        ("hf://datasets/org/repo@main/x",) * 2,
        ("/a/local:path@x", "/a/local:path@x"),
        ("s3://bucket/prefix", "s3://bucket/prefix"),
    ],
)
def test_passwords_and_signatures_in_urls_are_masked(url: str, masked: str) -> None:
    assert mask_url(url) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("me:pass@host", "me:********@host"),
        ("me:pa@s/s@host:9000/x", "me:********@host:9000/x"),
        ("//me:pass@host", "//me:********@host"),
        ("http//me:pass@host", "http//me:********@host"),
        ("http:/me:pass@host", "http:********@host"),
        ("http://me:pass@host/x", "http://me:********@host/x"),
        ("http://host/me:you@there", "http://host/me:you@there"),
        ("me@host", "me@host"),
        ("host:9000/x", "host:9000/x"),
    ],
)
def test_a_password_is_masked_where_an_address_lacks_its_scheme(address: str, masked: str) -> None:
    assert mask_url(address, bare=True) == masked
    hidden = address
    for start, end in sorted(secret_spans(address, bare=True), reverse=True):
        hidden = hidden[:start] + MASK + hidden[end:]
    assert hidden == masked
