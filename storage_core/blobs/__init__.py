"""What a store does beyond moving bytes: callers' files, many blobs at once, objects, archives."""
