"""The disk of this machine."""
