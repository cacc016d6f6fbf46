"""Who signs requests: the configuration's own keys, what is found elsewhere, or nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage_core.backends.drivers.clouds.aws.answers import fault_of, is_stale
from storage_core.backends.drivers.direct.s3.sigv4 import Keys, Signer
from storage_core.backends.remote.faults import Fault
from storage_core.backends.remote.threads import Lock

if TYPE_CHECKING:
    from storage_core.backends.drivers.clouds.aws.identity import Identity
    from storage_core.backends.drivers.clouds.aws.signing_in import SigningIn
    from storage_core.backends.remote.network import Network


class Signing:
    """Knows with whose keys a request is signed now."""

    def __init__(self, identity: Identity, timeout: float, network: Network) -> None:
        """Look for nothing yet.

        Args:
            identity: what the configuration says.
            timeout: seconds that signing in may take.
            network: how those are reached who hand out credentials.
        """
        self._identity = identity
        self._timeout = timeout
        self._network = network
        self._lock = Lock()
        self._signing_in: SigningIn | None = None
        self._signer: Signer | None = None
        self._of: object = None
        """The credentials of the signer, as they were found."""

        self._is_given = identity.has_keys and not identity.role.arn

    def signer(self) -> Signer | None:
        """Signs the next request; None where nobody signs in.

        Raises:
            Explained: there are no credentials.
            PermissionError: the configuration has one half of them.
        """
        if self._signer is not None and self._is_given:
            return self._signer
        given = self._identity
        if given.is_anonymous:
            return None
        if self._is_given:
            self._signer = Signer(Keys(_half(given), str(given.secret), given.token))
            return self._signer
        found = self._finding().credentials()
        if found is not self._of or self._signer is None:
            self._signer = Signer(Keys(found.access_key, found.secret_key, found.token))
            self._of = found
        return self._signer

    def has_others(self, refusal: dict[str, Any]) -> bool:
        """Whether there are other credentials than those that were refused."""
        if self._signing_in is None or fault_of(refusal) is not Fault.DENIED:
            return False
        return self._signing_in.renew(is_certain=is_stale(refusal))

    @property
    def who(self) -> str:
        """Who has signed in, as messages say it; empty where nobody had to."""
        return self._signing_in.who if self._signing_in else ""

    def close(self) -> None:
        """Stop what is still being waited for."""
        if self._signing_in is not None:
            self._signing_in.close()

    def _finding(self) -> SigningIn:
        with self._lock:
            if self._signing_in is None:
                # Loads botocore.
                from storage_core.backends.drivers.clouds.aws.signing_in import SigningIn

                self._signing_in = SigningIn(self._identity, self._timeout, self._network)
            return self._signing_in


def _half(given: Identity) -> str:
    if given.key and given.secret:
        return given.key
    missing = "aws_secret_access_key" if given.key else "aws_access_key_id"
    raise PermissionError(f"Partial credentials found in explicit, missing: {missing}")
