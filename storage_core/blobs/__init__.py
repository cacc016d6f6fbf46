"""What a store makes of bytes besides moving them: files of the caller's, many blobs at once."""
