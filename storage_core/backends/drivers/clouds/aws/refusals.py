"""Explains refusals by the services that hand out credentials, and by S3 itself."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, Final

from storage_core.backends.drivers.clouds.aws.names import (
    CONFIGURED_ROLE,
    WEB_IDENTITY,
    files_with,
    look_at_the_network,
    option_for,
    profile_words,
    service_words,
    sso_profile,
    told,
)
from storage_core.backends.remote.clock import clock_apart
from storage_core.backends.remote.faults import Explained, Fault

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

    from storage_core.backends.drivers.clouds.aws.identity import Identity
    from storage_core.backends.drivers.clouds.aws.machine import Machine
    from storage_core.backends.drivers.clouds.aws.search import Search

_KEYS_REFUSED: Final = {
    "ExpiredToken": "have expired",
    "ExpiredTokenException": "have expired",
    "InvalidClientTokenId": "are unknown to it",
    "SignatureDoesNotMatch": "do not belong together",
    "UnrecognizedClientException": "are unknown to it",
}
_CLOCK: Final = ("RequestExpired", "RequestTimeTooSkewed")
_OLD: Final = re.compile("Signature (expired|not yet current)")
"""STS's message for a wrong clock, which has the error code of a wrong signature."""


def refused_by_a_service(error: ClientError, search: Search, machine: Machine) -> Explained:
    code, said = _error_in(error.response)
    if machine.asked and machine.asked[0] != "sts":
        return _sso_refused(said, machine)
    if search.way == WEB_IDENTITY:
        token = os.environ.get("AWS_WEB_IDENTITY_TOKEN_FILE", "")
        whose = "AWS_WEB_IDENTITY_TOKEN_FILE" if token else profile_words(machine)
        return told(
            Fault.DENIED,
            f"{service_words(search)} gave no role for the token of {whose} ({said})",
            "see whether the token is still valid, and whether the role trusts who has issued it",
        )
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status >= 500 or code == "Throttling":
        return told(
            Fault.PASSING, f"{service_words(search)} failed ({said})", look_at_the_network(search)
        )
    if code in _CLOCK or _OLD.search(said):
        date = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
        apart = clock_apart(date)
        return told(
            Fault.DENIED,
            f"{service_words(search)} refuses the time of this machine ({apart or said})",
            "set its clock",
        )
    if code in _KEYS_REFUSED:
        keys, correct = _asking_keys(search, machine)
        return told(
            Fault.DENIED,
            f"{service_words(search)} refused {keys}, which {_KEYS_REFUSED[code]} ({code})",
            correct,
        )
    labels, given = search.identity.labels, search.identity
    if search.way == CONFIGURED_ROLE:
        role, origin = given.role.arn, labels.role
        correct = f"{labels.role}{f' and {labels.external_id}' if given.role.external_id else ''}"
        extra = f"correct {correct}"
        if not given.role.external_id:
            extra += f", or set {labels.external_id} if the role asks for one"
    else:
        role = machine.profile(machine.profile_name).get("role_arn")
        origin = profile_words(machine)
        extra = (
            f"correct role_arn and external_id of {profile_words(machine)} in {files_with(machine)}"
        )
    return told(
        Fault.DENIED,
        f"{service_words(search)} gave no role {role} ({origin}): {said}",
        f"{extra}, or have the role trust who asks for it",
    )


def _asking_keys(search: Search, machine: Machine) -> tuple[str, str]:
    """The keys that are used to assume a role, and what to do if they are refused."""
    labels, given = search.identity.labels, search.identity
    if given.has_keys:
        return labels.keys, f"correct {labels.keys}"
    if search.way == CONFIGURED_ROLE and not given.profile and "AWS_ACCESS_KEY_ID" in os.environ:
        return (
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
            "export valid ones, and AWS_SESSION_TOKEN where they are temporary",
        )
    source = machine.profile(machine.profile_name).get("source_profile", machine.profile_name)
    return (
        f"the keys of {profile_words(machine, source)} in {files_with(machine, source)}",
        f"get valid ones and write them with aws configure{option_for(source)}",
    )


def _sso_refused(said: str, machine: Machine) -> Explained:
    option = option_for(sso_profile(machine))
    return told(
        Fault.DENIED,
        f"the SSO portal gave {profile_words(machine)} no credentials ({said})",
        f"correct sso_account_id and sso_role_name in {files_with(machine)}, or sign in again "
        f"with: aws sso login{option}",
    )


def _error_in(answer: dict[str, Any]) -> tuple[str, str]:
    """The code and the message of an error."""
    error = answer.get("Error", {})
    code, words = str(error.get("Code", "")), " ".join(str(error.get("Message", "")).split())
    return code, f"{code}: {words.rstrip('.')}" if words else code


def refused(answer: dict[str, Any], identity: Identity, who: str) -> Explained | None:
    """S3 refused a request; None where it is the configuration's own keys that are to be checked.

    Args:
        answer: with its error.
        identity: what the configuration says.
        who: had signed in; empty where nobody had to.
    """
    code, said = _error_in(answer)
    if code in _CLOCK:
        return None  # Those are nobody's credentials.
    has_expired = "Expired" in code
    labels = identity.labels
    if identity.is_anonymous:
        remedy = (
            "nobody has signed in (anon in Options), and only public buckets are open to that; "
            f"take it away, and set {labels.keys} or {labels.profile}"
        )
    elif who:
        what = "get new credentials there" if has_expired else "see what is allowed there"
        remedy = f"{what}: {who} signed in"
    elif has_expired and identity.token:
        remedy = f"get new temporary credentials, and set {labels.token} with its keys"
    else:
        return None
    return Explained(Fault.DENIED, f"access denied ({said})", remedy)
