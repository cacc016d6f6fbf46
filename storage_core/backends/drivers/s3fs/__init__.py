"""S3 and services that speak its protocol, through s3fs and the client of aiobotocore below it."""
