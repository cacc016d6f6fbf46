"""What the app works on, without anything drawn: no module here knows Textual."""
