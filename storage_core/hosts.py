"""Hosts in the addresses of servers: which are this machine, and which begin with a bucket."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote, urlsplit

LOOPBACK: Final = re.compile(r"localhost|.+\.localhost|127(\.\d+){3}|::1|")
"""Hosts that are this machine, or none at all."""


def address_without(place: str, address: str) -> str | None:
    """An address without the bucket in it; None where it does not name the bucket.

    Args:
        place: the bucket, or the container.
        address: the URL of the service, or what was meant to be one.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    path = parts.path.rstrip("/")
    folders = path.split("/")[1:]
    shorter = host.removeprefix(f"{place.lower()}.") if place else host
    # The rest must still be the name of a server.
    if shorter != host and ("." in shorter or LOOPBACK.fullmatch(shorter)):
        host = shorter
    elif place in map(unquote, folders):
        path = "".join(f"/{each}" for each in folders if unquote(each) != place)
    else:
        return None
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{port}{path}"
