"""SFTP, through asyncssh's client: one connection, which all calls share."""

from storage_core.backends.drivers.sftp.driver import open_sftp

__all__ = ["open_sftp"]
