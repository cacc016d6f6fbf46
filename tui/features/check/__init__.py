"""One feature of the app."""
