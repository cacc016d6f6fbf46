"""Configurations of other tools: what is found in their files, and what is wrong with those."""
