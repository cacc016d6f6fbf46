"""The full-screen app: `tui.app.StorageApp`. It knows `storage_core`, and nothing else.

app.py      the app: reads the file, notices changes on disk, remembers the theme, is left
features/   what a person can do, a folder for each feature: screens, widgets, styles
session/    what the app works on: the file, undo, drafts, blobs; no Textual in it
kit/        what screens are made of; the only place that reaches into Textual
"""
