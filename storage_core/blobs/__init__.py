"""What a store makes of bytes besides moving them: blobs as files of the caller's."""
