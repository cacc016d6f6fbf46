"""Azure Blob Storage: a container of a storage account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from storage_core.declaration import checks, sign_ins
from storage_core.declaration.configuration import (
    RemoteStorage,
    Table,
    options_setting,
    prefix_setting,
)
from storage_core.declaration.engines import engine_setting, is_direct
from storage_core.declaration.setting import setting
from storage_core.light import dataclass

if TYPE_CHECKING:
    from storage_core.backends.base import Backend
    from storage_core.declaration.configuration import Opening


@dataclass(frozen=True, kw_only=True, repr=False)
class AzureBlobStorage(RemoteStorage):
    """Store data in an Azure blob storage container."""

    type: ClassVar[str] = "azure"
    label: ClassVar[str] = "Azure Blob Storage"
    description: ClassVar[str] = "Store data in an Azure blob storage container."
    place: ClassVar[str] = "container"

    container: str = setting(
        "Container",
        "Name of the Azure Blob Storage container.",
        check=checks.bucket,
        placeholder="my-container",
        offered=True,
    )
    connection_string: str | None = setting(
        "Connection String",
        "Connection string for a valid key to authenticate with the Storage account.",
        default=None,
        secret=True,
        check=checks.plain_text,
        unless="account_name",
    )
    account_name: str | None = setting(
        "Account Name",
        "Storage account to reach with Azure's own credential chain, instead of a connection "
        "string.",
        default=None,
        check=sign_ins.account_name,
        signs_in=True,
        advanced=True,
    )
    prefix: str | None = prefix_setting("container")
    engine: str = engine_setting("adlfs")
    options: Table | None = options_setting("adlfs")

    @classmethod
    def doubts(cls, values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        return checks.doubtful("connection_string", values, sign_ins.connection_string)

    @classmethod
    def cautions(cls, values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        from storage_core.declaration.addresses import of_connection_string, of_doubled

        yield from super().cautions(values)
        container = values.get("container")
        if said := of_connection_string(values.get("connection_string"), container):
            yield "connection_string", said
        if said := sign_ins.of_signature(values.get("connection_string")):
            yield "connection_string", said
        options = values.get("options")
        token = options.get("sas_token") if isinstance(options, Mapping) else None
        if said := sign_ins.of_signature(token):
            yield "options", f"of sas_token: {said}"
        if said := of_doubled(container, values.get("account_name")):
            yield "account_name", said

    @property
    def location(self) -> str:
        from storage_core.declaration.display import place_url

        return place_url("az://", self.container, self.prefix)

    @property
    def engine_here(self) -> str:
        return "direct" if self._is_direct() else "fsspec"

    def _is_direct(self) -> bool:
        return is_direct(self.engine, self.options, _beyond)

    def backend(self, opening: Opening) -> Backend:
        if self._is_direct():
            from storage_core.backends.drivers.direct.azure import open_azure_direct as opened
        else:
            from storage_core.backends.drivers.adlfs import open_azure as opened

        return opened(
            self.container,
            self.prefix or "",
            connection_string=self.connection_string,
            account_name=self.account_name,
            ca_bundle=self.trusted,
            options=self.options or {},
            timeout=opening.timeout,
            secrets=opening.secrets,
        )


def _beyond(options: Mapping[str, Any]) -> list[str]:
    from storage_core.backends.drivers.direct.azure import what_is_beyond

    return what_is_beyond(options)
