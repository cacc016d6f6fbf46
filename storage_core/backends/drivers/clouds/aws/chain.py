"""AWS's own credential chain, by botocore, but without questions on the terminal."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from botocore.credentials import (
    AssumeRoleProvider,
    CanonicalNameCredentialSourcer,
    EnvProvider,
    ProcessProvider,
    ProfileProviderBuilder,
    create_credential_resolver,
)
from botocore.utils import JSONFileCache, create_nested_client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage_core.backends.drivers.clouds.aws.helpers import Answer, Helpers
    from storage_core.backends.drivers.clouds.aws.machine import Machine

ROLE: Final = "assume-role"
_CREDENTIALS_OF_THE_CLI: Final = os.path.join("~", ".aws", "cli", "cache")
_TOKENS_OF_THE_CLI: Final = os.path.join("~", ".aws", "sso", "cache")


class CodeWanted(Exception):
    """A role requires the code of an MFA device, which nobody can type here."""


def ways(machine: Machine, helpers: Helpers) -> Iterator[Any]:
    """The ways to find credentials, in AWS's order: providers of botocore."""
    profile = machine.profile_name
    cache: dict[str, Any] = _Cache() if device_of(machine, profile) else {}
    usual = create_credential_resolver(machine, cache=cache, region_name=machine.region)
    profiles = _Profiles(machine, cache, helpers)
    is_named = machine.instance_variables().get("profile") is not None
    ours = {each.METHOD: each for each in profiles.providers(profile, is_named)}
    others = {each.METHOD: each for each in usual.providers}
    ours[ROLE] = AssumeRoleProvider(
        load_config=lambda: machine.full_config,
        client_creator=partial(create_nested_client, machine),
        cache=cache,
        profile_name=profile,
        prompter=_refuse,
        credential_sourcer=CanonicalNameCredentialSourcer(
            [EnvProvider(), others["container-role"], others["iam-role"]]
        ),
        profile_provider_builder=profiles,
    )
    for each in usual.providers:
        yield ours.get(each.METHOD, each)


def device_of(machine: Machine, profile: str) -> str | None:
    """The profile whose role requires a code: this one, or one whose credentials it uses."""
    seen: set[str] = set()
    while profile not in seen:
        seen.add(profile)
        found = machine.profile(profile)
        if "role_arn" in found and "mfa_serial" in found:
            return profile
        profile = found.get("source_profile", profile)
    return None


class _Profiles(ProfileProviderBuilder):  # type: ignore[misc]
    """The ways that a profile may name."""

    def __init__(self, machine: Machine, cache: dict[str, Any], helpers: Helpers) -> None:
        # botocore itself would use the home folder as it was when botocore was imported.
        tokens = JSONFileCache(os.path.expanduser(_TOKENS_OF_THE_CLI))
        super().__init__(machine, cache, machine.region, sso_token_cache=tokens)
        self._machine = machine
        self._helpers = helpers

    def providers(self, profile_name: str, disable_env_vars: bool = False) -> list[Any]:
        found = super().providers(profile_name, disable_env_vars)
        process = ProcessProvider(
            profile_name, lambda: self._machine.full_config, popen=self._run(profile_name)
        )
        return [process if isinstance(each, ProcessProvider) else each for each in found]

    def _run(self, profile: str) -> Any:
        def run(command: list[str], **_pipes: Any) -> Answer:
            return self._helpers.run(profile, command)

        return run


class _Cache(dict[str, Any]):
    """Credentials of roles: kept in memory, and read where the AWS CLI keeps those with MFA."""

    def __init__(self) -> None:
        super().__init__()
        self._of_the_cli = JSONFileCache(os.path.expanduser(_CREDENTIALS_OF_THE_CLI))

    def __contains__(self, key: Any) -> bool:
        if not super().__contains__(key):
            try:
                self[key] = self._of_the_cli[key]
            except KeyError:
                return False
        return True


def _refuse(_prompt: str) -> str:
    raise CodeWanted
