"""What a server has answered, found in the exceptions of each library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from storage_core.backends.remote.faults import causes, status_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_UNKNOWN_TO_IT: Final = frozenset(
    {
        "AuthenticationFailed",
        "ExpiredToken",
        "InvalidAccessKeyId",
        "InvalidAuthenticationInfo",
        "InvalidClientTokenId",
        "InvalidToken",
        "SignatureDoesNotMatch",
        "TokenRefreshRequired",
        "UnrecognizedClientException",
    }
)
"""Error codes of S3 and Azure that say that credentials are invalid, not that they lack a right."""


class Answer(NamedTuple):
    """The status and the error code of an answer."""

    code: str
    """The service's error code, such as `NoSuchBucket`; empty if it gives none."""

    headers: Mapping[str, Any]


def answers(error: BaseException) -> Iterator[Answer]:
    """The answers that `error` and its causes carry."""
    for each in causes(error):
        answer = getattr(each, "response", None)
        if isinstance(answer, dict):  # botocore
            code = answer.get("Error", {}).get("Code", "")
            headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
            yield Answer(str(code), headers)
        elif (found := getattr(answer, "headers", getattr(each, "headers", None))) is not None:
            code = getattr(each, "error_code", None)
            yield Answer(str(getattr(code, "value", code) or ""), found)


def are_credentials_unknown(error: BaseException) -> bool:
    """Whether a refusal is about the credentials themselves, whatever was requested."""
    if any(answer.code in _UNKNOWN_TO_IT for answer in answers(error)):
        return True
    return any(status_of(each) == 401 for each in causes(error))
