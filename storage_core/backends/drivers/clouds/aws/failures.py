"""Explains why signing in to AWS failed: what failed, where its name comes from, the next step."""

from __future__ import annotations

import os
import shlex
from socket import EAI_AGAIN, gaierror
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
    ParamValidationError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)
from botocore.exceptions import ConnectionError as NotConnected

from storage_core.backends.drivers.clouds.aws.chain import CodeWanted, device_of
from storage_core.backends.drivers.clouds.aws.names import (
    CONFIGURED_ROLE,
    CONTAINER,
    WEB_IDENTITY,
    container_variable,
    files_with,
    instead,
    line_of,
    look_at_the_network,
    names_the_profile,
    names_the_service,
    option_for,
    profile_words,
    service_words,
    sso_profile,
    told,
    way_words,
)
from storage_core.backends.drivers.clouds.aws.refusals import refused_by_a_service
from storage_core.backends.remote.faults import Explained, Fault, causes, reason
from storage_core.backends.remote.hindrance import hindrance
from storage_core.paths import shortened

if TYPE_CHECKING:
    from storage_core.backends.drivers.clouds.aws.machine import Machine
    from storage_core.backends.drivers.clouds.aws.search import Search

_LONGEST: Final = 160
"""How many characters of a helper's output are shown."""


def explained(error: Exception, search: Search) -> Explained:
    """The explanation of what botocore has raised."""
    machine = search.machine
    if isinstance(error, ProfileNotFound):
        return _no_profile(search, machine)
    if isinstance(error, ConfigParseError):
        return _broken_file(error)
    if isinstance(error, CodeWanted):
        return _code_wanted(machine)
    if machine.asked and (said := hindrance(machine.network, error)):
        return told(said.fault, f"{service_words(search)}: {said}", said.remedy)
    if isinstance(error, ClientError):
        return refused_by_a_service(error, search, machine)
    if search.helpers.last is not None and machine.asked is None:
        return _helper(error, search, machine)
    if isinstance(error, BotoCoreError) and "IMDS" in type(error).__name__:
        return told(
            Fault.MISCONFIGURED,
            f"AWS_EC2_METADATA_SERVICE_ENDPOINT or its mode cannot be used ({reason(error, ())})",
            "correct it",
        )
    if search.way == "custom-process" and isinstance(error, ValueError):
        line = line_of("credential_process", machine, machine.profile_name)
        return told(
            Fault.MISCONFIGURED, f"{line} is no command ({reason(error, ())})", f"correct {line}"
        )
    if isinstance(error, ValueError) and (wrong := machine.unusable()):
        return told(
            Fault.MISCONFIGURED, f"{wrong}, which is no number", f"correct {wrong.split()[0]}"
        )
    if isinstance(error, SSOError | NoAuthTokenError | TokenRetrievalError):
        return _sso(error, machine)
    if isinstance(error, LoginError):
        return told(
            Fault.DENIED,
            f"{profile_words(machine)} is not signed in ({reason(error, ())})",
            f"aws login{option_for(machine.profile_name)}",
        )
    if search.way == WEB_IDENTITY and isinstance(error, OSError | UnicodeDecodeError):
        return _token_file(error, search, machine)
    if search.way == CONTAINER:
        return _container(error, search, machine)
    if isinstance(error, PartialCredentialsError):
        return _partial(error, search, machine)
    if isinstance(error, NotConnected | HTTPClientError) and machine.asked:
        return _unreachable(error, search)
    if isinstance(error, ParamValidationError) and search.way == CONFIGURED_ROLE:
        why = " ".join(str(error).split()[3:]).rstrip(".")
        labels = search.identity.labels
        return told(
            Fault.MISCONFIGURED,
            f"{way_words(search, machine)} cannot be asked for ({why})",
            f"correct {labels.role} or {labels.external_id}",
        )
    if search.way == "env" and isinstance(error, ValueError):
        return told(
            Fault.MISCONFIGURED,
            "AWS_CREDENTIAL_EXPIRATION is no time",
            "correct it, or take it away",
        )
    if isinstance(error, RuntimeError):
        again = "export new ones" if search.way == "env" else instead(search)
        return told(
            Fault.DENIED, f"{way_words(search, machine)} gave credentials that have expired", again
        )
    if isinstance(error, InvalidConfigError):
        return _invalid(error, search, machine)
    if machine.asked and not isinstance(error, BotoCoreError):
        name = names_the_service(search, *machine.asked)
        return told(
            Fault.OTHER,
            f"{service_words(search)} has not answered as such a service does "
            f"({type(error).__name__})",
            f"correct {name}" if name else look_at_the_network(search),
        )
    why = reason(error, ()) if isinstance(error, BotoCoreError) else type(error).__name__
    return told(
        Fault.DENIED, f"{way_words(search, machine)} gave no credentials ({why})", instead(search)
    )


