"""Blobs in a folder of this machine.

Thousands of workers start to write one blob each, so this imports nothing that Python has not
loaded already.
"""

from storage_core.backends.local.backend import LocalBackend

__all__ = ["LocalBackend"]
