"""What a container of Azure Blob Storage is opened with; for type checkers only."""

from __future__ import annotations

from storage_core.backends.drivers.clouds.given import Given


class GivenAzure(Given, total=False):
    """Keyword arguments of `open_azure` and `open_azure_direct`."""

    connection_string: str | None
    """Where the account is and how to sign in."""

    account_name: str | None
    """The account, when Azure's own credential chain is to be used."""
