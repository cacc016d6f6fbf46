"""Masks secrets in text that leaves the program: messages, exceptions, URLs, logs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MASK: Final = "********"
"""What stands in place of a secret."""

_SHORTEST_LINE: Final = 16
"""The fewest characters for one line of a longer secret, such as a private key, to be masked alone.
"""

_SHORTEST_ENCODED: Final = 6
"""The fewest characters for the base64 form of a secret; shorter ones match by chance."""

_USER_INFO: Final = re.compile(
    r"""(?<=://)(?!\[[\w:.%]+\](?::\d*)?(?:[/?#\s"'<>]|$))([^/?#@\s]*?):"""
    r"""(?:[^/?#\s]*|(?!\d{1,5}[/?#])[^\s"'<>]*)(?=@)"""
)
"""User and password in a URL, but not an address in brackets. The password may hold a slash that
should have been quoted, unless the slash looks like the end of a port."""

_BARE_USER_INFO: Final = re.compile(
    r"\A(?![a-z][a-z0-9+.-]*://)([^:@]*):.*(?=@)",
    re.IGNORECASE | re.DOTALL,
)
"""User and password at the start of a URL whose scheme is missing or incomplete."""

_PARAMETER: Final = re.compile(
    r"([?&;](?:[a-z0-9_.-]*(?:signature|secret|token|password|passwd|credential|key)[a-z0-9_.-]*"
    r"|sig|pwd|pass|auth|code)=)[^&;#\s]+",
    re.IGNORECASE,
)


class Redacted(Exception):
    """Stands for an exception whose text held a secret."""


class Scrubber:
    """Masks a set of secrets in any text: plain, quoted, URL-encoded or in base64."""

    def __init__(self, secrets: Iterable[str]) -> None:
        # Longest first: a secret may be part of another one.
        self._forms = sorted({*_forms(secrets)}, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """`text` with every secret in it masked."""
        for form in self._forms:
            text = text.replace(form, MASK)
        return text


def scrub(text: str, secrets: Iterable[str]) -> str:
    """`text` with every secret in it masked; see `Scrubber`."""
    return Scrubber(secrets)(text)


def scrubbed(error: BaseException, secrets: Iterable[str]) -> BaseException:
    """`error`, or a stand-in if a secret is in it or in what it was raised from."""
    scrub_known = Scrubber(secrets)
    for each in _chain(error):
        for text in _texts(each):
            if scrub_known(text) != text:
                return Redacted(scrub_known(f"{type(error).__name__}: {error}"))
    return error


def mask_url(url: str, *, bare: bool = False) -> str:
    """`url` with the password in `user:password@` and signatures, keys and tokens masked.

    Args:
        url: the URL, or a text with URLs in it.
        bare: whether it is nothing but a URL, so that user and password may come without a scheme.
    """
    if bare:
        url = _BARE_USER_INFO.sub(rf"\1:{MASK}", url)
    return _PARAMETER.sub(rf"\1{MASK}", _USER_INFO.sub(rf"\1:{MASK}", url))


def secret_spans(url: str, *, bare: bool = False) -> list[tuple[int, int]]:
    """The spans of `url` that `mask_url` masks, each as start and end."""
    users = [*_USER_INFO.finditer(url), *(_BARE_USER_INFO.finditer(url) if bare else ())]
    spans = [(match.end(1) + 1, match.end()) for match in users]
    return spans + [(match.end(1), match.end()) for match in _PARAMETER.finditer(url)]


def _chain(error: BaseException) -> Iterator[BaseException]:
    """`error` and every exception that a printed traceback shows with it."""
    seen: set[int] = set()
    pending: list[BaseException] = [error]
    while pending:
        each = pending.pop()
        if id(each) not in seen:
            seen.add(id(each))
            yield each
            pending += [other for other in (each.__cause__, each.__context__) if other is not None]
            if isinstance(each, BaseExceptionGroup):
                pending += each.exceptions


def _texts(error: BaseException) -> Iterator[str]:
    yield str(error)
    yield repr(error)
    yield repr(error.args)
    yield from getattr(error, "__notes__", ())


def _forms(secrets: Iterable[str]) -> Iterator[str]:
    """The forms in which each secret may appear in a text."""
    from base64 import b64encode
    from json import dumps
    from urllib.parse import quote, quote_plus

    parts = {
        part
        for secret in secrets
        for part in (
            secret,
            *(line for line in secret.splitlines() if len(line) >= _SHORTEST_LINE),
        )
        if part.strip()
    }
    for part in parts:
        yield part
        yield repr(part)[1:-1]
        yield dumps(part)[1:-1]
        yield quote(part)
        yield quote(part, safe="")
        yield quote_plus(part)
        raw = part.encode(errors="surrogateescape")
        yield raw.hex()
        for shift in range(3):
            # base64 depends on how many bytes come before (a user name, in Basic authentication),
            # modulo 3: one of these three appears in the encoded text. Its last character depends
            # on what follows: it is matched with it and without it.
            encoded = b64encode(b"\0" * shift + raw).decode().rstrip("=")[(0, 2, 3)[shift] :]
            for core in (encoded, encoded[:-1]):
                if len(core) >= _SHORTEST_ENCODED:
                    yield core
                    yield core.replace("+", "-").replace("/", "_")
