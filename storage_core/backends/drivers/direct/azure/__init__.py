"""Azure Blob Storage, by one signed request for each operation."""

from storage_core.backends.drivers.direct.azure.driver import open_azure_direct, what_is_beyond

__all__ = ["open_azure_direct", "what_is_beyond"]
