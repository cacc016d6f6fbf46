"""Signs in to S3 behind another file system of fsspec, such as `simplecache::s3://`.

fsspec creates that S3 file system itself. Left alone, its client would ask on the terminal, and use
whatever credentials the machine has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ConfigParseError, ProfileNotFound

from storage_core.backends.drivers.clouds.aws.failures import explained
from storage_core.backends.drivers.clouds.aws.identity import OPTIONS, Role, told_apart
from storage_core.backends.drivers.clouds.aws.search import Search
from storage_core.backends.drivers.clouds.aws.signing_in import SigningIn
from storage_core.backends.drivers.s3fs.client import session_of
from storage_core.backends.drivers.s3fs.lasting import Lasting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.backends.drivers.clouds.aws.identity import Identity
    from storage_core.backends.remote.network import Network


def signed_in(options: Mapping[str, Any], network: Network, timeout: float) -> dict[str, Any]:
    """Arguments of `s3fs.S3FileSystem`, with a session that signs in our way.

    Args:
        options: those of the configuration.
        network: how the servers are reached.
        timeout: seconds that signing in may take.
    """
    if "session" in options:
        return dict(options)
    arguments, identity = told_apart(dict(options), Role(), OPTIONS)
    session = ChainedSession(identity, network, timeout)
    return {"skip_instance_cache": True, **arguments, "session": session}


class ChainedSession:
    """Stands in for a session of aiobotocore, which is made when it is needed."""

    def __init__(self, identity: Identity, network: Network, timeout: float) -> None:
        """Read nothing yet; see `signed_in`."""
        self._identity = identity
        self._network = network
        self._timeout = timeout

    def create_client(self, *args: Any, **arguments: Any) -> Any:
        """A client, which `async with` connects.

        Raises:
            Explained: the files of AWS cannot be used.
        """
        given = self._identity
        try:
            session = session_of({"profile": given.profile} if given.profile else {}, given)
        except (ConfigParseError, ProfileNotFound) as error:
            raise explained(error, Search(given, self._timeout, self._network)) from error
        if not (given.has_keys or given.is_anonymous):
            signing_in = SigningIn(given, self._timeout, self._network)
            session.register_component("credential_provider", Lasting(signing_in))
        return session.create_client(*args, **arguments)
