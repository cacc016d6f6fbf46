"""Secrets in the configuration file: finding them, and moving them out of it."""
