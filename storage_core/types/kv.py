"""KV Server Storage: a self-hosted key-value store, for testing."""

from __future__ import annotations

from storage_core.declaration import checks
from storage_core.declaration.configuration import RemoteStorage
from storage_core.declaration.setting import setting
from storage_core.light import dataclass
from storage_core.references import without_literal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, ClassVar

    from storage_core.backends.base import Backend
    from storage_core.declaration.configuration import Opening


@dataclass(frozen=True, kw_only=True, repr=False)
class KVServerStorage(RemoteStorage):
    """Store data by sending requests to a KV server."""

    type: ClassVar[str] = "kv"
    label: ClassVar[str] = "KV Server Storage"
    description: ClassVar[str] = "Store data by sending requests to a KV server."
    place: ClassVar[str] = "server"
    note: ClassVar[str] = "For testing only: keep what matters in another storage type."

    api_address: str = setting(
        "API Address",
        "API endpoint for the KV store.",
        form="url",
        check=checks.http_url,
        placeholder="http://127.0.0.1:4300",
    )
    token: str | None = setting(
        "Token",
        "Sent to the server as a bearer token.",
        default=None,
        secret=True,
        check=checks.plain_text,
        advanced=True,
    )

    @classmethod
    def cautions(cls, values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        from storage_core.declaration.addresses import of_clear_text, password_in

        yield from super().cautions(values)
        address = values.get("api_address")
        what = "the token travels" if values.get("token") else "the password travels"
        signs_in = values.get("token") or password_in(address)
        if signs_in and (said := of_clear_text(address, what)):
            yield "api_address", said

    @property
    def location(self) -> str:
        from storage_core.redaction import mask_url

        return mask_url(without_literal(self.api_address))

    def blob_location(self, kind: str) -> str:
        # The key is one path segment on the wire, so its slash travels as a hyphen.
        return f"{self.location.rstrip('/')}/{kind}-"

    def backend(self, opening: Opening) -> Backend:
        from storage_core.backends.drivers.kv import open_kv

        return open_kv(
            self.api_address,
            token=self.token,
            ca_bundle=self.trusted,
            timeout=opening.timeout,
        )
