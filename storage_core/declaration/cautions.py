"""Cautions: what looks like a mistake in settings, although it may be saved and perhaps opened.

They look at the disk, so a form computes them in a thread, but at no server and no keyring. Opening
a store never does. No message repeats a value that could be a secret in the wrong field.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from storage_core.errors import ConfigurationError
from storage_core.nearest import nearest
from storage_core.paths import LOCAL_SCHEMES, absolute, expanded, is_pipe, local_scheme, shortened
from storage_core.printable import is_quoted
from storage_core.redaction import mask_url
from storage_core.references import (
    VARIABLE,
    is_literal,
    is_reference,
    is_variable,
    reference_in,
    without_literal,
)

if TYPE_CHECKING:
    from storage_core.declaration.setting import Setting

_ELSEWHERE: Final = "it has to be where the storage is used"

_ENV_INSIDE: Final = "env: is taken as it stands here; write env:NAME, as the whole value"
_FOR_SECRETS: Final = "{}: is taken as it stands here, as it is for secrets; env:NAME works"

_CLOSE: Final = 0.8
"""How similar the name of a variable must be to the one that is not set, to be suggested."""

_COMMON: Final = frozenset(
    {
        *("abfs", "az", "dav", "davs", "ftp", "gcs", "gs", "http", "https", "memory", "s3"),
        *("sftp", "webdav", "webdavs"),
    }
)
"""Protocols that are known without loading fsspec, which takes a while."""

_EXPANSION: Final = re.compile(r"\$\{\w+\}|(?:^|/)\$[A-Za-z_]\w*|%[A-Za-z_]\w{2,}%")
"""Variables as shells have them: `$HOME/data`, `${HOME}/data`, `%USERPROFILE%`."""

_NEARLY: Final = re.compile(r"^\s*env\s*:|://env:", re.IGNORECASE)
"""Misspelt references to variables, which would be taken literally."""

_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]*[a-z0-9]")


def of_setting(setting: Setting, value: object) -> str | None:
    """What looks wrong about one value, whatever the storage type; or None."""
    if not isinstance(value, str) or not value.strip():
        return None
    if setting.is_reference(value):
        return of_reference(value)
    if setting.reference:
        copied = setting.secret and setting.form != "json" and is_quoted(value.strip())
        return "the quotation marks around it are taken as part of it" if copied else None
    text = without_literal(value)
    if setting.schemes and (said := of_text(value)):
        return said
    if setting.form not in ("path", "file"):
        return None
    if said := _of_ends(text):
        return said
    # A saved path has been made absolute: the folder stands before what was written.
    if not (is_literal(value) or "://" in text or "::" in text):
        if inside := reference_in(text):
            return _ENV_INSIDE if inside == VARIABLE else _FOR_SECRETS.format(inside)
        for part in text.split("/")[:-1]:
            if part.endswith(":") and part[:-1].lower() in _COMMON:
                return f"{part} is taken as the name of a folder here; a URL has {part}//"
    return _of_file(text) if setting.form == "file" else of_path(text)


def in_table(value: object) -> Iterator[str]:
    """What looks wrong about references in a table such as Options."""
    if isinstance(value, Mapping):
        reference = value.get("ref")
        if set(value) == {"ref"} and isinstance(reference, str):
            if said := of_reference(reference):
                yield said
            return
        for inner in value.values():
            yield from in_table(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from in_table(inner)
    elif is_variable(value):
        yield 'env: is handed over as it stands; a reference is written {ref = "env:NAME"} here'


def of_reference(value: str) -> str | None:
    """The caution that a reference leads nowhere on this machine, or None."""
    scheme, _, target = value.partition(":")
    if not is_reference(value) or not target:
        return None
    if scheme == "env":
        return _of_variable(target)
    return _of_file(target) if scheme == "file" else None


def of_text(value: str) -> str | None:
    """The caution that text looks like a variable, which is not expanded, or None."""
    text = mask_url(without_literal(value))
    if _EXPANSION.search(text):
        return (
            "the name of a variable in it is taken as it stands; write the value itself, or "
            "env:NAME for the whole of it"
        )
    if is_literal(value):
        return None
    if _NEARLY.search(text):
        return _ENV_INSIDE
    if is_reference(value, ("keyring", "file")) and not value.startswith(LOCAL_SCHEMES):
        scheme = value.partition(":")[0]
        return _FOR_SECRETS.format(scheme)
    return None


def of_path(value: str) -> str | None:
    """The caution that a path cannot become a folder, or that no package opens a URL; or None."""
    scheme = local_scheme(value)
    path = value.removeprefix(scheme)
    if "://" in path or "::" in path:
        return _of_protocols(value)
    try:
        path = absolute(path)
    except ConfigurationError as error:
        return str(error)
    while not os.path.lexists(path) and path != os.path.dirname(path):
        path = os.path.dirname(path)
    if not os.path.exists(path) or os.path.isdir(path):
        return None
    return f"{shortened(path)} is a file, and a folder is needed there; choose another one"


def of_region(value: object) -> str | None:
    """The caution that AWS has no region of this name, or None."""
    from storage_core.declaration.suggestions import all_aws_regions

    known = all_aws_regions()
    if not isinstance(value, str) or not value.strip() or not known or value.strip() in known:
        return None
    if is_variable(value) or is_literal(value) or of_text(value):
        return None
    meant = nearest(value.strip(), known)
    hint = f"; did you mean {meant}?" if meant else ""
    return f"the installed AWS SDK knows no such region{hint}"


def of_role(value: object) -> str | None:
    """The caution that this is not the name of a role, at AWS or a compatible service; or None."""
    if not isinstance(value, str) or not value or (value[:4] == "arn:" and ":role/" in value):
        return None
    if is_variable(value) or is_literal(value) or of_text(value):
        return None
    return "that is no role; one looks like arn:aws:iam::123456789012:role/NAME"


def of_s3_bucket(value: object) -> str | None:
    """The caution that AWS would refuse to create a bucket of this name, or None."""
    if not isinstance(value, str) or not value or value.startswith("arn:"):
        return None
    if is_variable(value) or is_literal(value) or of_text(value):
        return None
    if not 3 <= len(value) <= 63:
        return "AWS takes names of 3 to 63 characters only; see whether it is the right one"
    if not _BUCKET.fullmatch(value) or ".." in value:
        return (
            "AWS takes only lower-case letters, digits, hyphens and single dots, with a letter or "
            "digit at both ends; see whether it is the right one"
        )
    return None


def is_aws(values: Mapping[str, Any]) -> bool:
    """Whether settings of S3 seem to lead to AWS itself."""
    elsewhere = values.get("endpoint_url") or "endpoint_url" in str(values.get("options"))
    # Variables do not count where the settings have keys.
    variables = () if _has_keys(values) else ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
    return not elsewhere and not any(map(os.environ.get, variables))


def _has_keys(values: Mapping[str, Any]) -> bool:
    options = values.get("options")
    in_options = isinstance(options, Mapping) and not {"key", "secret"}.isdisjoint(options)
    return bool(values.get("aws_access_key_id")) or in_options


def _of_ends(path: str) -> str | None:
    """The caution that something was copied along with a path, although it may be part of it."""
    last = path.rstrip("/").rpartition("/")[2]
    if last != last.strip():
        at = "end" if last != last.rstrip() else "start"
        return f"the blank at the {at} of its last part is taken as part of it"
    if path[-1:] in "\"'`”’»" and re.search(r"""(?:^|/)["'`“‘«]""", path):
        return "the quotation marks are taken as part of it"
    return None


