"""One line for an env file or a Kubernetes secret: a whole configuration file in a variable."""

from __future__ import annotations

from base64 import b64encode
from typing import Final

from storage_core.exporting.chosen import Chosen, Written
from storage_core.exporting.forms import toml
from storage_core.paths import TEXT_VARIABLE

LABEL: Final = f"a line {TEXT_VARIABLE}=… for an env file"


def written(chosen: Chosen) -> Written:
    """Write a configuration file of Storage in base64, which no shell or env file alters."""
    file = toml.written(chosen)
    encoded = b64encode(file.text.encode()).decode()
    return Written(f"{TEXT_VARIABLE}=base64:{encoded}\n", file.notes)
