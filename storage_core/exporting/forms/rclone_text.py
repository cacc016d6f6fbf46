"""The syntax of rclone.conf, and how it obscures passwords."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from os import urandom
from typing import Final

from storage_core.errors import ConfigurationError

_KEY: Final = bytes.fromhex("9c935b48730a554d6bfd7c63c886a92bd390198eb8128afbf4de162b8b95f638")
"""The key in rclone's public source: it only keeps passwords from being read at a glance."""

_EXPANDED: Final = re.compile(r"%\([^)]+\)s")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def line(option: str, value: str, name: str) -> str:
    """The line of one option of a remote.

    Args:
        option: the name of the option.
        value: any text that the file can hold.
        name: the name of the configuration, for messages.

    Raises:
        ConfigurationError: rclone would read another value, and has no escapes for it.
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
    """A password, obscured as rclone expects it in its options for passwords."""
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CTR

    start = urandom(16)
    encryptor = Cipher(AES(_KEY), CTR(start)).encryptor()
    hidden = start + encryptor.update(password.encode()) + encryptor.finalize()
    return urlsafe_b64encode(hidden).decode().rstrip("=")
