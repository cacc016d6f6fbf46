"""Blobs in a folder of this machine.

Workers start by the thousand to write one blob, so nothing here is imported that Python has not
loaded already.
"""

from storage_core.backends.local.backend import LocalBackend

__all__ = ["LocalBackend"]
