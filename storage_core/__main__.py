"""`python -m storage_core`: the `storage` command without the app."""

import sys

from storage_core.cli import main

if __name__ == "__main__":
    sys.exit(main())
