"""What Azure's refusals mean, which is mostly something other than wrong credentials."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from storage_core.backends.remote.clock import SET_THE_CLOCK, clock_apart
from storage_core.backends.remote.faults import Explained, Fault
from storage_core.signatures import said_of_end, signature_expiry

if TYPE_CHECKING:
    from collections.abc import Mapping

_REFUSED: Final = (401, 403, 409)

_MEANING: Final = {
    "AuthorizationPermissionMismatch": (
        "signed in, but not allowed to do this",
        "have the role Storage Blob Data Contributor assigned, and wait a few minutes",
    ),
    "KeyBasedAuthenticationNotPermitted": (
        "the account takes no keys",
        "give the name of the account instead of a connection string or a key",
    ),
    "PublicAccessNotPermitted": (
        "the account has nothing that is public",
        "take anon out of Options to sign in",
    ),
}
"""By error code: why, and what to do. AuthorizationFailure is not here, because azurite sends it
for a wrong key too."""

_OF_SIGNATURE: Final = {
    "AuthorizationPermissionMismatch": "have a signature (SAS) made that allows this too",
    "AuthorizationResourceTypeMismatch": "have a signature (SAS) made for Service, Container and "
    "Object",
    "AuthorizationServiceMismatch": "have a signature (SAS) made for Blob",
    "AuthorizationSourceIPMismatch": "have a signature (SAS) made for this machine's address",
    "AuthorizationProtocolMismatch": "use https: the signature (SAS) is for it alone",
}


def explained(status: int, headers: Mapping[str, Any], signed_by: str) -> Explained | None:
    """The error for an answer that refuses for one of the reasons known here; None for others.

    Args:
        status: the HTTP status of the answer.
        headers: those of the answer, to be asked for names in lower case.
        signed_by: the connection string or the SAS that signs.
    """
    if status not in _REFUSED:
        return None
    code = headers.get("x-ms-error-code", "")
    apart = clock_apart(headers.get("date") or "")
    if code == "AuthenticationFailed" and apart:
        return Explained(Fault.DENIED, f"access denied: {apart}", SET_THE_CLOCK)
    ends = signature_expiry(signed_by)
    if ends is not None and ends <= datetime.now(UTC):
        return Explained(Fault.DENIED, said_of_end(ends), "have a new one made")
    if ends is not None and code in _OF_SIGNATURE:
        return Explained(Fault.DENIED, "its signature (SAS) is for less", _OF_SIGNATURE[code])
    if code in _MEANING:
        return Explained(Fault.DENIED, *_MEANING[code])
    return None
