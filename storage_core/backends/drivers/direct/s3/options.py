"""Which options of s3fs the engine `direct` understands: those that concern requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from storage_core.backends.drivers.direct.s3.operations import not_headers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_KEYS: Final = frozenset({"aws_access_key_id", "aws_secret_access_key", "aws_session_token"})
_TEXTS: Final = frozenset(
    {"endpoint_url", "key", "password", "profile", "secret", "token", "username"}
)
_FLAGS: Final = frozenset({"anon", "requester_pays", "use_ssl"})
_OF_FILES: Final = frozenset(
    {
        "cache_regions",
        "default_block_size",
        "default_cache_type",
        "default_fill_cache",
        "fixed_upload_size",
        "local_expiry_check",
        "max_concurrency",
        "version_aware",
    }
)
"""Options that concern the files of s3fs, which neither engine opens."""

_OF_S3: Final = frozenset(
    {
        "addressing_style",
        "us_east_1_regional_endpoint",
        "use_accelerate_endpoint",
        "use_dualstack_endpoint",
    }
)
_AS_HERE: Final = {
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
    "signature_version": "s3v4",
}
"""Options with the values that ask for what is done here anyway."""


def what_is_beyond(options: Mapping[str, Any]) -> list[str]:
    """The options that only s3fs understands, as a person would name them."""
    return [*_beyond(options)]


def _beyond(options: Mapping[str, Any]) -> Iterator[str]:
    for name, value in options.items():
        if name in ("client_kwargs", "config_kwargs", "s3_additional_kwargs") and value is None:
            continue
        if name in _OF_FILES or (name in _TEXTS and _is_text(value)):
            continue
        if name in _FLAGS and isinstance(value, bool):
            continue
        further = _WITHIN.get(name)
        if further is None or not isinstance(value, dict):
            yield name
        else:
            yield from (f"{name}.{each}" for each in further(value))


def _in_client(options: Mapping[str, Any]) -> Iterator[str]:
    for name, value in options.items():
        is_text = name in _KEYS or name in ("endpoint_url", "region_name")
        if not (is_text and _is_text(value)) and not (name == "use_ssl" and value in (True, False)):
            yield name


def _in_config(options: Mapping[str, Any]) -> Iterator[str]:
    for name, value in options.items():
        if name == "s3" and isinstance(value, dict):
            yield from (f"s3.{each}" for each in value if each not in _OF_S3)
        elif name == "region_name":
            yield from () if _is_text(value) else (name,)
        elif name in ("use_dualstack_endpoint", "use_fips_endpoint"):
            yield from () if isinstance(value, bool) else (name,)
        elif _AS_HERE.get(name) != value:
            yield name


def _is_text(value: object) -> bool:
    return value is None or isinstance(value, str)


_WITHIN: Final = {
    "client_kwargs": _in_client,
    "config_kwargs": _in_config,
    "s3_additional_kwargs": not_headers,
}
