"""The dialect of rclone.conf, and how it hides passwords."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from os import urandom
from typing import Final

from storage_core.errors import ConfigurationError

_KEY: Final = bytes.fromhex("9c935b48730a554d6bfd7c63c886a92bd390198eb8128afbf4de162b8b95f638")
"""The key that stands in rclone's source: hiding by it keeps a password from a glance only."""

_EXPANDED: Final = re.compile(r"%\([^)]+\)s")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def line(option: str, value: str, name: str) -> str:
    """One option of a remote.

    Args:
        option: its name.
        value: any text that the file can hold.
        name: of the configuration, for messages.

    Raises:
        ConfigurationError: rclone would read another value; it knows no escapes.
    """
    if _CONTROL.search(value):
        raise ConfigurationError(
            f"{name}: {option} has a line break or another control character, which rclone's file "
            "cannot hold; leave it out"
        )
    if _EXPANDED.search(value):
        raise ConfigurationError(
            f"{name}: {option} has a part such as %(name)s, which rclone would replace; leave it "
            "out"
        )
    if value != value.strip() or value.startswith(("`", '"""')):
        value = f'"""{value}"""'
    return f"{option} = {value}"


def obscured(password: str) -> str:
    """A password as rclone's options for passwords want it."""
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CTR

    start = urandom(16)
    encryptor = Cipher(AES(_KEY), CTR(start)).encryptor()
    hidden = start + encryptor.update(password.encode()) + encryptor.finalize()
    return urlsafe_b64encode(hidden).decode().rstrip("=")
