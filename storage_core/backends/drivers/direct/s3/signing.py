"""Whose keys sign requests: the configuration's own, those found elsewhere, or none."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from storage_core.backends.drivers.clouds.aws.answers import fault_of, is_stale
from storage_core.backends.drivers.clouds.aws.identity import FRESH
from storage_core.backends.drivers.direct.s3.sigv4 import Keys, Signer
from storage_core.backends.remote.faults import Explained, Fault
from storage_core.backends.remote.lock import Lock

if TYPE_CHECKING:
    from storage_core.backends.drivers.clouds.aws.identity import Identity
    from storage_core.backends.drivers.clouds.aws.signing_in import SigningIn
    from storage_core.backends.drivers.direct.s3.ambient import Ambient
    from storage_core.backends.remote.limit import Limit
    from storage_core.backends.remote.network import Network


class Signing:
    """Knows with whose keys a request is signed now."""

    def __init__(
        self, identity: Identity, timeout: float, network: Network, ambient: Ambient
    ) -> None:
        """Look for nothing yet.

        Args:
            identity: who signs in, by the configuration.
            timeout: seconds that signing in may take.
            network: how the services that hand out credentials are reached.
            ambient: what AWS's files and variables on this machine say.
        """
        self._identity = identity
        self._timeout = timeout
        self._network = network
        self._ambient = ambient
        self._lock = Lock()
        self._signing_in: SigningIn | None = None
        self._lasting: Signer | None = None
        """The signer with fixed keys, used until they are refused."""

        self._since = 0.0
        self._found: tuple[object, Signer | None] = (None, None)
        """The credentials that were found last, and their signer."""

    def signer(self, limit: Limit) -> Signer | None:
        """The signer of the next request; None for anonymous requests.

        Raises:
            Explained: there are no credentials.
            PermissionError: the configuration has only half of them.
            OutOfTime: they cannot be read within the limit.
        """
        # Read the attribute once: another thread may set it to None when the keys are refused.
        signer = self._lasting
        if signer is not None:
            return signer
        given = self._identity
        if given.is_anonymous:
            return None
        if given.has_keys and not given.role.arn:
            signer = self._lasting = Signer(Keys(_half(given), str(given.secret), given.token))
            return signer
        if self._signing_in is None and not given.role.arn:
            said = self._ambient.plain(limit)
            if said is not None and said.keys is not None:
                self._since = monotonic()
                signer = self._lasting = Signer(Keys(*said.keys))
                return signer
        found = self._finding().credentials()
        known, signer = self._found
        if found is not known or signer is None:
            signer = Signer(Keys(found.access_key, found.secret_key, found.token))
            self._found = found, signer
        return signer

    def has_others(self, refusal: dict[str, Any], used: Signer | None) -> bool:
        """Whether there are other credentials than those that were refused.

        Args:
            refusal: the error in the answer.
            used: the signer of the request.
        """
        given = self._identity
        is_given = given.is_anonymous or (given.has_keys and not given.role.arn)
        if is_given or fault_of(refusal) is not Fault.DENIED:
            return False
        is_certain, refused = is_stale(refusal), self._lasting
        if refused is None or used is None or used.keys != refused.keys:
            return self._finding().renew(used.keys if used else None, is_certain=is_certain)
        if not is_certain and monotonic() - self._since < FRESH:
            return False
        # From now on they are looked for in all places, and again before they expire.
        finding = self._finding()
        try:
            if finding.who:
                # They have been looked for meanwhile, to say whose they are.
                finding.renew(refused.keys, is_certain=is_certain)
            found = finding.credentials()
        except Explained:
            if is_certain:
                raise
            return False
        self._lasting = None
        return Keys(found.access_key, found.secret_key, found.token) != refused.keys

    @property
    def finding(self) -> SigningIn | None:
        """What has found the credentials in use; None if they are fixed."""
        return self._signing_in if self._lasting is None else None

    @property
    def who(self) -> str:
        """Who has signed in, in the words of messages; empty for anonymous requests."""
        given = self._identity
        if given.is_anonymous or (given.has_keys and not given.role.arn):
            return ""
        finding = self._finding()
        if not finding.who:
            try:
                finding.credentials()
            except Explained:
                return ""
        return finding.who

    def close(self) -> None:
        """Stop a search for credentials that is still running."""
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
