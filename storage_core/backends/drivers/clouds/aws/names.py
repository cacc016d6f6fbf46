"""What messages about signing in call things, and where a name comes from."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Final

from storage_core.backends.remote.faults import Explained, Fault
from storage_core.paths import shortened

if TYPE_CHECKING:
    from storage_core.backends.drivers.clouds.aws.machine import Machine
    from storage_core.backends.drivers.clouds.aws.search import Search

CONFIGURED_ROLE: Final = "configured-role"
"""The name of the way by the configuration's own role; the others have botocore's names."""

WEB_IDENTITY: Final = "assume-role-with-web-identity"
CONTAINER: Final = "container-role"
_INSTANCE: Final = "iam-role"
_SERVICES: Final = {
    "sts": "STS",
    "sso": "the SSO portal",
    "sso-oidc": "the SSO token service",
    "signin": "AWS Sign-In",
}


def told(fault: Fault, why: str, remedy: str) -> Explained:
    return Explained(fault, why, remedy, while_signing_in=True)


def profile_words(machine: Machine, name: str | None = None) -> str:
    variables = ("AWS_DEFAULT_PROFILE", "AWS_PROFILE")
    shown = name or machine.profile_name
    is_named = machine.instance_variables().get("profile") is not None
    if not is_named and shown == machine.profile_name:
        variable = next((each for each in variables if os.environ.get(each) == shown), None)
        if variable:
            return f"profile {shown} ({variable})"
    return f"profile {shown}"


def names_the_profile(search: Search) -> str:
    if search.identity.profile:
        return search.identity.labels.profile
    return "AWS_DEFAULT_PROFILE" if "AWS_DEFAULT_PROFILE" in os.environ else "AWS_PROFILE"


def files_with(machine: Machine, profile: str | None = None) -> str:
    """The files that have the profile, or else those that were searched."""
    return " and ".join(map(shortened, machine.files_of(profile or machine.profile_name)))


def line_of(setting: str, machine: Machine, profile: str) -> str:
    return f"{setting} of {profile_words(machine, profile)} in {files_with(machine, profile)}"


def option_for(profile: str) -> str:
    return "" if profile == "default" else f" --profile {shlex.quote(profile)}"


def sso_profile(machine: Machine) -> str:
    """The profile that has the SSO session: this one, or one whose credentials it uses."""
    name, seen = machine.profile_name, set[str]()
    while name not in seen:
        seen.add(name)
        found = machine.profile(name)
        if "sso_account_id" in found:
            return name
        name = found.get("source_profile", name)
    return machine.profile_name


def way_words(search: Search, machine: Machine) -> str:
    """The way that is in use."""
    if search.way == "env":
        return "the keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    if search.way == CONFIGURED_ROLE:
        return f"the role {search.identity.role.arn} ({search.identity.labels.role})"
    if search.way == WEB_IDENTITY and "AWS_ROLE_ARN" in os.environ:
        return f"the role {os.environ['AWS_ROLE_ARN']} (AWS_ROLE_ARN)"
    if search.way == _INSTANCE:
        variable = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
        found = machine.get_config_variable("ec2_metadata_service_endpoint")
        where = f"{found} ({variable})" if found else "http://169.254.169.254"
        return f"the instance's metadata service at {where}"
    if search.way == CONTAINER:
        variable = container_variable()
        return f"the container's credential service at {os.environ.get(variable)} ({variable})"
    return f"{profile_words(machine)} in {files_with(machine)}"


def container_variable() -> str:
    variables = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI")
    return next((each for each in variables if each in os.environ), variables[1])


def service_words(search: Search) -> str:
    """The service that was asked, its address and where that comes from."""
    machine = search.machine
    assert machine.asked is not None
    name, url = machine.asked
    origin = names_the_service(search, name, url)
    where = f" at {url}" if url else ""
    return f"{_SERVICES.get(name, name)}{where}{f' ({origin})' if origin else ''}"


def names_the_service(search: Search, name: str, url: str) -> str:
    if name == "sts" and search.identity.role.endpoint_url:
        return search.identity.labels.sts
    for variable in (
        f"AWS_ENDPOINT_URL_{name.upper().replace('-', '_')}",
        "AWS_ENDPOINT_URL",
    ):
        if os.environ.get(variable) == url:
            return variable
    return ""


def look_at_the_network(search: Search) -> str:
    machine = search.machine
    assert machine.asked is not None
    origin = names_the_service(search, *machine.asked)
    if not origin and machine.asked[0] == "sts":
        origin = search.identity.labels.region
    return f"check the network{f' and {origin}' if origin else ''}, or raise Timeout"


def instead(search: Search) -> str:
    labels = search.identity.labels
    return f"mend it, or set {labels.keys} or another {labels.profile}"
