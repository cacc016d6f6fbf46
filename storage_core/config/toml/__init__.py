"""TOML text: what it says, where things stand in it, and editing it without touching the rest."""
