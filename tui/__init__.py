"""The full-screen app: `tui.app.StorageApp`. It knows `storage_core`, and nothing else.

app.py      the app: starting, reading the file, noticing changes on disk, leaving
features/   what a person can do, a folder for each feature: screens, widgets, styles
session/    what the app works on: the file, undo, drafts, blobs; no Textual in it
kit/        what screens are made of; the only place that reaches into Textual
"""
