"""AWS: whose keys sign, and what S3 and its like answer."""
