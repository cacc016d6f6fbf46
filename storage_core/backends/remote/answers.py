"""What a server has answered, as each library keeps it in the exception that it raises."""

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
"""What S3 and Azure say of credentials, rather than of what these are allowed."""


class Answer(NamedTuple):
    """The head of an answer."""

    code: str
    """The service's own word for what is wrong; empty where it has none."""

    headers: Mapping[str, Any]


def answers(error: BaseException) -> Iterator[Answer]:
    """The answers that `error`, and what it was raised from, are about."""
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
    """Whether a refusal is about who asks, whatever it is that is asked for."""
    if any(answer.code in _UNKNOWN_TO_IT for answer in answers(error)):
        return True
    return any(status_of(each) == 401 for each in causes(error))
