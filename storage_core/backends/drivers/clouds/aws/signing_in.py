"""Credentials that a configuration does not hold: found once, and again before they expire.

botocore finds them, in a thread, since it reads files, runs programs and waits for servers. The
methods here block, and threads that need credentials at the same time share a search; only `now`
never blocks.
"""

from __future__ import annotations

import os
from functools import partial
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    Credentials,
    DeferredRefreshableCredentials,
    RefreshableCredentials,
)
from botocore.utils import create_nested_client

from storage_core.backends.drivers.clouds.aws import failures
from storage_core.backends.drivers.clouds.aws.chain import ROLE, ways
from storage_core.backends.drivers.clouds.aws.identity import FRESH
from storage_core.backends.drivers.clouds.aws.names import CONFIGURED_ROLE
from storage_core.backends.drivers.clouds.aws.search import Search
from storage_core.backends.remote.faults import Explained, Fault
from storage_core.backends.remote.lock import Lock
from storage_core.backends.remote.threads import within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage_core.backends.drivers.clouds.aws.identity import Identity
    from storage_core.backends.remote.network import Network

LONGEST: Final = 0.8
"""Fraction of the timeout that finding credentials may take, to leave time to explain a failure."""

_NAMING: Final = 0.1
"""Fraction of the timeout that finding out what took too long may take."""

_MARGINS: Final = (120, 30, 5, 1)
"""Seconds before they expire from which on credentials are not used: the first that is at most a
quarter of what they have left when they come."""


class SigningIn:
    """The credentials of one client."""

    def __init__(self, identity: Identity, timeout: float, network: Network) -> None:
        """Find nothing yet.

        Args:
            identity: what the configuration says.
            timeout: seconds that one call may take.
            network: how the servers are reached.
        """
        self._identity = identity
        self._timeout = timeout
        self._network = network
        self._found: Found | None = None
        self._finding: _Finding | None = None
        self._lock = Lock()

    @property
    def who(self) -> str:
        """Who has signed in, in the words of messages; empty before that."""
        return self._found.who if self._found else ""

    @property
    def now(self) -> Any:
        """The credentials to sign with now; None if they are still to be found."""
        found = self._found
        return None if found is None or found.expires_within(found.margin) else found.frozen

    def credentials(self) -> Any:
        """The credentials to sign with now; this blocks if they are still to be found.

        Raises:
            Explained: there are none.
        """
        found = self._found
        if found is not None and not found.expires_within(found.margin):
            return found.frozen
        try:
            return self._find().frozen
        except Explained:
            if found is None or found.expires_within(0):
                raise
            return found.frozen

    def seconds_left(self, at_most: int) -> int:
        """For how many seconds the current credentials are valid, `at_most` if that is longer."""
        found = self._found
        if found is None or not found.expires_within(at_most):
            return at_most
        # botocore only tells whether they are valid for a given number of seconds: bisect.
        holds, ends = 0, at_most
        while ends - holds > 1:
            middle = (holds + ends) // 2
            if found.expires_within(middle):
                ends = middle
            else:
                holds = middle
        return max(holds, 1)

    def renew(self, used: Sequence[str | None] | None, *, is_certain: bool) -> bool:
        """Find credentials anew, since a request was refused; whether there are others now.

        Args:
            used: key, secret and token that were refused, and perhaps more; None for those that
                were found last.
            is_certain: whether it was refused for them. An answer that gives no reason may be about
                what they are allowed, and then those that have just been found are kept.
        """
        before = self._found
        if before is not None and used is not None and used[:3] != before.frozen[:3]:
            return True  # Another thread, whose request was refused earlier, has found new ones.
        if before is not None and not is_certain and before.age < FRESH:
            return False
        try:
            found = self._find()
        except Explained:
            if is_certain:
                raise
            return False
        return before is None or found.frozen != before.frozen

    def close(self) -> None:
        """Stop a search that is still running."""
        finding = self._finding
        if finding is not None:
            finding.search.helpers.stop()

    def _find(self) -> Found:
        """Search, or wait for the search that another thread has begun."""
        with self._lock:
            finding = self._finding
            mine = finding is None or finding.process != os.getpid()
            if mine or finding is None:
                search = Search(self._identity, self._timeout, self._network)
                finding = self._finding = _Finding(search)
        if mine:
            try:
                self._found = finding.found = self._searched(finding.search)
            except Explained as said:
                finding.said = said
            finally:
                self._finding = None
                finding.ended.set()
        else:
            finding.ended.wait()
        if finding.found is None:
            raise finding.said or TimeoutError
        return finding.found

    def _searched(self, search: Search) -> Found:
        try:
            return within(self._timeout * LONGEST, found_by, search)
        except TimeoutError:
            search.helpers.stop()
        raise self._silent(search)

    def _silent(self, search: Search) -> Explained:
        """The explanation of what has not answered. Naming it reads files, which may hang too."""
        seconds = self._timeout * LONGEST
        try:
            return within(self._timeout * _NAMING, failures.silent, search, seconds)
        except Exception:
            return Explained(
                Fault.OTHER,
                f"signing in has taken more than {seconds:.1f} seconds",
                "see whether the files of AWS can be read (AWS_CONFIG_FILE, ~/.aws)",
                while_signing_in=True,
            )


class _Finding:
    """A search that one thread makes, and others wait for."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.process = os.getpid()
        self.ended = Event()
        self.found: Found | None = None
        self.said: Explained | None = None


class Found:
    """Credentials, and how long they are valid."""

    def __init__(self, source: Any, who: str) -> None:
        """Take what botocore has found.

        Args:
            source: botocore's credentials.
            who: who has signed in, in the words of messages.
        """
        self.frozen = source.get_frozen_credentials()
        self.who = who
        self._source = source
        self._since = monotonic()
        long = (each for each in _MARGINS if not self.expires_within(4 * each))
        self.margin = next(long, 0)

    @property
    def age(self) -> float:
        """Seconds since they were found."""
        return monotonic() - self._since

    def expires_within(self, seconds: float) -> bool:
        """Whether they are valid for no longer than `seconds`."""
        is_passing = isinstance(self._source, RefreshableCredentials)
        return is_passing and bool(self._source.refresh_needed(seconds))


def found_by(search: Search) -> Found:
    """Search for credentials; this blocks.

    Raises:
        Explained: there are none.
    """
    try:
        return _found_by(search)
    except Explained:
        raise
    except Exception as error:
        said = failures.explained(error, search)
    # Raised out here, without the original as context: that may hold a helper's output.
    raise said


def _found_by(search: Search) -> Found:
    given = search.identity
    if given.has_keys:
        source: Any = Credentials(given.key, given.secret, given.token)
    else:
        source = _of_the_machine(search)
    if given.role.arn:
        # First get the credentials that assume the role, to tell a failure there apart.
        source.get_frozen_credentials()
        search.way = CONFIGURED_ROLE
        extra = {"ExternalId": given.role.external_id} if given.role.external_id else {}
        fetcher = AssumeRoleCredentialFetcher(
            partial(create_nested_client, search.machine), source, given.role.arn, extra
        )
        source = DeferredRefreshableCredentials(fetcher.fetch_credentials, ROLE)
    return Found(source, failures.who(search))


def _of_the_machine(search: Search) -> Any:
    for way in ways(search.machine, search.helpers):
        search.way = way.METHOD
        found = way.load()
        if found is not None:
            return found
    raise failures.none_found(search)
