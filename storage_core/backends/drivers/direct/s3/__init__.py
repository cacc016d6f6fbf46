"""S3 and services that speak its protocol, by one signed request for each operation."""

from storage_core.backends.drivers.clouds.aws.identity import Role
from storage_core.backends.drivers.direct.s3.driver import open_s3_direct
from storage_core.backends.drivers.direct.s3.options import what_is_beyond

__all__ = ["Role", "open_s3_direct", "what_is_beyond"]
