"""Tokens for Google Cloud Storage: their source, how long they are valid, why there are none."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, Final

from storage_core.backends.drivers.clouds.google import credentials
from storage_core.backends.drivers.clouds.google.asking import Lost
from storage_core.backends.drivers.clouds.google.credentials import LOGIN, Found
from storage_core.backends.drivers.clouds.google.service_account import ServiceAccount
from storage_core.backends.remote.faults import Explained, Fault, Redirected, classify, reason
from storage_core.errors import StorageError
from storage_core.redaction import scrub

if TYPE_CHECKING:
    from storage_core.backends.drivers.clouds.google.asking import Asking
    from storage_core.backends.remote.network import Network

_BEFORE: Final = 60.0
"""How many seconds before its expiry a token is no longer used."""

_CLOCK: Final = r"(?i)reasonable timeframe|check your iat and exp|clock|\biat\b|not yet valid"
_PROGRAMS: Final = "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES"
_LONGEST: Final = 160


class Tokens:
    """The credentials that gcsfs's option `token` stands for, and the present token.

    `find` and `renew` block. The engines decide how to wait for them, and make sure that only one
    caller at a time does so.
    """

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
            token: as gcsfs takes it: the JSON of an account, the path of its file, an access token,
                `anon`, `google_default`, `cloud`; None to look as Google's libraries do.
            source: what messages call it.
            instead: the setting to fill in if no credentials are found.
            is_google: whether the service is Google's own.
            network: how the servers that give tokens are reached.
            timeout: seconds within which there has to be an answer.
            secrets: texts that no message may show.
        """
        self._token = token
        self._source = source
        self._instead = instead
        self._is_google = is_google
        self._secrets = secrets
        self.network = network.of_another()
        self.timeout = timeout
        self._found = token if isinstance(token, Found) else None
        self.is_found = self._is_given
        """Whether `find` is not needed: the credentials are given, or have been found."""

        self._accepted: str | None = None
        """The last token that the service has accepted."""

    def again(self) -> Tokens:
        """A copy with nothing found yet, for another session."""
        from copy import copy

        other = copy(self)
        other.is_found, other._accepted = self._is_given, None
        return other

    @property
    def _is_given(self) -> bool:
        """Whether the settings say everything, so that nothing has to be looked for."""
        return isinstance(self._token, Found) or self._token == "anon"

    @property
    def project(self) -> str | None:
        """The project that the credentials belong to; None if they do not say it."""
        found = self._found and self._found.credentials
        return getattr(found, "quota_project_id", None) or getattr(found, "project_id", None)

    def find(self) -> None:
        """Look for the credentials. This may read files and ask the metadata server.

        Raises:
            Explained: there are none, or they cannot be used.
        """
        self._found = self._looked_for()
        self.is_found = True

    def fresh(self) -> str | None:
        """The present token; None if there is none, or none that is valid for long enough."""
        found = self._found and self._found.credentials
        token: str | None = found.token if found else None
        ends = _end(found) if token else None
        return token if ends is None or ends - _BEFORE > time.time() else None

    @property
    def service_account(self) -> Any:
        """The credentials of a service account, which sign with its key; None for all others."""
        found = self._found
        return found.credentials if found and found.kind == "service_account" else None

    @property
    def signs_nobody_in(self) -> bool:
        """Whether requests are not signed."""
        return self._found is None

    @property
    def only_asks(self) -> bool:
        """Whether `renew` only sends requests, and does nothing else that blocks."""
        return self._found is not None and isinstance(self._found.credentials, ServiceAccount)

    def sign(self, headers: dict[str, str], token: str) -> None:
        """Add a token to the headers of a request."""
        if self._found is not None:
            self._found.credentials.apply(headers, token)

    def renew(self, asking: Asking) -> str | None:
        """Get a new token, for one request however soon it expires; None if nobody signs in.

        Args:
            asking: makes the requests for it.

        Raises:
            Explained: there is no token.
        """
        found = self._found
        if found is None:
            return None
        try:
            found.credentials.refresh(asking)
            token: str = found.credentials.token
        except StorageError:
            raise
        except Exception as error:
            # Programs that are run for a token may cause any error.
            failure = self._failure(error, found, asking.url)
        else:
            return token
        self._forget()
        # Raised without a cause: the message of Google's library may show a part of a token.
        raise failure

    def late(self, url: str) -> Explained:
        """The error for a token that takes too long to get.

        Args:
            url: the server that was asked last.
        """
        return self._unanswered(url, "no answer", Fault.PASSING)

    def accepted(self, token: str | None) -> None:
        """Note that an answer did not refuse a token."""
        self._accepted = token

    def denied(self, status: int, error: BaseException, token: str | None) -> Explained | None:
        """The error for a refusal; None if the settings have the credentials that were refused.

        After status 401 the token is not used again, if another can be got.

        Args:
            status: the HTTP status of the answer.
            error: what the answer was turned into.
            token: the one that signed the request.
        """
        found = self._found
        said = reason(error, self._secrets)
        if found is None:
            if self._token is None:
                return self._nothing_found()
            return Explained(
                Fault.DENIED,
                f"it is not public, and token in Options signs nobody in ({said})",
                "take token out of Options to sign in",
            )
        if status == 401 and found.kind != "token":
            is_another = found.credentials.token not in (token, None)
            if not is_another:
                found.credentials.token = None
            if is_another or token == self._accepted:
                # It was accepted before: perhaps it is revoked, or the server has forgotten it.
                return Explained(Fault.PASSING, said, f"see to {found.source}")
            self._forget()
        if isinstance(self._token, Found):
            return None
        return Explained(
            Fault.DENIED,
            f"access denied to {_whom(found)} ({said})",
            "see what they are allowed" if found.kind != "token" else _REMEDIES["token"],
        )

    def _forget(self) -> None:
        """Have the next call look for credentials again, unless the settings have them."""
        self.is_found = self._is_given

    def _looked_for(self) -> Found | None:
        token = self._token
        if self._is_given:
            return self._found
        if token == "cloud":
            return credentials.of_machine()
        if token in (None, "google_default"):
            found = credentials.by_default()
            if found is None and (self._is_google or token):
                raise self._nothing_found()
            # A service other than Google's may need no sign-in; an emulator needs none.
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

    def _failure(self, error: BaseException, found: Found, url: str) -> Explained:
        """The error for a token that could not be got."""
        # Imported only when something has failed.
        from storage_core.backends.remote.hindrance import hindrance

        if said := hindrance(self.network, error):
            why = f"{url or found.source} gives no token: {said}"
            return Explained(said.fault, why, said.remedy, while_signing_in=True)
        inner = error.args[0] if error.args and isinstance(error.args[0], BaseException) else error
        for each in (error, inner):
            if isinstance(each, Lost) or _is_of_transport(each):
                cause = each.args[0] if each.args else each
                cause = cause if isinstance(cause, BaseException) else each
                why = reason(cause, self._secrets)
                if isinstance(cause, TimeoutError):
                    why = "no answer"
                if isinstance(cause, Redirected):
                    why = f"it redirects {cause}, which is not followed"
                return self._unanswered(url, why, classify(cause))
        words = _short(inner, self._secrets)
        if getattr(error, "retryable", False):
            return self._unanswered(url, words, Fault.PASSING)
        why = f"{url} gives no token for {_whom(found)} ({words})"
        if not url:
            why = f"{_whom(found)}: {words}"
        fault = (
            Fault.MISCONFIGURED if found.kind == "external_account" and not url else Fault.DENIED
        )
        remedy = _REMEDIES[found.kind]
        if re.search(_CLOCK, words):
            remedy = "set the clock of this machine"
        if _PROGRAMS in words:
            remedy = f"export {_PROGRAMS}=1 if you trust the program"
        return Explained(fault, why, remedy, while_signing_in=True)

    def _unanswered(self, url: str, why: str, fault: Fault) -> Explained:
        """The error for a server of tokens that does not answer."""
        source, kind = self._source, ""
        if self._found is not None:
            source, kind = self._found.source, self._found.kind
        remedy = f"check the network and what {source} names"
        if fault is Fault.MISCONFIGURED:
            remedy = f"correct the certificates, or what {source} names"
        if fault is Fault.REDIRECTED:
            fault, remedy = Fault.MISCONFIGURED, f"correct what {source} names"
        if kind == "metadata":
            remedy = _REMEDIES[kind]
        if fault is Fault.OTHER:
            fault = Fault.PASSING
        why = f"{url or source} gives no token: {why}"
        return Explained(fault, why, remedy, while_signing_in=True)

    def _nothing_found(self) -> Explained:
        return Explained(
            Fault.DENIED,
            "no Google credentials are found: neither GOOGLE_APPLICATION_CREDENTIALS nor "
            f"{credentials.default_file()} nor a metadata server",
            f"run: {LOGIN}, or fill in {self._instead}; for a public bucket write "
            'token = "anon" in Options',
            while_signing_in=True,
        )


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
"""What to do when there is no token, by the kind of the credentials."""


