"""Tokens for Google Cloud Storage: where they come from, how long they hold, why there are none."""

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
"""Seconds before its end from which on a token is not used any more."""

_CLOCK: Final = r"(?i)reasonable timeframe|check your iat and exp|clock|\biat\b|not yet valid"
_PROGRAMS: Final = "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES"
_LONGEST: Final = 160


class Tokens:
    """What an option `token` of gcsfs stands for, and the token that it has led to.

    What takes long blocks; who waits for it, how, and that nobody else does the same meanwhile, is
    for the engines to see to.
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
            token: what gcsfs takes for one: the JSON of an account, the path of its file, an access
                token, `anon`, `google_default`, `cloud`; None to look as Google's libraries do.
            source: what messages call it.
            instead: the setting to fill in where nothing is found.
            is_google: whether it leads to Google itself.
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
        """Whether there is nothing to look for."""

        self._accepted: str | None = None
        """The last token that was good for something."""

    def again(self) -> Tokens:
        """The same, with nothing found yet: for another session."""
        from copy import copy

        other = copy(self)
        other.is_found, other._accepted = self._is_given, None
        return other

    @property
    def _is_given(self) -> bool:
        """Whether the settings say all of it."""
        return isinstance(self._token, Found) or self._token == "anon"

    @property
    def project(self) -> str | None:
        """The project that the credentials belong to, where they say so."""
        found = self._found and self._found.credentials
        return getattr(found, "quota_project_id", None) or getattr(found, "project_id", None)

    def find(self) -> None:
        """Look for the credentials. It may read files and ask.

        Raises:
            Explained: there are none, or they cannot be used.
        """
        self._found = self._looked_for()
        self.is_found = True

    def fresh(self) -> str | None:
        """The present token, if it holds long enough for a request."""
        found = self._found and self._found.credentials
        token: str | None = found.token if found else None
        ends = _end(found) if token else None
        return token if ends is None or ends - _BEFORE > time.time() else None

    @property
    def service_account(self) -> Any:
        """What signs with the key of a service account; None where that is not who signs in."""
        found = self._found
        return found.credentials if found and found.kind == "service_account" else None

    @property
    def signs_nobody_in(self) -> bool:
        """Whether requests are not signed."""
        return self._found is None

    @property
    def only_asks(self) -> bool:
        """Whether to renew means to ask a server, and nothing else that blocks."""
        return self._found is not None and isinstance(self._found.credentials, ServiceAccount)

    def sign(self, headers: dict[str, str], token: str) -> None:
        """Add what signs in to the headers of a request."""
        if self._found is not None:
            self._found.credentials.apply(headers, token)

    def renew(self, asking: Asking) -> str | None:
        """Get another token; it is good for one request, however soon it ends.

        Args:
            asking: makes the requests for it.

        Raises:
            Explained: there is none to be had.
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
            # Programs that are run for a token fail in ways of their own.
            failure = self._failure(error, found, asking.url)
        else:
            return token
        self._forget()
        # Raised out here: what Google's library says may hold a part of a token.
        raise failure

    def late(self, url: str) -> Explained:
        """What it means that getting a token takes too long.

        Args:
            url: who was asked last.
        """
        return self._unanswered(url, "no answer", Fault.PASSING)

    def accepted(self, token: str | None) -> None:
        """Take note of an answer that says nothing against a token."""
        self._accepted = token

    def denied(self, status: int, error: BaseException, token: str | None) -> Explained | None:
        """What a refusal means; None where the settings say who was refused.

        Args:
            status: of the answer; a token that is not accepted is not used again.
            error: that stands for it.
            token: with which the request was signed.
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
                # It has been good before: revoked, perhaps, or of a server that has forgotten it.
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
        """Have the next call look for credentials again, where the settings do not give them."""
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

    def _failure(self, error: BaseException, found: Found, url: str) -> Explained:
        """What it means that there is no token."""
        # Imported when something has failed.
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
        """The server that gives tokens does not answer."""
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
"""What to do when there is no token, by kind of credentials."""


def _end(of_any: Any) -> float | None:
    """When a token ends, in seconds since 1970; None where that is unknown."""
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
    """Who is signed in, and by what."""
    return f"{found.names[0]} from {found.source}" if found.names else found.source


def _short(error: BaseException, secrets: tuple[str, ...]) -> str:
    """What Google's library says, in one line; the answer of the server stands beside it."""
    said = str(error.args[0] if error.args else error)
    if len(error.args) > 1 and isinstance(error.args[1], str):
        found = re.search(r'"message":\s*"((?:[^"\\]|\\.)*)"', error.args[1])
        said = f"{said}: {found[1]}" if found else said
    said = re.sub(r"\s+(See|Visit|More details|For more).*", "", said.partition("\n")[0])
    said = scrub(said.strip(" .,'\""), secrets)
    return f"{said[: _LONGEST - 1]}…" if len(said) > _LONGEST else said
