"""Azure Blob Storage, through adlfs and Azure's own client below it."""

from storage_core.backends.drivers.adlfs.driver import open_azure

__all__ = ["open_azure"]
