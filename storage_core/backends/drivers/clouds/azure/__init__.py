"""Azure: signing in, links to blobs, and what refusals mean; for both engines."""