def silent(search: Search, seconds: float) -> Explained:
    """The explanation that something has not answered within the time for signing in."""
    machine, helper = search.machine, search.helpers.last
    remedy = "raise Timeout, or see why it takes so long"
    if machine.asked:
        what, remedy = service_words(search), look_at_the_network(search)
    elif helper is not None:
        what = _helper_words(helper.program, helper.profile, machine)
        remedy = f"run it by hand to see what it waits for, or raise Timeout: {_program(helper)} …"
    elif search.way == WEB_IDENTITY:
        what, _ = _token_file_words(search, machine)
    else:
        what = way_words(search, machine)
    return told(Fault.OTHER, f"{what} has not answered within {seconds:.1f} seconds", remedy)


def none_found(search: Search) -> Explained:
    """The explanation that no way that botocore knows has any credentials."""
    labels, machine = search.identity.labels, search.machine
    files = files_with(machine)
    if search.identity.profile:
        return told(
            Fault.DENIED,
            f"{profile_words(machine)} holds no credentials and no way to get any; looked in "
            f"{files}",
            f"complete it with aws configure{option_for(machine.profile_name)}, or correct "
            f"{labels.profile}",
        )
    looked = ["AWS_ACCESS_KEY_ID", f"{profile_words(machine)} in {files}", "container and instance"]
    return told(
        Fault.DENIED,
        f"no AWS credentials were found (looked for {', '.join(looked)})",
        f"set {labels.keys}, or {labels.profile}, or export AWS_ACCESS_KEY_ID and "
        "AWS_SECRET_ACCESS_KEY; for a public bucket set anon = true in Options",
    )


def who(search: Search) -> str:
    """Who has signed in, in the words of the other messages."""
    given, machine = search.identity, search.machine
    if search.way == CONFIGURED_ROLE:
        return f"the role {given.role.arn} ({given.labels.role})"
    return way_words(search, machine)


def _helper(error: Exception, search: Search, machine: Machine) -> Explained:
    helper, code = search.helpers.last, search.helpers.exit_code
    assert helper is not None
    words = _helper_words(helper.program, helper.profile, machine)
    by_hand = f"run it by hand to see why: {_program(helper)} …"
    if isinstance(error, OSError):
        return told(
            Fault.MISCONFIGURED,
            f"{words} cannot be run ({error.strerror or type(error).__name__})",
            f"install it, or correct {line_of('credential_process', machine, helper.profile)}",
        )
    if code:
        said = _last_words(search.helpers.stderr)
        said = f": {said}" if said else ""
        return told(Fault.DENIED, f"{words} failed (exit code {code}{said})", by_hand)
    if isinstance(error, RuntimeError):
        return told(Fault.DENIED, f"{words} gave credentials that have expired", by_hand)
    # The helper's output may hold a secret.
    return told(
        Fault.DENIED,
        f"{words} has not printed credentials as AWS defines them: JSON with Version 1, "
        "AccessKeyId and SecretAccessKey",
        by_hand,
    )


def _last_words(stderr: bytes) -> str:
    """A helper's output, or the end of it: in a traceback the reason comes last."""
    lines = [" ".join(line.split()) for line in stderr.decode("utf-8", "replace").splitlines()]
    text = " ".join(lines)
    return text if len(text) <= _LONGEST else next(filter(None, reversed(lines)), "")[:_LONGEST]


def _helper_words(program: str, profile: str, machine: Machine) -> str:
    return f"the credential helper {program} ({line_of('credential_process', machine, profile)})"


def _program(helper: Any) -> str:
    return shlex.quote(helper.program)


def _token_file(error: OSError | UnicodeDecodeError, search: Search, machine: Machine) -> Explained:
    words, origin = _token_file_words(search, machine)
    why = error.strerror if isinstance(error, OSError) else "it is not text"
    return told(
        Fault.MISCONFIGURED,
        f"{words} cannot be read ({why})",
        f"create it, or correct {origin}",
    )


def _token_file_words(search: Search, machine: Machine) -> tuple[str, str]:
    """The file of a web identity, and where its name comes from."""
    origin = "AWS_WEB_IDENTITY_TOKEN_FILE"
    path = "" if search.identity.profile else os.environ.get(origin, "")
    if not path:
        path = machine.profile(machine.profile_name).get("web_identity_token_file", "")
        origin = line_of("web_identity_token_file", machine, machine.profile_name)
    return f"the token file {path} ({origin})", origin


def _sso(error: Exception, machine: Machine) -> Explained:
    return told(
        Fault.DENIED,
        f"the SSO session of {profile_words(machine)} has expired or was never begun "
        f"({reason(error, ())})",
        f"sign in with: aws sso login{option_for(sso_profile(machine))}",
    )


