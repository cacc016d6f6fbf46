"""Google Cloud: whose credentials sign."""
