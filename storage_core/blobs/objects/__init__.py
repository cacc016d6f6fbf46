"""Objects as blobs: which serializer writes one, what its key says, and how it is read back."""
