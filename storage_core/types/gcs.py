"""Google Cloud Storage: a bucket of Google Cloud Platform."""

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
class GoogleCloudStorage(RemoteStorage):
    """Store data in a GCS bucket."""

    type: ClassVar[str] = "gcs"
    label: ClassVar[str] = "Google Cloud Storage"
    description: ClassVar[str] = "Store data in a GCS bucket."
    place: ClassVar[str] = "bucket"

    bucket: str = setting(
        "Bucket",
        "Name of the Cloud Storage bucket.",
        check=checks.bucket,
        placeholder="my-bucket",
        offered=True,
    )
    project: str | None = setting(
        "Project",
        "Name of the Google Cloud project associated with the bucket.",
        default=None,
        check=checks.plain_text,
    )
    service_account_info: str | None = setting(
        "Service Account Info",
        "Service account credentials JSON.",
        default=None,
        form="json",
        secret=True,
        check=checks.text,
    )
    prefix: str | None = prefix_setting("bucket")
    endpoint_url: str | None = setting(
        "Endpoint URL",
        "Address of a service that speaks the GCS protocol; not needed for Google Cloud.",
        default=None,
        form="url",
        check=checks.http_url,
        advanced=True,
        placeholder="http://127.0.0.1:4443",
    )
    engine: str = engine_setting("gcsfs")
    options: Table | None = options_setting("gcsfs")

    @classmethod
    def doubts(cls, values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        return checks.doubtful("service_account_info", values, sign_ins.google_json)

    @classmethod
    def cautions(cls, values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        from storage_core.declaration.addresses import of_clear_text, of_doubled, of_endpoint

        yield from super().cautions(values)
        yield from of_endpoint(
            values, lambda address: of_clear_text(address, "the access token travels")
        )
        yield from of_endpoint(values, lambda address: of_doubled(values.get("bucket"), address))

    @property
    def location(self) -> str:
        from storage_core.declaration.display import place_url

        return place_url("gs://", self.bucket, self.prefix)

    @property
    def engine_here(self) -> str:
        return "direct" if self._is_direct() else "fsspec"

    def _is_direct(self) -> bool:
        from storage_core.backends.drivers.direct.gcs.options import what_is_beyond

        return is_direct(self.engine, self.options, what_is_beyond)

    def backend(self, opening: Opening) -> Backend:
        from storage_core.backends.loading import loading

        with loading():
            if self._is_direct():
                from storage_core.backends.drivers.direct.gcs import open_gcs_direct as opened
            else:
                from storage_core.backends.drivers.gcsfs import open_gcs as opened

        info: dict[str, Any] | None = None
        if self.service_account_info:
            # Imported only here: a list of configurations does not need it.
            from json import loads

            info = loads(self.service_account_info)
        inner = tuple(sign_ins.secrets_in(info)) if info else ()
        return opened(
            self.bucket,
            self.prefix or "",
            project=self.project,
            service_account_info=info,
            endpoint_url=self.endpoint_url,
            ca_bundle=self.trusted,
            options=self.options or {},
            timeout=opening.timeout,
            secrets=(*opening.secrets, *inner),
        )
