"""Secrets in the configuration file: who could read them, and moving them out."""
