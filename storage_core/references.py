"""References: a setting names the place where its value is kept, instead of holding it.

    env:NAME               an environment variable; any text setting takes it
    file:/absolute/path    a file, `~` expanded, one trailing newline dropped
    keyring:service/user   the system's keyring, split at the last slash
    literal:VALUE          not a reference: VALUE itself, whatever it looks like

A file and the keyring are for secrets. All are resolved only when a store is opened. A reference
that cannot be resolved, or leads to nothing, is an error: falling back to the cloud's own
credentials could write to the wrong account.
"""

from __future__ import annotations

import os

from storage_core.errors import ConfigurationError
from storage_core.paths import expanded, is_pipe, opened

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Any, Final

VARIABLE: Final = "env"
SCHEMES: Final = (VARIABLE, "file", "keyring")
"""The schemes of references to a secret; other text can only be in a variable."""

LITERAL: Final = "literal:"


def is_reference(value: object, schemes: Collection[str] = SCHEMES) -> bool:
    """Whether `value` is a reference by one of `schemes`; `literal:` is not."""
    return isinstance(value, str) and value.partition(":")[0] in schemes and ":" in value


def is_variable(value: object) -> bool:
    """Whether `value` is a reference to an environment variable."""
    return is_reference(value, (VARIABLE,))


def reference_in(path: str) -> str | None:
    """The scheme of a part of `path` that looks like a reference but is not; None without one."""
    for part in path.split("/"):
        scheme, colon, _ = part.partition(":")
        if colon and (found := scheme.strip().lower()) in SCHEMES:
            return found
    return None


def is_literal(value: object) -> bool:
    """Whether `value` begins with `literal:`."""
    return isinstance(value, str) and value.startswith(LITERAL)


def is_unicode(text: str) -> bool:
    """Whether `text` can be encoded as UTF-8: Python puts surrogates in place of other bytes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        # Its text and its arguments hold the value.
        return False
    return True


def without_literal(value: str) -> str:
    """`value` without a `literal:` before it."""
    return value.removeprefix(LITERAL)


def looked_up(value: str) -> str:
    """What `value` stands for as far as that is known now: empty for a variable that is not set."""
    if is_variable(value):
        return os.environ.get(value.partition(":")[2], "")
    return without_literal(value)


def check_reference(value: str) -> str:
    """Return `value`; raise `ValueError` if it is a malformed reference."""
    if is_reference(value):
        scheme, _, target = value.partition(":")
        if scheme == "env" and (not target or "=" in target or "\x00" in target):
            raise ValueError("write env: and the name of a variable, such as env:S3_SECRET")
        if scheme == "file" and not target.startswith(("/", "~")):
            raise ValueError("write file: and an absolute path, such as file:/run/secrets/s3")
        if scheme == "keyring" and not all(target.rpartition("/")[::2]):
            raise ValueError("write keyring: and service/user, such as keyring:storage/prod")
    return value


def check_references_in(table: Mapping[str, Any]) -> None:
    """Raise `ValueError` if a `{ref = …}` inside `table` is not a well-formed reference.

    Resolving would otherwise hand the driver a value that nobody wrote.
    """
    for value in table.values():
        for each in value if isinstance(value, list) else (value,):
            if not isinstance(each, dict):
                continue
            if "ref" in each:
                reference = each["ref"]
                if len(each) > 1 or not (is_reference(reference) or is_literal(reference)):
                    raise ValueError(
                        'write a reference as {ref = "env:NAME"}, with nothing beside it'
                    )
                check_reference(reference)
            check_references_in(each)


def source_of(reference: str) -> str:
    """What messages call the thing that a reference leads to."""
    scheme, _, target = reference.partition(":")
    if scheme == VARIABLE:
        return f"the environment variable {target}"
    return f"the file {target}" if scheme == "file" else f"the keyring entry {target}"


def resolve(value: str, label: str, schemes: Collection[str] = SCHEMES) -> str:
    """The value that a setting stands for.

    Args:
        value: what the configuration holds: a reference, or the value itself.
        label: what error messages call the setting.
        schemes: the schemes of references that it may hold.

    Raises:
        ConfigurationError: the reference is malformed, or leads to nothing or to something empty.
    """
    if is_literal(value):
        return value[len(LITERAL) :]
    if not is_reference(value, schemes):
        return value
    try:
        check_reference(value)
    except ValueError as error:
        raise ConfigurationError(f"{label}: {error}") from None
    scheme, _, target = value.partition(":")
    if scheme == VARIABLE:
        found = _from_environment(target, label)
    elif scheme == "file":
        found = _from_file(target, label)
    else:
        found = _from_keyring(target, label)
    if not is_unicode(found):
        raise ConfigurationError(
            f"{label}: {source_of(value)} is not UTF-8 text; put the value there anew"
        )
    return found


def _from_environment(name: str, label: str) -> str:
    found = os.environ.get(name, "")
    if not found:
        state = "empty" if name in os.environ else "not set"
        message = f"the environment variable {name} is {state}; export it before you start"
        if "/" in name:
            message += "; env: stands for the whole value"
        raise ConfigurationError(f"{label}: {message}")
    return found


def _from_file(path: str, label: str) -> str:
    try:
        found_at = expanded(path)
    except ConfigurationError as error:
        raise ConfigurationError(f"{label}: {error}") from None
    try:
        if is_pipe(found_at):
            raise ConfigurationError(
                f"{label}: {path} is a pipe, not a file; put the secret in a file and name that"
            )
        with opened(found_at) as file:
            found = file.read().decode()
    except UnicodeDecodeError:
        # The exception holds the bytes that were read: it must not be the cause.
        raise ConfigurationError(f"{label}: {path} is not UTF-8 text") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a valid path"
        raise ConfigurationError(
            f"{label}: cannot read {path} ({reason}); create the file or allow reading it"
        ) from error
    found = found[:-2] if found.endswith("\r\n") else found.removesuffix("\n")
    if not found:
        raise ConfigurationError(f"{label}: {path} is empty; put the secret in it")
    return found


def _from_keyring(target: str, label: str) -> str:
    # Imported late: workers whose secrets are elsewhere do not need it.
    from storage_core.keyrings import password

    service, _, user = target.rpartition("/")
    found = password(service, user, label)
    if not found:
        raise ConfigurationError(
            f"{label}: the keyring has no password for user {user} of {service}; "
            f"store it with: keyring set {service} {user}"
        )
    return found
