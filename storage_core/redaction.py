"""Keeping secrets out of what people and logs get to see. Called wherever text leaves the program.

The backends scrub a driver's message, and replace a driver's exception that holds a secret by a
stand-in; the storage types mask the passwords in URLs that they show.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MASK: Final = "********"
"""What stands in place of a secret."""

_SHORTEST_LINE: Final = 16
"""Characters from which on one line of a longer secret (a private key) is a secret by itself."""

_SHORTEST_ENCODED: Final = 6
"""Characters below which the base64 form of a secret would match by chance."""

_USER_INFO: Final = re.compile(
    r"""(?<=://)(?!\[[\w:.%]+\](?::\d*)?(?:[/?#\s"'<>]|$))([^/?#@\s]*?):"""
    r"""(?:[^/?#\s]*|(?!\d{1,5}[/?#])[^\s"'<>]*)(?=@)"""
)
"""User and password in a URL, and no address in brackets. The password may hold a slash that should
have been quoted, unless it looks like a port and a path."""

_BARE_USER_INFO: Final = re.compile(
    r"\A(?![a-z][a-z0-9+.-]*://)([^:@]*):.*(?=@)",
    re.IGNORECASE | re.DOTALL,
)
"""User and password at the start of what should be a URL and has no scheme, or half of one."""

_PARAMETER: Final = re.compile(
    r"([?&;](?:[a-z0-9_.-]*(?:signature|secret|token|password|passwd|credential|key)[a-z0-9_.-]*"
    r"|sig|pwd|pass|auth|code)=)[^&;#\s]+",
    re.IGNORECASE,
)


class Redacted(Exception):
    """Stands in for an exception whose text held a secret."""


class Scrubber:
    """Masks the same secrets in one text after the other: plain, quoted, URL-encoded or base64."""

    def __init__(self, secrets: Iterable[str]) -> None:
        # The longest first: a secret may be a part of another one.
        self._forms = sorted({*_forms(secrets)}, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """`text` with every secret in it masked."""
        for form in self._forms:
            text = text.replace(form, MASK)
        return text


def scrub(text: str, secrets: Iterable[str]) -> str:
    """`text` with every secret in it masked, in whichever form; see `Scrubber`."""
    return Scrubber(secrets)(text)


def scrubbed(error: BaseException, secrets: Iterable[str]) -> BaseException:
    """`error` itself when no secret stands in it or in what it was raised from, else a stand-in."""
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
        bare: whether it is nothing but a URL, so that a password is one without a scheme too.
    """
    if bare:
        url = _BARE_USER_INFO.sub(rf"\1:{MASK}", url)
    return _PARAMETER.sub(rf"\1{MASK}", _USER_INFO.sub(rf"\1:{MASK}", url))


def secret_spans(url: str, *, bare: bool = False) -> list[tuple[int, int]]:
    """Where what `mask_url` masks stands in `url`: the first character and the one behind."""
    users = [*_USER_INFO.finditer(url), *(_BARE_USER_INFO.finditer(url) if bare else ())]
    spans = [(match.end(1) + 1, match.end()) for match in users]
    return spans + [(match.end(1), match.end()) for match in _PARAMETER.finditer(url)]


def _chain(error: BaseException) -> Iterator[BaseException]:
    """`error`, and all that a printed traceback would show along with it."""
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
    """The ways in which each secret may stand in a text."""
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
            # Whatever precedes it, as the user name does in Basic authentication, one of these
            # three stands in the encoded text. Its ends depend on the neighbours: without what
            # follows it is matched whole, otherwise without its last character.
            encoded = b64encode(b"\0" * shift + raw).decode().rstrip("=")[(0, 2, 3)[shift] :]
            for core in (encoded, encoded[:-1]):
                if len(core) >= _SHORTEST_ENCODED:
                    yield core
                    yield core.replace("+", "-").replace("/", "_")
