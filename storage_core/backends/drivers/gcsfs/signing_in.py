"""Tokens for Google Cloud Storage: got in a thread, before they expire, and in good time."""

from __future__ import annotations

import asyncio
import re
from copy import copy
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, Final

from google.auth import exceptions
from google.auth.transport.requests import Request

from storage_core.backends.drivers.gcsfs import credentials
from storage_core.backends.drivers.gcsfs.credentials import LOGIN, Found
from storage_core.backends.remote.faults import Elsewhere, Fault, classify, reason
from storage_core.backends.remote.worker import in_thread
from storage_core.errors import AccessDenied, ConfigurationError, StorageError, StorageUnavailable
from storage_core.redaction import scrub

_BEFORE: Final = timedelta(seconds=60)
"""How long before its end a token is no longer used."""

_ANSWER: Final = 0.4
"""Of the time for a call, for one answer of a server that gives tokens."""

_ALL: Final = 0.8
"""Of the time for a call, for all of signing in."""

_CLOCK: Final = re.compile(
    r"(?i)reasonable timeframe|check your iat and exp|clock|\biat\b|not yet valid"
)
_LONGEST: Final = 160


class SignIn:
    """Signs requests with whatever an option `token` of gcsfs stands for."""

    def __init__(
        self,
        token: Any,
        *,
        source: str,
        location: str,
        is_google: bool,
        timeout: float,
        secrets: tuple[str, ...],
    ) -> None:
        """Look for nothing yet.

        Args:
            token: what gcsfs takes for one: the JSON of an account, the path of its file, an access
                token, `anon`, `google_default`, `cloud`; None to look as Google's libraries do.
            source: what messages call it.
            location: as messages call the place.
            is_google: whether it leads to Google itself.
            timeout: seconds within which there has to be an answer.
            secrets: what no message may show.
        """
        self._token = token
        self._source = source
        self._location = location
        self._is_google = is_google
        self._timeout = timeout
        self._secrets = secrets
        self._found: Found | None = None
        self._lock = asyncio.Lock()

    def again(self) -> SignIn:
        """The same, with nothing found yet: for another session, perhaps on another loop."""
        other = copy(self)
        other._found, other._lock = None, asyncio.Lock()
        return other

    @property
    def project(self) -> str | None:
        """The project that the credentials belong to, where they say so."""
        found = self._found and self._found.credentials
        return getattr(found, "quota_project_id", None) or getattr(found, "project_id", None)

    async def find(self) -> None:
        """Look for the credentials.

        Raises:
            AccessDenied: there are none.
            ConfigurationError: they cannot be used.
        """
        self._found = await in_thread(self._looked_for)

    async def sign(self, headers: dict[str, str]) -> None:
        """Add what signs in to the headers of a request.

        Raises:
            StorageError: there is no token to be had.
            Elsewhere: the server that gives them does not answer.
        """
        if self._found is None:
            return
        if not self._is_fresh:
            async with self._lock:
                if not self._is_fresh:
                    await self._renew(self._found)
        self._found.credentials.apply(headers)

    def refused(self, status: int) -> None:
        """Take note of an answer: a token that is not accepted is not used again.

        Raises:
            AccessDenied: nobody was signed in, because nothing was found to sign in with.
        """
        if status == 401 and self._found is not None and self._found.kind != "token":
            self._found.credentials.token = None
        if status in (401, 403) and self._found is None and self._token is None:
            raise AccessDenied(f"{self._location} wants a sign-in, and {_nothing_found()}")

    @property
    def _is_fresh(self) -> bool:
        of_google = self._found and self._found.credentials
        if not (of_google and of_google.token):
            return False
        expiry = of_google.expiry
        return expiry is None or expiry - _BEFORE > datetime.now(UTC).replace(tzinfo=None)

    def _looked_for(self) -> Found | None:
        token, where = self._token, self._location
        if isinstance(token, Found):
            return token
        if token == "anon":
            return None
        if token == "cloud":
            return credentials.of_machine()
        if token in (None, "google_default"):
            found = credentials.by_default(where)
            if found is None and (self._is_google or token):
                raise AccessDenied(f"{where} cannot be signed in to: {_nothing_found()}")
            # A service of one's own may want nobody to sign in; an emulator does not.
            return found
        if token in ("browser", "cache"):
            raise ConfigurationError(
                f"{where}: token = {token!r} in Options would ask in a browser; "
                f"leave it out and run: {LOGIN}"
            )
        if isinstance(token, dict):
            return credentials.of_json(token, self._source, where)
        if isinstance(token, str) and (token.endswith(".json") or "/" in token):
            return credentials.of_file(token, f"{self._source} ({token})", where)
        if isinstance(token, str):
            return credentials.of_token(token, self._source)
        return Found(token, self._source, "token")

    async def _renew(self, found: Found) -> None:
        asking = Asking(self._timeout)
        what = f"{self._location} cannot be signed in to"
        try:
            async with asyncio.timeout(_ALL * self._timeout):
                await in_thread(found.credentials.refresh, asking)
        except TimeoutError:
            raise Elsewhere(f"{asking.url or found.source} gives no token", found.source) from None
        except (exceptions.GoogleAuthError, ValueError, TypeError, OSError) as error:
            failure = self._failure(error, found, asking.url, what)
        else:
            return
        # Raised out here: what Google's library says may hold a part of a token.
        raise failure

    def _failure(self, error: BaseException, found: Found, url: str, what: str) -> Exception:
        """What it means that there is no token."""
        at = f" at {url}" if url else ""
        inner = error.args[0] if error.args and isinstance(error.args[0], BaseException) else error
        said = scrub(_short(str(inner)), self._secrets)
        transport = next(
            (each for each in (error, inner) if isinstance(each, exceptions.TransportError)), None
        )
        if transport is not None:
            cause = transport.args[0] if transport.args else transport
            cause = cause if isinstance(cause, BaseException) else transport
            why = f"{url or found.source} gives no token: {reason(cause, self._secrets)}"
            fault = classify(cause)
            if fault is Fault.MISCONFIGURED:
                return ConfigurationError(f"{what}: {why}; correct the certificates")
            if fault is Fault.UNKNOWN_HOST:
                return StorageUnavailable(
                    f"{what}: {why}; correct {found.source}, or check the network"
                )
            return Elsewhere(why, found.source)
        if getattr(error, "retryable", False):
            return Elsewhere(f"{url or found.source} gives no token: {said}", found.source)
        who = f" of {found.names[0]}" if found.names else ""
        no_token = f"{what}: no token for {found.source}{who}{at} ({said})"
        kind: type[StorageError] = AccessDenied
        if _CLOCK.search(said):
            remedy = "set the clock of this machine"
        elif found.kind in ("authorized_user", "external_account_authorized_user"):
            remedy = f"the sign-in has expired or was revoked; run: {LOGIN}"
            if "invalid_client" in said:
                remedy = f"its OAuth client is not known or disabled; run: {LOGIN}"
        elif found.kind == "service_account":
            remedy = "see whether the account and its key are there and enabled, or make a new key"
        elif found.kind == "impersonated_service_account":
            remedy = (
                "run: gcloud auth application-default login again, or have the role Service "
                "Account Token Creator granted"
            )
        elif found.kind == "external_account":
            kind = ConfigurationError if not url else AccessDenied
            remedy = "check credential_source and audience in it"
        elif found.kind == "metadata":
            remedy = "give this machine a service account, or correct GCE_METADATA_HOST"
        else:
            remedy = f"get a new one, or run: {LOGIN}"
        return kind(f"{no_token}; {remedy}")


