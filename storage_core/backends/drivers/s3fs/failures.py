"""Why signing in on AWS failed: what did, where its name comes from, and the next step."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConfigParseError,
    CredentialRetrievalError,
    HTTPClientError,
    InvalidConfigError,
    LoginError,
    NoAuthTokenError,
    PartialCredentialsError,
    ProfileNotFound,
    SSLError,
    SSOError,
    TokenRetrievalError,
)
from botocore.exceptions import ConnectionError as NotConnected

from storage_core.backends.drivers.s3fs.chain import CodeWanted, device_of
from storage_core.backends.remote.faults import Explained, Fault, reason
from storage_core.paths import shortened

if TYPE_CHECKING:
    from storage_core.backends.drivers.s3fs.machine import Machine
    from storage_core.backends.drivers.s3fs.search import Search

CONFIGURED_ROLE: Final = "configured-role"
"""The way by the configuration's own role, beside botocore's words for the others."""

_WEB_IDENTITY: Final = "assume-role-with-web-identity"
_CONTAINER: Final = "container-role"
_INSTANCE: Final = "iam-role"
_SERVICES: Final = {
    "sts": "STS",
    "sso": "the SSO portal",
    "sso-oidc": "the SSO token service",
    "signin": "AWS Sign-In",
}
_KEYS_REFUSED: Final = {
    "ExpiredToken": "have expired",
    "ExpiredTokenException": "have expired",
    "InvalidClientTokenId": "are unknown to it",
    "SignatureDoesNotMatch": "do not belong together",
    "UnrecognizedClientException": "are unknown to it",
}
_LONGEST: Final = 160
"""Characters of what a helper says that are passed on."""


def explained(error: Exception, search: Search) -> Explained:
    """What to tell a person of what botocore has raised."""
    machine = search.machine
    if isinstance(error, ProfileNotFound):
        return _no_profile(search, machine)
    if isinstance(error, ConfigParseError):
        return _broken_file(error)
    if isinstance(error, CodeWanted):
        return _code_wanted(machine)
    if isinstance(error, SSLError):
        return _said(
            Fault.MISCONFIGURED,
            f"{_service(search)}: {reason(error, ())}",
            "have its certificate trusted by CA Bundle or AWS_CA_BUNDLE",
        )
    if isinstance(error, ClientError):
        return _refused_by_a_service(error, search, machine)
    if search.helpers.last is not None and machine.asked is None:
        return _helper(error, search, machine)
    if isinstance(error, BotoCoreError) and "IMDS" in type(error).__name__:
        return _said(
            Fault.MISCONFIGURED,
            f"AWS_EC2_METADATA_SERVICE_ENDPOINT or its mode cannot be used ({reason(error, ())})",
            "correct it",
        )
    if search.way == "custom-process" and isinstance(error, ValueError):
        line = _line("credential_process", machine, machine.profile_name)
        return _said(
            Fault.MISCONFIGURED, f"{line} is no command ({reason(error, ())})", f"correct {line}"
        )
    if isinstance(error, ValueError) and (wrong := machine.unusable()):
        return _said(
            Fault.MISCONFIGURED, f"{wrong}, which is no number", f"correct {wrong.split()[0]}"
        )
    if isinstance(error, SSOError | NoAuthTokenError | TokenRetrievalError):
        return _sso(error, machine)
    if isinstance(error, LoginError):
        return _said(
            Fault.DENIED,
            f"{_profile(machine)} is not signed in ({reason(error, ())})",
            f"aws login{_option(machine.profile_name)}",
        )
    if search.way == _WEB_IDENTITY and isinstance(error, OSError | UnicodeDecodeError):
        return _token_file(error, search, machine)
    if search.way == _CONTAINER:
        return _container(error, search, machine)
    if isinstance(error, PartialCredentialsError):
        return _partial(error, search, machine)
    if isinstance(error, NotConnected | HTTPClientError) and machine.asked:
        return _said(
            Fault.PASSING,
            f"{_service(search)} cannot be reached ({reason(error, ())})",
            _look_at_the_network(search),
        )
    if isinstance(error, InvalidConfigError):
        return _invalid(error, search, machine)
    why = reason(error, ()) if isinstance(error, BotoCoreError) else type(error).__name__
    return _said(
        Fault.DENIED, f"{_way(search, machine)} gave no credentials ({why})", _instead(search)
    )


def silent(search: Search, seconds: float) -> Explained:
    """Something has not answered within the time that signing in may take."""
    machine, helper = search.machine, search.helpers.last
    remedy = "raise Timeout, or see why it takes so long"
    if machine.asked:
        what, remedy = _service(search), _look_at_the_network(search)
    elif helper is not None:
        what = _helper_words(helper.program, helper.profile, machine)
        remedy = f"run it by hand to see what it waits for, or raise Timeout: {_program(helper)} …"
    else:
        what = _way(search, machine)
    return _said(Fault.OTHER, f"{what} has not answered within {seconds:.1f} seconds", remedy)


def none_found(search: Search) -> Explained:
    """Nothing that botocore knows has any credentials."""
    labels, machine = search.identity.labels, search.machine
    files = _files(machine)
    if search.identity.profile:
        return _said(
            Fault.DENIED,
            f"{_profile(machine)} holds no credentials and no way to get any; looked in {files}",
            f"complete it with aws configure{_option(machine.profile_name)}, or correct "
            f"{labels.profile}",
        )
    looked = ["AWS_ACCESS_KEY_ID", f"{_profile(machine)} in {files}", "container and instance"]
    return _said(
        Fault.DENIED,
        f"no AWS credentials were found (looked for {', '.join(looked)})",
        f"set {labels.keys}, or {labels.profile}, or export AWS_ACCESS_KEY_ID and "
        "AWS_SECRET_ACCESS_KEY; for a public bucket set anon = true in Options",
    )


def who(search: Search) -> str:
    """Who has signed in, in the words that the other messages have."""
    given, machine = search.identity, search.machine
    if search.way == CONFIGURED_ROLE:
        return f"the role {given.role.arn} ({given.labels.role})"
    return _way(search, machine)


def refused(answer: dict[str, Any], who: str) -> Explained:
    """S3 refused credentials that the configuration does not hold.

    Args:
        answer: with its error.
        who: had signed in.
    """
    code, said = _error_in(answer)
    what = "sign in again" if "Expired" in code else "see what is allowed there, and to whom"
    return Explained(Fault.DENIED, f"access denied ({said})", f"{what}: {who} signed in")


def _said(fault: Fault, why: str, remedy: str) -> Explained:
    return Explained(fault, why, remedy, while_signing_in=True)


def _helper(error: Exception, search: Search, machine: Machine) -> Explained:
    helper, code = search.helpers.last, search.helpers.exit_code
    assert helper is not None
    words = _helper_words(helper.program, helper.profile, machine)
    by_hand = f"run it by hand to see why: {_program(helper)} …"
    if isinstance(error, OSError):
        return _said(
            Fault.MISCONFIGURED,
            f"{words} cannot be run ({error.strerror or type(error).__name__})",
            f"install it, or correct {_line('credential_process', machine, helper.profile)}",
        )
    if code:
        said = _last_words(search.helpers.stderr)
        said = f": {said}" if said else ""
        return _said(Fault.DENIED, f"{words} failed (exit code {code}{said})", by_hand)
    if isinstance(error, RuntimeError):
        return _said(Fault.DENIED, f"{words} gave credentials that have expired", by_hand)
    # What it has printed may hold a secret.
    return _said(
        Fault.DENIED,
        f"{words} has not printed credentials as AWS defines them: JSON with Version 1, "
        "AccessKeyId and SecretAccessKey",
        by_hand,
    )


def _last_words(stderr: bytes) -> str:
    """What a helper has said, or the end of it: the reason comes last in a traceback."""
    lines = [" ".join(line.split()) for line in stderr.decode("utf-8", "replace").splitlines()]
    text = " ".join(lines)
    return text if len(text) <= _LONGEST else next(filter(None, reversed(lines)), "")[:_LONGEST]


def _helper_words(program: str, profile: str, machine: Machine) -> str:
    return f"the credential helper {program} ({_line('credential_process', machine, profile)})"


def _program(helper: Any) -> str:
    return shlex.quote(helper.program)


def _token_file(error: OSError | UnicodeDecodeError, search: Search, machine: Machine) -> Explained:
    variable = "AWS_WEB_IDENTITY_TOKEN_FILE"
    path = "" if search.identity.profile else os.environ.get(variable, "")
    origin = variable
    if not path:
        path = machine.profile(machine.profile_name).get("web_identity_token_file", "")
        origin = _line("web_identity_token_file", machine, machine.profile_name)
    why = error.strerror if isinstance(error, OSError) else "it is not text"
    return _said(
        Fault.MISCONFIGURED,
        f"the token file {path} ({origin}) cannot be read ({why})",
        f"create it, or correct {origin}",
    )


def _sso(error: Exception, machine: Machine) -> Explained:
    return _said(
        Fault.DENIED,
        f"the SSO session of {_profile(machine)} has expired or was never begun "
        f"({reason(error, ())})",
        f"sign in with: aws sso login{_option(_sso_profile(machine))}",
    )


def _sso_profile(machine: Machine) -> str:
    """The profile that has the SSO session: this one, or one that it takes its credentials from."""
    name, seen = machine.profile_name, set[str]()
    while name not in seen:
        seen.add(name)
        found = machine.profile(name)
        if "sso_account_id" in found:
            return name
        name = found.get("source_profile", name)
    return machine.profile_name


def _code_wanted(machine: Machine) -> Explained:
    profile = device_of(machine, machine.profile_name) or machine.profile_name
    option = _option(machine.profile_name)
    return _said(
        Fault.DENIED,
        f"the role of {_profile(machine, profile)} asks for the code of an MFA device "
        f"({_line('mfa_serial', machine, profile)})",
        f"sign in first: aws sts get-caller-identity{option} asks for the code and keeps what it "
        "gets for it; or use keys from aws sts get-session-token",
    )


def _container_variable() -> str:
    variables = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI")
    return next((each for each in variables if each in os.environ), variables[1])


def _container(error: Exception, search: Search, machine: Machine) -> Explained:
    variable, where = _container_variable(), _way(search, machine)
    token = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
    if isinstance(error, OSError):
        path = os.environ.get(token)
        return _said(
            Fault.MISCONFIGURED,
            f"the token file {path} ({token}) cannot be read ({error.strerror})",
            f"create it, or correct {token}",
        )
    kind = Fault.DENIED if isinstance(error, CredentialRetrievalError) else Fault.MISCONFIGURED
    said = str(error).rpartition("container metadata: ")[2] or type(error).__name__
    said = said if isinstance(error, BotoCoreError | ValueError) else type(error).__name__
    return _said(
        kind,
        f"{where} gave no credentials ({' '.join(said.split())[:_LONGEST]})",
        f"see whether it runs, or correct {variable}",
    )


def _partial(error: PartialCredentialsError, search: Search, machine: Machine) -> Explained:
    missing = str(error.kwargs.get("cred_var", ""))
    if search.way == "env":
        missing = "AWS_SECRET_ACCESS_KEY"
        return _said(
            Fault.MISCONFIGURED,
            f"AWS_ACCESS_KEY_ID is set, and {missing} is not",
            f"export {missing} too, or take away AWS_ACCESS_KEY_ID",
        )
    return _said(
        Fault.MISCONFIGURED,
        f"{_profile(machine)} in {_files(machine)} is incomplete: {missing} is missing",
        f"complete it with aws configure{_option(machine.profile_name)}",
    )


def _invalid(error: InvalidConfigError, search: Search, machine: Machine) -> Explained:
    if search.way == _WEB_IDENTITY and "AWS_WEB_IDENTITY_TOKEN_FILE" in os.environ:
        return _said(
            Fault.MISCONFIGURED,
            "AWS_WEB_IDENTITY_TOKEN_FILE is set, and AWS_ROLE_ARN is not",
            "export AWS_ROLE_ARN too, or take away AWS_WEB_IDENTITY_TOKEN_FILE",
        )
    said = str(error.kwargs.get("error_msg", error)).rstrip(".")
    return _said(
        Fault.MISCONFIGURED,
        f"{_profile(machine)} cannot be used ({said})",
        f"correct it in {_files(machine)}",
    )


def _no_profile(search: Search, machine: Machine) -> Explained:
    config, credentials = machine.files()
    states = []
    for path, variable in (
        (config, "AWS_CONFIG_FILE"),
        (credentials, "AWS_SHARED_CREDENTIALS_FILE"),
    ):
        of = f" ({variable})" if variable in os.environ else ""
        state = "" if os.access(path, os.R_OK) else ", which cannot be read"
        state = state if os.path.exists(path) else ", which does not exist"
        states.append(f"{shortened(path)}{of}{state}")
    return _said(
        Fault.MISCONFIGURED,
        f"there is no {_profile(machine)} in {' and '.join(states)}",
        f"correct {_names_the_profile(search)}, or make it with aws configure"
        f"{_option(machine.profile_name)}",
    )


def _broken_file(error: ConfigParseError) -> Explained:
    path = str(error.kwargs.get("path", ""))
    variables = ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
    named = [each for each in variables if _is_same(os.environ.get(each), path)]
    return _said(
        Fault.MISCONFIGURED,
        f"{shortened(path)}{f' ({named[0]})' if named else ''} is no AWS configuration file: it "
        "cannot be parsed",
        "correct it: each setting is a line NAME = VALUE below a line [profile NAME]",
    )


def _is_same(one: str | None, other: str) -> bool:
    return bool(one) and os.path.expanduser(str(one)) == os.path.expanduser(other)


def _refused_by_a_service(error: ClientError, search: Search, machine: Machine) -> Explained:
    code, said = _error_in(error.response)
    if machine.asked and machine.asked[0] != "sts":
        return _sso_refused(said, machine)
    if search.way == _WEB_IDENTITY:
        token = os.environ.get("AWS_WEB_IDENTITY_TOKEN_FILE", "")
        whose = "AWS_WEB_IDENTITY_TOKEN_FILE" if token else _profile(machine)
        return _said(
            Fault.DENIED,
            f"{_service(search)} gave no role for the token of {whose} ({said})",
            "see whether the token is still valid, and whether the role trusts who has issued it",
        )
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status >= 500 or code == "Throttling":
        return _said(
            Fault.PASSING, f"{_service(search)} failed ({said})", _look_at_the_network(search)
        )
    if code in _KEYS_REFUSED:
        keys, correct = _asking_keys(search, machine)
        return _said(
            Fault.DENIED,
            f"{_service(search)} refused {keys}, which {_KEYS_REFUSED[code]} ({code})",
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
        origin = _profile(machine)
        extra = f"correct role_arn and external_id of {_profile(machine)} in {_files(machine)}"
    return _said(
        Fault.DENIED,
        f"{_service(search)} gave no role {role} ({origin}): {said}",
        f"{extra}, or have the role trust who asks for it",
    )


def _error_in(answer: dict[str, Any]) -> tuple[str, str]:
    """The code of an error, and what to say of it."""
    error = answer.get("Error", {})
    code, words = str(error.get("Code", "")), " ".join(str(error.get("Message", "")).split())
    return code, f"{code}: {words.rstrip('.')}" if words else code


def _asking_keys(search: Search, machine: Machine) -> tuple[str, str]:
    """The keys that ask for a role, and what to do when they are refused."""
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
        f"the keys of {_profile(machine, source)} in {_files(machine, source)}",
        f"get valid ones and write them with aws configure{_option(source)}",
    )


def _sso_refused(said: str, machine: Machine) -> Explained:
    option = _option(_sso_profile(machine))
    return _said(
        Fault.DENIED,
        f"the SSO portal gave {_profile(machine)} no credentials ({said})",
        f"correct sso_account_id and sso_role_name in {_files(machine)}, or sign in again with: "
        f"aws sso login{option}",
    )


def _service(search: Search) -> str:
    """The service that was asked, its address and where that comes from."""
    machine = search.machine
    assert machine.asked is not None
    name, url = machine.asked
    origin = _names_the_service(search, name, url)
    where = f" at {url}" if url else ""
    return f"{_SERVICES.get(name, name)}{where}{f' ({origin})' if origin else ''}"


def _names_the_service(search: Search, name: str, url: str) -> str:
    if name == "sts" and search.identity.role.endpoint_url:
        return search.identity.labels.sts
    for variable in (
        f"AWS_ENDPOINT_URL_{name.upper().replace('-', '_')}",
        "AWS_ENDPOINT_URL",
    ):
        if os.environ.get(variable) == url:
            return variable
    return ""


def _look_at_the_network(search: Search) -> str:
    machine = search.machine
    assert machine.asked is not None
    origin = _names_the_service(search, *machine.asked)
    if not origin and machine.asked[0] == "sts":
        origin = search.identity.labels.region
    return f"check the network{f' and {origin}' if origin else ''}, or raise Timeout"


def _way(search: Search, machine: Machine) -> str:
    """The way that is in use."""
    if search.way == "env":
        return "the keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    if search.way == CONFIGURED_ROLE:
        return f"the role {search.identity.role.arn} ({search.identity.labels.role})"
    if search.way == _WEB_IDENTITY and "AWS_ROLE_ARN" in os.environ:
        return f"the role {os.environ['AWS_ROLE_ARN']} (AWS_ROLE_ARN)"
    if search.way == _INSTANCE:
        variable = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
        found = machine.get_config_variable("ec2_metadata_service_endpoint")
        where = f"{found} ({variable})" if found else "http://169.254.169.254"
        return f"the instance's metadata service at {where}"
    if search.way == _CONTAINER:
        variable = _container_variable()
        return f"the container's credential service at {os.environ.get(variable)} ({variable})"
    return f"{_profile(machine)} in {_files(machine)}"


def _instead(search: Search) -> str:
    labels = search.identity.labels
    return f"mend it, or set {labels.keys} or another {labels.profile}"


def _profile(machine: Machine, name: str | None = None) -> str:
    variables = ("AWS_DEFAULT_PROFILE", "AWS_PROFILE")
    shown = name or machine.profile_name
    is_named = machine.instance_variables().get("profile") is not None
    if not is_named and shown == machine.profile_name:
        variable = next((each for each in variables if os.environ.get(each) == shown), None)
        if variable:
            return f"profile {shown} ({variable})"
    return f"profile {shown}"


def _names_the_profile(search: Search) -> str:
    if search.identity.profile:
        return search.identity.labels.profile
    return "AWS_DEFAULT_PROFILE" if "AWS_DEFAULT_PROFILE" in os.environ else "AWS_PROFILE"


def _line(setting: str, machine: Machine, profile: str) -> str:
    return f"{setting} of {_profile(machine, profile)} in {_files(machine, profile)}"


def _files(machine: Machine, profile: str | None = None) -> str:
    """The files that have the profile, or those that were looked at."""
    return " and ".join(map(shortened, machine.files_of(profile or machine.profile_name)))


def _option(profile: str) -> str:
    return "" if profile == "default" else f" --profile {shlex.quote(profile)}"
