"""TOML text: reading it, finding things in it, and editing it without touching the rest."""
