"""Masks secrets in text that leaves the program: messages, exceptions, URLs, logs."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

E = TypeVar("E", bound=BaseException)

MASK: Final = "********"
"""What replaces a secret."""

_SHORTEST_LINE: Final = 16
"""The fewest characters for one line of a longer secret, such as a private key, to be masked alone.
"""

_SHORTEST_ENCODED: Final = 6
"""The fewest characters for the base64 form of a secret; shorter ones match by chance."""

_LONGEST_WORD: Final = 7
"""The most characters of a secret of letters and digits that is masked only where it stands alone.
A password such as `main` would otherwise be masked inside of `domain`."""

_BEGINNING: Final = 4
"""How many characters at the beginning of a form are searched for."""

_FEW: Final = 256
"""Up to so many forms, each is searched for by itself: about ten secrets."""

NO_PASSWORD: Final = frozenset({"github", "git"})
"""Schemes with something else before the `@`: `github://org:repo@ref/path`, `git://path:ref@file`.
In all others of fsspec it is a password or, as in `gist://user:token@id`, a token."""

_USER_INFO: Final = (
    r"""(?<=://)(?<!\b(?i:github)://)(?<!\b(?i:git)://)(?!\[[\w:.%]+\](?::\d*)?(?:[/?#\s"'<>]|$))([^/?#@\s]*?):"""
    r"""(?:[^/?#\s]*|(?!\d{1,5}[/?#])[^\s"'<>]*)(?=@)"""
)
"""User and password in a URL, but not an address in brackets. The password may hold a slash that
should have been quoted, unless the slash looks like the end of a port."""

_BARE_USER_INFO: Final = r"(?is)\A(?![a-z][a-z0-9+.-]*://)([^:@]*):.*(?=@)"
"""User and password at the start of a URL whose scheme is missing or incomplete."""

_PARAMETER: Final = (
    r"(?i)([?&;](?:[a-z0-9_.-]*(?:signature|secret|token|password|passwd|credential|key)[a-z0-9_.-]*"
    r"|sig|pwd|pass|auth|code)=)[^&;#\s]+"
)


class _Form(NamedTuple):
    """One way in which a secret may appear in a text."""

    text: str
    is_word: bool
    """Whether it may be a part of an ordinary word, so that it is only masked as a whole word."""

    def __repr__(self) -> str:
        """Without the secret, as crash reporters may show it."""
        return f"{type(self).__name__}(is_word={self.is_word})"

    def masked(self, text: str) -> str:
        """`text` with this form masked."""
        if not self.is_word:
            return text.replace(self.text, MASK)
        # An escaped line break, which ends in a letter, may come before it.
        alone = rf"(?:(?<!\w)|(?<=\\[nrt])){re.escape(self.text)}(?!\w)"
        return re.sub(alone, MASK, text)


class Redacted(Exception):
    """Stands for an exception whose text held a secret."""


