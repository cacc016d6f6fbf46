"""What the direct engine of S3 works out by itself, against what botocore does."""
