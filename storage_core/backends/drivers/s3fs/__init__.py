"""S3 and services that speak its protocol, through s3fs and the client of aiobotocore below it."""

from storage_core.backends.drivers.clouds.aws.identity import Role
from storage_core.backends.drivers.s3fs.chained import signed_in
from storage_core.backends.drivers.s3fs.driver import open_s3

__all__ = ["Role", "open_s3", "signed_in"]