class Asking(Request):
    """Requests of google-auth, in good time; remembers which server was asked last."""

    def __init__(self, timeout: float) -> None:
        """Ask nobody yet.

        Args:
            timeout: seconds that the whole call may take.
        """
        super().__init__()
        self.url = ""
        self._answer = _ANSWER * timeout
        self._until = monotonic() + _ALL * timeout

    def __call__(self, url: str, *args: Any, **kwargs: Any) -> Any:
        """Make one request; no redirect is followed."""
        self.url = url.partition("?")[0]
        left = min(self._answer, self._until - monotonic())
        if left <= 0:
            late: Any = exceptions.TransportError
            raise late("no answer in time")
        kwargs["timeout"] = left
        ask: Any = super().__call__
        return ask(url, *args, allow_redirects=False, **kwargs)


def _nothing_found() -> str:
    return (
        "there are no Google credentials: neither GOOGLE_APPLICATION_CREDENTIALS nor "
        f"{credentials.default_file()} nor a metadata server; run: {LOGIN}, or fill in Service "
        'Account Info; for a public bucket set token = "anon" in Options'
    )


def _short(said: str) -> str:
    line = said.partition(", {")[0].partition("\n")[0].strip("( '\"")
    line = re.sub(r"\s+(See|Visit|More details|For more).*", "", line).rstrip(" .,'\"")
    return f"{line[: _LONGEST - 1]}…" if len(line) > _LONGEST else line
