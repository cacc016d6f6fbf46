"""What the error answers of S3 and compatible services mean."""

from __future__ import annotations

from typing import Any, Final

from storage_core.backends.remote.faults import Fault, causes, classify_status

_DENIED: Final = frozenset(
    {
        "AccessDenied",
        "ExpiredToken",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidToken",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
        "TokenRefreshRequired",
        "UnrecognizedClientException",
    }
)
_STALE: Final = frozenset(
    {"ExpiredToken", "InvalidAccessKeyId", "InvalidToken", "TokenRefreshRequired"}
)
_PASSING: Final = frozenset(
    {
        "ConditionalRequestConflict",
        "InternalError",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
    }
)
_ELSEWHERE: Final = frozenset(
    {
        "AuthorizationHeaderMalformed",
        "IllegalLocationConstraintException",
        "PermanentRedirect",
        "TemporaryRedirect",
    }
)


class Refusal(OSError):
    """S3 has refused a request, or failed at it; both engines raise it."""

    def __init__(self, answer: dict[str, Any], operation: str) -> None:
        """Keep what was answered.

        Args:
            answer: in botocore's form, with `Error` and `ResponseMetadata`.
            operation: AWS's name of the request: `PutObject`.
        """
        said = answer["Error"]
        super().__init__(said.get("Message") or said.get("Code") or type(self).__name__)
        self.response = answer
        self.operation = operation


def error_answer(error: BaseException) -> dict[str, Any] | None:
    """The answer in `error`, or in one of its causes; None without one."""
    for each in causes(error):
        answer = getattr(each, "response", None)
        if isinstance(answer, dict) and "Error" in answer:
            return answer
    return None


def code_of(error: BaseException) -> str:
    """The service's error code; empty if it gave none."""
    answer = error_answer(error)
    code: str = answer["Error"].get("Code", "") if answer else ""
    return code


def fault_of(answer: dict[str, Any]) -> Fault:
    code = answer["Error"].get("Code", "")
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code == "NoSuchBucket":
        return Fault.PLACE_MISSING
    if code == "NoSuchKey":
        return Fault.BLOB_MISSING
    if code in _DENIED:
        return Fault.DENIED
    if code in _PASSING:
        return Fault.PASSING
    if code in _ELSEWHERE or (status in (301, 307, 400) and region_of(answer)):
        return Fault.MISCONFIGURED if region_of(answer) else Fault.REDIRECTED
    if code == "PreconditionFailed":
        return Fault.TAKEN
    return classify_status(status)


def is_without_reason(answer: dict[str, Any]) -> bool:
    """Whether the answer does not tell what is wrong with the request: perhaps the region."""
    is_number = str(answer["Error"].get("Code", "")).isdigit()
    return is_number and fault_of(answer) in (Fault.OTHER, Fault.REDIRECTED)


def names_another_region(answer: dict[str, Any], *, of_head: bool) -> bool:
    """Whether to sign the request again, for the region that the answer names.

    Args:
        answer: with an error in it.
        of_head: whether it answers a HEAD request, and so cannot give a reason.
    """
    if region_of(answer) is None:
        return False
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    is_sent_away = status in (301, 302, 307) or answer["Error"].get("Code") in _ELSEWHERE
    return is_sent_away or (of_head and status == 400)


def is_stale(answer: dict[str, Any]) -> bool:
    """Whether the credentials are refused in a way that others may cure."""
    return answer["Error"].get("Code", "") in _STALE


def reason_in(answer: dict[str, Any], words: str, given: str | None) -> str:
    """What to tell a person about an answer.

    Args:
        answer: with an error in it.
        words: the server's own.
        given: the region in the settings.
    """
    region = region_of(answer)
    if region and fault_of(answer) is Fault.MISCONFIGURED:
        return f"the bucket is in {region}, Region Name is {given or 'not set'}"
    code: str = answer["Error"].get("Code", "")
    return code if code.isdigit() or code == words else f"{code}: {words}"


def region_of(answer: dict[str, Any]) -> str | None:
    """The region of the bucket, if the server says that it is in another one."""
    headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    region = headers.get("x-amz-bucket-region") or answer["Error"].get("Region")
    return str(region) if region else None
