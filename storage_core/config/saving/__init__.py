"""The file on the disk: locked, read again and replaced as a whole."""