def _of_variable(name: str) -> str | None:
    if os.environ.get(name):
        return None
    if name in os.environ:
        return f"{name} is empty here; it has to hold something where the storage is used"
    # A variable whose name contains this one is a different variable.
    known = [each for each in os.environ if os.environ[each] and abs(len(each) - len(name)) <= 2]
    meant = nearest(name, known, _CLOSE)
    return f"{name} is not set here; {_ELSEWHERE}{f' (did you mean {meant}?)' if meant else ''}"


def _of_file(target: str) -> str | None:
    try:
        path = expanded(target)
    except ConfigurationError:
        return f"{target} leads nowhere here: there is no such home; write the whole path"
    if not os.path.isabs(path) or "\0" in path:
        return None
    if not os.path.exists(path):
        return f"there is no file {target} here; {_ELSEWHERE}"
    if os.path.isdir(path):
        return f"{target} is a folder; name a file"
    if not os.access(path, os.R_OK):
        return f"{target} cannot be read here; allow reading it"
    if is_pipe(path):
        return f"{target} is a pipe, not a file; name a file"
    return None


def _of_protocols(url: str) -> str | None:
    protocols = [part.partition("://")[0].lower() for part in url.split("::")]
    if _COMMON.issuperset(protocols):
        return None
    from storage_core.backends.loading import loading

    try:
        with loading():
            from fsspec import available_protocols
            from fsspec.registry import registry
    except ConfigurationError as error:
        return str(error)
    known = {*available_protocols(), *registry}
    for protocol in protocols:
        if protocol not in known:
            meant = nearest(protocol, known)
            return f"fsspec knows no such protocol{f'; did you mean {meant}://?' if meant else ''}"
    return None
