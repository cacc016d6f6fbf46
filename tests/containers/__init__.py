"""Storage in containers and clusters, as far as a machine without an engine for them can tell."""
