"""Saving: the file is locked, read, and replaced as a whole or not at all."""