class Scrubber:
    """Masks a set of secrets in any text: plain, quoted, URL-encoded or in base64.

    Secrets can come and go while other threads mask. A text is searched for the beginnings of all
    forms at once: with 4,000 secrets a line of 200 characters takes 0.1 ms, where one search for
    each form took 23 ms; adding these secrets one by one takes 0.5 s instead of 77 s.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._counts: dict[_Form, int] = {}
        self._few: tuple[_Form, ...] | None = ()
        """All forms, as long as searching for each is quickest; else None."""

        self._short: tuple[_Form, ...] = ()
        self._by_beginning: dict[str, tuple[_Form, ...]] = {}
        self.add(secrets)

    def add(self, secrets: Iterable[str]) -> None:
        """Mask these as well; one that is added twice has to be removed twice."""
        for form in _forms(secrets):
            self._counts[form] = self._counts.get(form, 0) + 1
            if self._counts[form] > 1:
                continue
            if len(form.text) < _BEGINNING:
                self._short += (form,)
            else:
                start = form.text[:_BEGINNING]
                self._by_beginning[start] = (*self._by_beginning.get(start, ()), form)
        self._note_few()

    def remove(self, secrets: Iterable[str]) -> None:
        """Mask these no more."""
        for form in _forms(secrets):
            left = self._counts.pop(form, 0) - 1
            if left > 0:
                self._counts[form] = left
            elif len(form.text) < _BEGINNING:
                self._short = tuple(each for each in self._short if each != form)
            else:
                start = form.text[:_BEGINNING]
                others = tuple(each for each in self._by_beginning.get(start, ()) if each != form)
                if others:
                    self._by_beginning[start] = others
                else:
                    self._by_beginning.pop(start, None)
        self._note_few()

    def __call__(self, text: str) -> str:
        """`text` with every secret in it masked."""
        # Longest first: a secret may be part of another one.
        for form in sorted(self._found(text), key=lambda each: len(each.text), reverse=True):
            text = form.masked(text)
        return text

    def _note_few(self) -> None:
        self._few = tuple(self._counts) if len(self._counts) <= _FEW else None

    def _found(self, text: str) -> list[_Form]:
        """The forms that are in a text, as a list that no other thread changes."""
        candidates = self._few
        if candidates is None:
            beginnings = {text[at : at + _BEGINNING] for at in range(len(text) - _BEGINNING + 1)}
            found = (self._by_beginning.get(beginning, ()) for beginning in beginnings)
            candidates = (*self._short, *chain.from_iterable(found))
        return [form for form in candidates if form.text in text]


def scrub(text: str, secrets: Iterable[str]) -> str:
    """`text` with every secret in it masked; see `Scrubber`."""
    return Scrubber(secrets)(text)


def scrubbed(error: BaseException, secrets: Iterable[str]) -> BaseException:
    """`error`, or a stand-in (`Redacted`) if it or one of its causes holds a secret."""
    scrub_known = Scrubber(secrets)
    for each in _chain(error):
        for text in _texts(each):
            if scrub_known(text) != text:
                return Redacted(scrub_known(f"{type(error).__name__}: {error}"))
    return error


def without_frames(error: E) -> E:
    """`error` without the frames of itself and its causes.

    Their local variables hold secrets, which programs that report crashes record. A context that
    `from None` hides is dropped altogether.
    """
    for each in _chain(error):
        each.__traceback__ = None
    for each in _chain(error):
        if each.__suppress_context__:
            each.__context__ = None
    return error


def mask_url(url: str, *, bare: bool = False) -> str:
    """`url` with the password in `user:password@` and signatures, keys and tokens masked.

    Args:
        url: the URL, or a text with URLs in it.
        bare: whether it is nothing but a URL, so that user and password may come without a scheme.
    """
    # Most texts have neither sign, and the patterns would take 1 ms of every process to compile.
    if "@" in url:
        if bare:
            url = re.sub(_BARE_USER_INFO, rf"\1:{MASK}", url)
        url = re.sub(_USER_INFO, rf"\1:{MASK}", url)
    return re.sub(_PARAMETER, rf"\1{MASK}", url) if "=" in url else url


def secret_spans(url: str, *, bare: bool = False) -> list[tuple[int, int]]:
    """The spans of `url` that `mask_url` masks, each as start and end."""
    spans: list[tuple[int, int]] = []
    if "@" in url:
        for pattern in (_USER_INFO, _BARE_USER_INFO)[: 2 if bare else 1]:
            spans += [(match.end(1) + 1, match.end()) for match in re.finditer(pattern, url)]
    if "=" in url:
        spans += [(match.end(1), match.end()) for match in re.finditer(_PARAMETER, url)]
    return spans


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


def _forms(secrets: Iterable[str]) -> Iterator[_Form]:
    """The forms in which each secret may appear in a text, each once for each secret."""
    for secret in secrets:
        yield from dict.fromkeys(_forms_of(secret))


def _forms_of(secret: str) -> Iterator[_Form]:
    from base64 import b64encode
    from json import dumps
    from urllib.parse import quote, quote_plus

    lines = (line for line in secret.splitlines() if len(line) >= _SHORTEST_LINE)
    for part in {secret, *lines}:
        if not part.strip():
            continue
        raw = _bytes_of(part)
        # Quoting bytes never fails; a text may have half characters.
        plain = {
            *(part, repr(part)[1:-1], dumps(part)[1:-1]),
            *(quote(raw), quote(raw, safe=""), quote_plus(raw)),
        }
        is_word = len(part) <= _LONGEST_WORD and part.isalnum()
        yield from (_Form(text, is_word) for text in plain)
        yield _Form(raw.hex(), False)
        for shift in range(3):
            # base64 depends on how many bytes come before (a user name, in Basic authentication),
            # modulo 3: one of these three appears in the encoded text. Its last character depends
            # on what follows: it is matched with it and without it.
            encoded = b64encode(b"\0" * shift + raw).decode().rstrip("=")[(0, 2, 3)[shift] :]
            for core in (encoded, encoded[:-1]):
                if len(core) >= _SHORTEST_ENCODED:
                    yield _Form(core, False)
                    yield _Form(core.replace("+", "-").replace("/", "_"), False)


def _bytes_of(text: str) -> bytes:
    """The bytes of a text; bytes that were not UTF-8 are restored, half characters let through."""
    try:
        return text.encode(errors="surrogateescape")
    except UnicodeEncodeError:
        return text.encode(errors="surrogatepass")