def _end(of_any: Any) -> float | None:
    """When the token of credentials expires, in seconds since 1970; None if it is unknown."""
    if hasattr(of_any, "ends"):
        ends: float | None = of_any.ends
        return ends
    if of_any.expiry is None:
        return None
    from datetime import UTC

    end: float = of_any.expiry.replace(tzinfo=UTC).timestamp()
    return end


def _is_of_transport(error: BaseException) -> bool:
    """Whether google-auth says that a server does not answer."""
    return any(
        each.__name__ == "TransportError" and each.__module__ == "google.auth.exceptions"
        for each in type(error).__mro__
    )


def _whom(found: Found) -> str:
    """Who is signed in, and where the credentials come from, as messages name it."""
    return f"{found.names[0]} from {found.source}" if found.names else found.source


def _short(error: BaseException, secrets: tuple[str, ...]) -> str:
    """The message of Google's library, with that in the server's answer, in one line."""
    said = str(error.args[0] if error.args else error)
    if len(error.args) > 1 and isinstance(error.args[1], str):
        found = re.search(r'"message":\s*"((?:[^"\\]|\\.)*)"', error.args[1])
        said = f"{said}: {found[1]}" if found else said
    said = re.sub(r"\s+(See|Visit|More details|For more).*", "", said.partition("\n")[0])
    said = scrub(said.strip(" .,'\""), secrets)
    return f"{said[: _LONGEST - 1]}…" if len(said) > _LONGEST else said
