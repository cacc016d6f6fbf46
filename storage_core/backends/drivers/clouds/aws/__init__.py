"""AWS: whose keys sign requests, and what the answers of S3 and compatible services mean."""
