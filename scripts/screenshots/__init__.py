"""Pictures of the app for the README: `make.py` drives it, `render.py` paints it."""
