"""Finds what looks like a secret among files that are about to be stored for others to read."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Final

_NAMES: Final = (
    *(".env", ".env.*", "*.env", ".envrc"),
    *("id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "id_ecdsa_sk", "id_ed25519_sk"),
    *("*.key", "*.p12", "*.pfx", "*.ppk", "*.jks", "*.keystore", "*.kdbx"),
    *(".netrc", "_netrc", ".pgpass", ".pypirc", ".git-credentials", ".htpasswd", ".s3cfg"),
    *("rclone.conf", "secrets.toml", "secrets.yaml", "secrets.yml", "secrets.json", "storage.toml"),
)
_EXAMPLES: Final = (".example", ".sample", ".template", ".dist", ".schema")
"""The ends of names of templates, which are copied and filled in."""

_CREDENTIALS: Final = (".aws/credentials", ".docker/config.json", "gcloud/credentials.db")

_CONTENTS: Final = (
    (b"-----BEGIN ", b"PRIVATE KEY-----"),
    (b"PuTTY-User-Key-File-",),
    (b'"private_key"', b'"client_email"'),
)
"""Words that are together at the beginning of a file of keys."""

LOOKED_AT: Final = 8192
"""How many bytes at the beginning of a file are searched."""


def has_secret_name(name: str) -> bool:
    """Whether files of this name usually hold keys or passwords."""
    folded = name.lower()
    base = folded.rpartition("/")[2]
    if base.endswith(_EXAMPLES):
        return False
    return folded.endswith(_CREDENTIALS) or any(fnmatchcase(base, each) for each in _NAMES)


def has_secret_content(beginning: bytes) -> bool:
    """Whether a file with this beginning holds a private key."""
    return any(all(word in beginning[:LOOKED_AT] for word in words) for words in _CONTENTS)
