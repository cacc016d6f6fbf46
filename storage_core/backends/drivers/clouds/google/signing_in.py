"""Tokens for Google Cloud Storage: got in a thread, before they expire, and in good time."""

from __future__ import annotations

import asyncio
import re
from copy import copy
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import requests
from google.auth import exceptions
from google.auth.transport.requests import Request

from storage_core.backends.drivers.clouds.google import credentials
from storage_core.backends.drivers.clouds.google.credentials import LOGIN, Found
from storage_core.backends.drivers.clouds.requesting import Session
from storage_core.backends.remote.faults import Explained, Fault, ProxyRefused, classify, reason
from storage_core.backends.remote.hindrance import hindrance
from storage_core.backends.remote.worker import in_thread
from storage_core.errors import StorageError
from storage_core.redaction import scrub

if TYPE_CHECKING:
    from storage_core.backends.remote.network import Network

_BEFORE: Final = timedelta(seconds=60)
"""How long before its end a token is no longer used."""

_ANSWER: Final = 0.4
"""Of the time for a call, for one answer of a server that gives tokens."""

_ALL: Final = 0.8
"""Of the time for a call, for all of signing in."""

_CLOCK: Final = re.compile(
    r"(?i)reasonable timeframe|check your iat and exp|clock|\biat\b|not yet valid"
)
_PROGRAMS: Final = "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES"
_LONGEST: Final = 160


class SignIn:
    """Signs requests with whatever an option `token` of gcsfs stands for."""

    def __init__(
        self,
        token: Any,
        *,
        source: str,
        instead: str,
        is_google: bool,
        network: Network,
        timeout: float,
        secrets: tuple[str, ...],
    ) -> None:
        """Look for nothing yet.

        Args:
            token: what gcsfs takes for one: the JSON of an account, the path of its file, an access
                token, `anon`, `google_default`, `cloud`; None to look as Google's libraries do.
            source: what messages call it.
            instead: the setting to fill in where nothing is found.
            is_google: whether it leads to Google itself.
            network: how the servers that give tokens are reached.
            timeout: seconds within which there has to be an answer.
            secrets: what no message may show.
        """
        self._token = token
        self._source = source
        self._instead = instead
        self._is_google = is_google
        self._network = network.of_another()
        self._timeout = timeout
        self._secrets = secrets
        self._found: Found | None = None
        self._lock = asyncio.Lock()
        self._uses = 0
        """Requests that have been signed with the present token."""

    def again(self) -> SignIn:
        """The same, with nothing found yet: for another session, perhaps on another loop."""
        other = copy(self)
        other._found, other._lock, other._uses = None, asyncio.Lock(), 0
        return other

    @property
    def project(self) -> str | None:
        """The project that the credentials belong to, where they say so."""
        found = self._found and self._found.credentials
        return getattr(found, "quota_project_id", None) or getattr(found, "project_id", None)

    async def find(self) -> None:
        """Look for the credentials.

        Raises:
            Explained: there are none, or they cannot be used.
        """
        self._found = await in_thread(self._looked_for)

    async def sign(self, headers: dict[str, str]) -> None:
        """Add what signs in to the headers of a request.

        Raises:
            Explained: there is no token to be had.
        """
        if self._found is None:
            return
        if not self._is_fresh:
            async with self._lock:
                if not self._is_fresh:
                    await self._renew(self._found)
                    self._uses = 0
        self._uses += 1
        self._found.credentials.apply(headers)

    def denied(self, status: int, said: str) -> Explained | None:
        """What a refusal means; None where the settings say who was refused.

        Args:
            status: of the answer; a token that is not accepted is not used again.
            said: by the service.
        """
        found = self._found
        if found is None:
            if self._token is None:
                return _nothing_found(self._instead)
            return Explained(
                Fault.DENIED,
                f"it is not public, and token in Options signs nobody in ({said})",
                "take token out of Options to sign in",
            )
        if status == 401 and found.kind != "token":
            found.credentials.token = None
            if self._uses > 1:
                # It has been good before: revoked, perhaps, or of a server that has forgotten it.
                return Explained(Fault.PASSING, said, f"see to {found.source}")
        if isinstance(self._token, Found):
            return None
        return Explained(
            Fault.DENIED,
            f"access denied to {_whom(found)} ({said})",
            "see what they are allowed" if found.kind != "token" else _REMEDIES["token"],
        )

    @property
    def _is_fresh(self) -> bool:
        of_google = self._found and self._found.credentials
        if not (of_google and of_google.token):
            return False
        expiry = of_google.expiry
        return expiry is None or expiry - _BEFORE > datetime.now(UTC).replace(tzinfo=None)

    def _looked_for(self) -> Found | None:
        token = self._token
        if isinstance(token, Found):
            return token
        if token == "anon":
            return None
        if token == "cloud":
            return credentials.of_machine()
        if token in (None, "google_default"):
            found = credentials.by_default()
            if found is None and (self._is_google or token):
                raise _nothing_found(self._instead)
            # A service of one's own may want nobody to sign in; an emulator does not.
            return found
        if token in ("browser", "cache"):
            raise Explained(
                Fault.MISCONFIGURED,
                "token in Options would have a person sign in on a web page",
                f"leave it out, and run: {LOGIN}",
                while_signing_in=True,
            )
        if isinstance(token, dict):
            return credentials.of_json(token, self._source)
        if isinstance(token, str) and (token.endswith(".json") or "/" in token):
            return credentials.of_file(token, f"the file that {self._source} names")
        if isinstance(token, str):
            return credentials.of_token(token, self._source)
        return Found(token, self._source, "token")

    async def _renew(self, found: Found) -> None:
        asking = Asking(self._timeout, self._network)
        try:
            async with asyncio.timeout(_ALL * self._timeout):
                await in_thread(lambda: found.credentials.refresh(asking.ready()))
        except TimeoutError:
            failure = _unanswered(asking.url, found, "no answer", Fault.PASSING)
        except StorageError:
            raise
        except Exception as error:
            # Programs that are run for a token fail in ways of their own.
            failure = self._failure(error, found, asking.url)
        else:
            return
        # Raised out here: what Google's library says may hold a part of a token.
        raise failure

    def _failure(self, error: BaseException, found: Found, url: str) -> Explained:
        """What it means that there is no token."""
        if said := hindrance(self._network, error):
            why = f"{url or found.source} gives no token: {said}"
            return Explained(said.fault, why, said.remedy, while_signing_in=True)
        inner = error.args[0] if error.args and isinstance(error.args[0], BaseException) else error
        for each in (error, inner):
            if isinstance(each, exceptions.TransportError):
                cause = each.args[0] if each.args else each
                cause = cause if isinstance(cause, BaseException) else each
                why = reason(cause, self._secrets)
                if isinstance(cause, requests.Timeout):
                    why = "no answer"
                return _unanswered(url, found, why, classify(cause))
        words = scrub(_short(inner), self._secrets)
        if getattr(error, "retryable", False):
            return _unanswered(url, found, words, Fault.PASSING)
        why = f"{url} gives no token for {_whom(found)} ({words})"
        if not url:
            why = f"{_whom(found)}: {words}"
        fault = (
            Fault.MISCONFIGURED if found.kind == "external_account" and not url else Fault.DENIED
        )
        remedy = _REMEDIES[found.kind]
        if _CLOCK.search(words):
            remedy = "set the clock of this machine"
        if _PROGRAMS in words:
            remedy = f"export {_PROGRAMS}=1 if you trust the program"
        return Explained(fault, why, remedy, while_signing_in=True)


