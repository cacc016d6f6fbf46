"""Google's credentials: from JSON of any type, and from where Google's own libraries would look.

Built by the classes of google-auth, each for its kind, but for the everyday service account. Its
loaders for any kind would take a person for nobody when the project differs (as gcsfs does), warn
on the terminal, and let variables decide what the JSON says.
"""

from __future__ import annotations

import os
from json import loads
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from storage_core.backends.remote.faults import Explained, Fault
from storage_core.paths import refuse_pipe

if TYPE_CHECKING:
    from collections.abc import Mapping

_SCOPE: Final = "https://www.googleapis.com/auth/devstorage.full_control"
_FILE: Final = "application_default_credentials.json"
_PRODUCT: Final = "/sys/class/dmi/id/product_name"
_SIGNS_OF_GOOGLE: Final = (
    *("GCE_METADATA_HOST", "GCE_METADATA_ROOT", "GCE_METADATA_IP"),
    *("K_SERVICE", "FUNCTION_TARGET", "GAE_ENV", "CLOUD_RUN_JOB"),
)
"""Set by people who name a metadata server, and where Google runs programs without a machine."""

LOGIN: Final = "gcloud auth application-default login"


class Found(NamedTuple):
    """Credentials, and what messages say of them."""

    credentials: Any
    """Credentials of google-auth."""

    source: str
    """Where they come from, in words that help to find them."""

    kind: str
    """The type that their JSON names; `metadata` for those of the machine."""

    names: tuple[str, ...] = ()
    """The servers and files that they depend on, for messages."""


def of_json(info: Mapping[str, Any], source: str) -> Found:
    """The credentials in JSON.

    Args:
        info: the JSON.
        source: what messages call it.

    Raises:
        Explained: something is missing or damaged.
    """
    # gcsfs also accepts the credentials of a user without the type.
    kind = str(info.get("type") or ("authorized_user" if "refresh_token" in info else ""))
    if {"installed", "web"} & info.keys():
        raise _unusable(
            f"{source} is an OAuth client, which signs nobody in",
            f"run: {LOGIN}, or use the JSON key of a service account",
        )
    build = _KINDS.get(kind)
    if build is None:
        raise _unusable(
            f"{source} is of the type {kind or 'none'}", f"use one of {', '.join(_KINDS)}"
        )
    try:
        return Found(build(info), source, kind, tuple(_names(info)))
    except (ValueError, TypeError, KeyError, AttributeError):
        pass
    # Raised without a cause: the message of Google's library may show a part of the key.
    if kind == "service_account":
        raise _unusable(
            f"{source} is incomplete or its private key is damaged", "download the JSON again"
        )
    missing = [name for name in _NEEDED[kind] if not info.get(name)]
    what = " and ".join(missing) or "something"
    raise _unusable(f"{source} lacks {what}, which {kind} credentials need", "make it again")


def of_text(text: str, source: str) -> Found:
    """The credentials in the text of a file.

    Raises:
        Explained: it is not the JSON of credentials.
    """
    try:
        info = loads(text)
    except (ValueError, RecursionError):
        info = None
    if not isinstance(info, dict):
        raise _unusable(
            f"{source} is not the JSON of Google credentials", f"correct it, or run: {LOGIN}"
        )
    return of_json(info, source)


def of_file(path: str, source: str) -> Found:
    """The credentials in a file.

    Raises:
        Explained: there is no such file, or it holds none.
    """
    try:
        found_at = os.path.expanduser(path)
        refuse_pipe(found_at)
        with open(found_at, encoding="utf-8") as file:
            text = file.read()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        raise _unusable(
            f"{source} cannot be read ({why})", "create it, or correct its name"
        ) from error
    return of_text(text, source)


def by_default() -> Found | None:
    """What Google's own libraries would find on this machine; it may ask the metadata server.

    Raises:
        Explained: what they would take cannot be used.
    """
    if path := os.environ.get("GOOGLE_APPLICATION_CREDENTIALS"):
        found = of_file(path, f"GOOGLE_APPLICATION_CREDENTIALS ({path})")
    elif os.path.isfile(path := default_file()):
        found = of_file(path, path)
    elif _is_on_google():
        found = of_machine()
    else:
        return None
    quota = os.environ.get("GOOGLE_CLOUD_QUOTA_PROJECT")
    if quota and hasattr(found.credentials, "with_quota_project"):
        found = found._replace(credentials=found.credentials.with_quota_project(quota))
    return found