def _code_wanted(machine: Machine) -> Explained:
    profile = device_of(machine, machine.profile_name) or machine.profile_name
    option = option_for(machine.profile_name)
    return told(
        Fault.DENIED,
        f"the role of {profile_words(machine, profile)} asks for the code of an MFA device "
        f"({line_of('mfa_serial', machine, profile)})",
        f"sign in first: aws sts get-caller-identity{option} asks for the code and keeps what it "
        "gets for it; or use keys from aws sts get-session-token",
    )


def _container(error: Exception, search: Search, machine: Machine) -> Explained:
    variable, where = container_variable(), way_words(search, machine)
    token = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
    if isinstance(error, OSError):
        path = os.environ.get(token)
        return told(
            Fault.MISCONFIGURED,
            f"the token file {path} ({token}) cannot be read ({error.strerror})",
            f"create it, or correct {token}",
        )
    kind = Fault.DENIED if isinstance(error, CredentialRetrievalError) else Fault.MISCONFIGURED
    said = str(error).rpartition("container metadata: ")[2] or type(error).__name__
    said = said if isinstance(error, BotoCoreError | ValueError) else type(error).__name__
    return told(
        kind,
        f"{where} gave no credentials ({' '.join(said.split())[:_LONGEST]})",
        f"see whether it runs, or correct {variable}",
    )


def _partial(error: PartialCredentialsError, search: Search, machine: Machine) -> Explained:
    missing = str(error.kwargs.get("cred_var", ""))
    if search.way == "env":
        missing = "AWS_SECRET_ACCESS_KEY"
        return told(
            Fault.MISCONFIGURED,
            f"AWS_ACCESS_KEY_ID is set, and {missing} is not",
            f"export {missing} too, or take away AWS_ACCESS_KEY_ID",
        )
    return told(
        Fault.MISCONFIGURED,
        f"{profile_words(machine)} in {files_with(machine)} is incomplete: {missing} is missing",
        f"complete it with aws configure{option_for(machine.profile_name)}",
    )


def _invalid(error: InvalidConfigError, search: Search, machine: Machine) -> Explained:
    if search.way == WEB_IDENTITY and "AWS_WEB_IDENTITY_TOKEN_FILE" in os.environ:
        return told(
            Fault.MISCONFIGURED,
            "AWS_WEB_IDENTITY_TOKEN_FILE is set, and AWS_ROLE_ARN is not",
            "export AWS_ROLE_ARN too, or take away AWS_WEB_IDENTITY_TOKEN_FILE",
        )
    said = str(error.kwargs.get("error_msg", error)).rstrip(".")
    return told(
        Fault.MISCONFIGURED,
        f"{profile_words(machine)} cannot be used ({said})",
        f"correct it in {files_with(machine)}",
    )


def _no_profile(search: Search, machine: Machine) -> Explained:
    variable = names_the_profile(search)
    if os.environ.get(variable) == "":
        return told(
            Fault.MISCONFIGURED,
            f"{variable} is empty, and there is no profile without a name",
            f"unset it, or name a profile in it or as {search.identity.labels.profile}",
        )
    config, credentials = machine.files()
    states = []
    for path, variable in (
        (config, "AWS_CONFIG_FILE"),
        (credentials, "AWS_SHARED_CREDENTIALS_FILE"),
    ):
        of = f" ({variable})" if variable in os.environ else ""
        state = "" if os.access(path, os.R_OK) else ", which cannot be read"
        state = ", which is a folder" if os.path.isdir(path) else state
        state = state if os.path.exists(path) else ", which does not exist"
        states.append(f"{shortened(path)}{of}{state}")
    return told(
        Fault.MISCONFIGURED,
        f"there is no {profile_words(machine)} in {' and '.join(states)}",
        f"correct {names_the_profile(search)}, or make it with aws configure"
        f"{option_for(machine.profile_name)}",
    )


def _broken_file(error: ConfigParseError) -> Explained:
    path = str(error.kwargs.get("path", ""))
    variables = ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
    named = [each for each in variables if _is_same(os.environ.get(each), path)]
    return told(
        Fault.MISCONFIGURED,
        f"{shortened(path)}{f' ({named[0]})' if named else ''} is no AWS configuration file: it "
        "cannot be parsed",
        "correct it: each setting is a line NAME = VALUE below a line [profile NAME]",
    )


def _is_same(one: str | None, other: str) -> bool:
    return bool(one) and os.path.expanduser(str(one)) == os.path.expanduser(other)


def _unreachable(error: Exception, search: Search) -> Explained:
    remedy = look_at_the_network(search)
    # botocore keeps the error of urllib3 in an attribute, not as the cause.
    inner = getattr(error, "kwargs", {}).get("error") or error
    is_unknown = any(
        isinstance(each, gaierror) and each.errno != EAI_AGAIN for each in causes(inner)
    )
    fault = Fault.UNKNOWN_HOST if is_unknown else Fault.PASSING
    return told(fault, f"{service_words(search)} cannot be reached ({reason(error, ())})", remedy)
