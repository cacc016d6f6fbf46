"""Objects as blobs: what serializer writes one, what its key says of it, and how it comes back."""