def default_file() -> str:
    """The path at which `gcloud auth application-default login` keeps credentials."""
    folder = os.environ.get("CLOUDSDK_CONFIG") or os.path.expanduser("~/.config/gcloud")
    return os.path.join(folder, _FILE)


def of_machine() -> Found:
    """The credentials of the machine, from its metadata server."""
    from google.auth.compute_engine import Credentials

    made = Credentials(scopes=[_SCOPE])  # type: ignore[no-untyped-call]
    return Found(made, "the metadata server", "metadata")


def of_token(token: str, source: str) -> Found:
    """Credentials of an access token, for as long as it is valid."""
    from google.oauth2.credentials import Credentials

    return Found(Credentials(token), source, "token")  # type: ignore[no-untyped-call]


def _is_on_google() -> bool:
    """Whether there is a metadata server, as far as can be told without waiting for one."""
    if os.environ.get("NO_GCE_CHECK") == "true":
        return False
    if any(map(os.environ.get, _SIGNS_OF_GOOGLE)):
        return True
    try:
        with open(_PRODUCT, encoding="utf-8") as file:
            return file.read().startswith("Google")
    except (OSError, ValueError):
        return False


def _of_service_account(info: Mapping[str, Any]) -> Any:
    from storage_core.backends.drivers.clouds.google.service_account import ServiceAccount, is_plain

    if is_plain(info):
        try:
            return ServiceAccount(info, _SCOPE)
        except ValueError:
            pass  # Of a kind that google-auth may know.
    from google.oauth2.service_account import Credentials

    made = Credentials.from_service_account_info(info, scopes=[_SCOPE])  # type: ignore[no-untyped-call]
    # google-auth also accepts keys that it cannot sign with.
    made.sign_bytes(b"x")
    return made


def _of_person(info: Mapping[str, Any]) -> Any:
    from google.oauth2.credentials import Credentials

    # Without scopes: those that were agreed to cannot be changed afterwards.
    plain = {name: value for name, value in info.items() if name not in ("token", "expiry")}
    found = Credentials.from_authorized_user_info(plain)  # type: ignore[no-untyped-call]
    return found.with_token_uri(info["token_uri"]) if info.get("token_uri") else found


def _of_workload(info: Mapping[str, Any]) -> Any:
    from google.auth import aws, identity_pool, pluggable

    source = info["credential_source"]
    module: Any = identity_pool
    if info["subject_token_type"] == "urn:ietf:params:aws:token-type:aws4_request":
        module = aws
    elif "executable" in source:
        module = pluggable
    return module.Credentials.from_info(info, scopes=[_SCOPE])


def _of_workforce(info: Mapping[str, Any]) -> Any:
    from google.auth.external_account_authorized_user import Credentials

    return Credentials.from_info(info)  # type: ignore[no-untyped-call]


def _of_impersonated(info: Mapping[str, Any]) -> Any:
    from google.auth.impersonated_credentials import Credentials

    source = info["source_credentials"]
    url = str(info["service_account_impersonation_url"])
    target, found, _ = url.rpartition("/")[2].partition(":generateAccessToken")
    if not (target and found):
        raise ValueError
    return Credentials(  # type: ignore[no-untyped-call]
        source_credentials=_KINDS[source["type"]](source),
        target_principal=target,
        target_scopes=[_SCOPE],
        delegates=info.get("delegates"),
        quota_project_id=info.get("quota_project_id"),
        iam_endpoint_override=url,
    )


_KINDS: Final = {
    "service_account": _of_service_account,
    "authorized_user": _of_person,
    "external_account": _of_workload,
    "external_account_authorized_user": _of_workforce,
    "impersonated_service_account": _of_impersonated,
}

_NEEDED: Final = {
    "authorized_user": ("client_id", "client_secret", "refresh_token"),
    "external_account": ("audience", "subject_token_type", "token_url", "credential_source"),
    "external_account_authorized_user": ("refresh_token", "token_url", "client_id"),
    "impersonated_service_account": ("source_credentials", "service_account_impersonation_url"),
}


def _unusable(why: str, remedy: str) -> Explained:
    return Explained(Fault.MISCONFIGURED, why, remedy, while_signing_in=True)


def _names(info: Mapping[str, Any]) -> list[str]:
    """Who is signed in, as far as the JSON says it."""
    url = str(info.get("service_account_impersonation_url") or "")
    target = url.rpartition("/")[2].partition(":")[0]
    return [name for name in (info.get("client_email"), info.get("account"), target) if name]