_REMEDIES: Final = {
    "authorized_user": f"the sign-in has expired or was revoked: run: {LOGIN}",
    "external_account_authorized_user": f"the sign-in has expired or was revoked: run: {LOGIN}",
    "service_account": "see whether the account and its key exist and are enabled, or make a new "
    "key",
    "impersonated_service_account": f"run: {LOGIN}, or have the role Service Account Token Creator "
    "granted",
    "external_account": "check credential_source and audience in it",
    "metadata": "give this machine a service account, or correct GCE_METADATA_HOST",
    "token": f"get a new one, or run: {LOGIN}",
}
"""What to do when there is no token, by kind of credentials."""


class Asking(Request):
    """Requests of google-auth, in good time; remembers which server was asked last."""

    def __init__(self, timeout: float, network: Network) -> None:
        """Ask nobody yet.

        Args:
            timeout: seconds that the whole call may take.
            network: how the servers are reached.
        """
        self._network = network
        self.url = ""
        self._answer = _ANSWER * timeout
        self._until = monotonic() + _ALL * timeout

    def ready(self) -> Asking:
        """The same, with certificates, which are read from files."""
        start: Any = super().__init__
        start(Session(self._network))
        return self

    def __call__(self, url: str, *args: Any, **kwargs: Any) -> Any:
        """Make one request; no redirect is followed."""
        self.url = url.partition("?")[0]
        left = min(self._answer, self._until - monotonic())
        if left <= 0:
            raise _lost("no answer in time")
        kwargs["timeout"] = left
        ask: Any = super().__call__
        answer = ask(url, *args, allow_redirects=False, **kwargs)
        if answer.status == ProxyRefused.status:
            raise _lost(ProxyRefused())
        if answer.status == 429 or answer.status >= 500:
            # google-auth would try again by itself, and longer than there is time.
            raise _lost(f"it answered {answer.status}")
        return answer


_lost: Any = exceptions.TransportError
"""An answer that does not come; untyped in google-auth."""


def _nothing_found(instead: str) -> Explained:
    return Explained(
        Fault.DENIED,
        "no Google credentials are found: neither GOOGLE_APPLICATION_CREDENTIALS nor "
        f"{credentials.default_file()} nor a metadata server",
        f'run: {LOGIN}, or fill in {instead}; for a public bucket write token = "anon" in Options',
        while_signing_in=True,
    )


def _unanswered(url: str, found: Found, why: str, fault: Fault) -> Explained:
    """The server that gives tokens does not answer."""
    remedy = f"check the network and what {found.source} names"
    if fault is Fault.MISCONFIGURED:
        remedy = f"correct the certificates, or what {found.source} names"
    if found.kind == "metadata":
        remedy = _REMEDIES[found.kind]
    if fault is Fault.OTHER:
        fault = Fault.PASSING
    why = f"{url or found.source} gives no token: {why}"
    return Explained(fault, why, remedy, while_signing_in=True)


def _whom(found: Found) -> str:
    """Who is signed in, and by what."""
    return f"{found.names[0]} from {found.source}" if found.names else found.source


def _short(error: BaseException) -> str:
    """What Google's library says, in one line; the answer of the server stands beside it."""
    said = str(error.args[0] if error.args else error)
    if len(error.args) > 1 and isinstance(error.args[1], str):
        found = re.search(r'"message":\s*"((?:[^"\\]|\\.)*)"', error.args[1])
        said = f"{said}: {found[1]}" if found else said
    said = re.sub(r"\s+(See|Visit|More details|For more).*", "", said.partition("\n")[0])
    said = said.strip(" .,'\"")
    return f"{said[: _LONGEST - 1]}…" if len(said) > _LONGEST else said
